"""Two hosts with workers, one database, one broker, one mail server: nothing coordinates them but the database."""

import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from course.database import Database
from course.migrations import migrate
from emails.testing import Rule, ScriptedServer
from emails.testing.session import Setup
from tests.faults.hosts import Host, Network, broker_on, network, open_to, why_not
from tests.faults.scale import Scale
from tests.faults.school import School
from tests.postgres import running_postgres

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())
CONNECTIONS = 4


@pytest.fixture
def net() -> Iterator[Network]:
    with network() as opened:
        yield opened


@pytest.fixture
def school(net: Network, tmp_path: Path, scale: Scale) -> Iterator[School]:
    """Its database, broker and mail server listen on the network's bridge."""
    journal = tmp_path / "journal"
    with (
        running_postgres() as postgres,
        broker_on(net, tmp_path) as broker,
        ScriptedServer(Setup(host=net.address), journal) as server,
    ):
        database = Database(open_to(net, postgres))
        migrate(database)
        opened = School(database, broker, server, tmp_path, journal, CONNECTIONS, scale.many(250))
        yield opened
        opened.close()
        database.close()


@pytest.mark.long
def test_two_hosts_drain_one_outbox_and_one_that_is_cut_off_loses_nothing(school: School, net: Network):
    hosts = [net.host(letter) for letter in "ab"]
    left, _ = [worker_on(school, host) for host in hosts]
    school.server.script(Rule("dot", delay=0.1))
    school.begin_course(school.readers)
    school.ring_until(lambda: len(senders(school)) == 2 and min(senders(school).values()) > 20, "both hosts send")
    net.cut("b")
    before = senders(school)
    school.server.script()
    uncertain = school.recover(left)
    assert len(uncertain) <= CONNECTIONS
    school.judge(uncertain)
    assert max((senders(school) - before).values(), default=0) > 0
    net.mend("b")
    school.begin_course(20)
    school.ring_until(lambda: school.states() == {"sent": school.readers + 20}, "the second course is sent")
    school.judge(uncertain)


def worker_on(school: School, host: Host) -> subprocess.Popen[bytes]:
    school.inside = host.inside
    return school.worker(processes=1)


def senders(school: School) -> Counter[str]:
    """How many mails came from which address."""
    return Counter(mail.peer for mail in school.server.journal)

"""Two hosts with workers, one database, one broker, one mail server: nothing coordinates them but the database."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from course.database import Database
from course.migrations import migrate
from emails.testing import Rule, ScriptedServer
from emails.testing.session import Setup
from tests.faults.hosts import Host, Network, broker_on, network, open_to, why_not
from tests.faults.scale import Scale
from tests.faults.school import School
from tests.faults.test_lost_database import quiet
from tests.postgres import running_postgres

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())
CONNECTIONS = 4
GIVEN_UP_SECONDS = 40


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
    school.ring_until(lambda: not sessions_from(school, hosts[1]), "the database gives up the host that is cut off")
    school.ring_until(lambda: not school.states()["planned"] and quiet(school), "the other one has sent what is left")
    uncertain = school.recover(left)
    assert len(uncertain) <= CONNECTIONS
    school.judge(uncertain)
    since = senders(school) - before
    assert since[hosts[0].address] > 0
    assert since[hosts[1].address] <= CONNECTIONS, "what was on its way already"
    net.mend("b")
    school.begin_course(20)
    school.ring_until(lambda: school.states() == {"sent": school.readers + 20}, "the second course is sent")
    school.judge(uncertain)


@pytest.mark.long
def test_three_hosts_share_the_work_and_each_does_a_fair_part_of_it(school: School, net: Network):
    """The mail server is slow and the hosts wait for it most of the time, so three of them do three times as much."""
    hosts = [net.host(letter) for letter in "abc"]
    for host in hosts:
        worker_on(school, host)
    school.server.script(Rule("dot", delay=0.1))
    school.begin_course(3 * school.readers)
    school.ring_until(lambda: school.states() == {"sent": 3 * school.readers}, "all are sent")
    shares = senders(school)
    assert set(shares) == {host.address for host in hosts}
    assert min(shares.values()) > school.readers / 3
    school.judge(set())


HOLDS_EVERYBODY = """
import sys
from sqlalchemy import text
from course.database import Database
with Database(sys.argv[1]).writing() as session:
    session.execute(text("SELECT id FROM enrollments FOR UPDATE"))
    print("mine", flush=True)
    # The answer comes when nobody can take it any more.
    session.execute(text("SELECT pg_sleep(2), repeat('x', 1000000)"))
    sys.stdin.readline()
"""


@pytest.mark.long
def test_a_host_that_is_cut_off_amid_a_transaction_keeps_nobody_waiting(school: School, net: Network):
    host = net.host("a")
    school.begin_course(3)
    command = [*host.inside, sys.executable, "-c", HOLDS_EVERYBODY, school.database.url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"mine\n"
        net.cut("a")
        with school.database.writing() as session:
            session.execute(text(f"SET LOCAL lock_timeout = '{GIVEN_UP_SECONDS}s'"))
            session.execute(text("SELECT id FROM enrollments FOR UPDATE"))
        holder.kill()


def worker_on(school: School, host: Host) -> subprocess.Popen[bytes]:
    school.inside = host.inside
    return school.worker(processes=1)


def senders(school: School) -> Counter[str]:
    """How many mails came from which address."""
    return Counter(mail.peer for mail in school.server.journal)


def sessions_from(school: School, host: Host) -> int:
    """How many of the database's sessions belong to that host."""
    theirs = text("SELECT count(*) FROM pg_stat_activity WHERE client_addr = CAST(:address AS inet)")
    with school.database.reading() as session:
        return int(session.execute(theirs, {"address": host.address}).scalar_one())

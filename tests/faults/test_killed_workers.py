"""kill -9 at every moment of a mail: nothing is lost, and only what was under way may come twice, as it was."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from course.models import DeliveryState
from emails.testing import Rule, ScriptedServer
from emails.testing.session import Setup
from tests.broker import wait_until
from tests.faults.scale import Scale
from tests.faults.school import PATIENCE, School, kill

CONNECTIONS = 2
on_sqlite = pytest.mark.short_on("sqlite")
on_postgresql = pytest.mark.short_on("postgresql")


@on_postgresql
def test_killed_after_the_claim_nothing_is_uncertain(school: School):
    school.begin_course(school.readers)
    school.server.script(Rule("connect", delay=60))
    worker = school.worker()
    school.ring()
    wait_until(lambda: school.states()["claimed"] == school.readers, "all are claimed", PATIENCE)
    kill(worker)
    school.server.script()
    assert school.recover() == set()
    school.judge(set())


@on_sqlite
def test_killed_before_the_content_nothing_has_begun_and_nothing_is_uncertain(school: School):
    school.begin_course(school.readers)
    school.server.script(Rule("data", delay=60, nth=5))
    worker = school.worker()
    school.ring()
    school.wait_for_mails(4)
    wait_until(lambda: (school.states()["sent"], school.begun()) == (4, 0), "the fifth is asked for", PATIENCE)
    kill(worker)
    school.server.script()
    assert school.recover() == set()
    assert len(school.journal()) == school.readers
    school.judge(set())


@on_sqlite
def test_killed_amid_the_content_each_mail_is_accepted_once(school: School, narrow: ScriptedServer):
    school.server = narrow
    school.begin_course(school.readers, body="A long lesson. " * 14_000)
    narrow.script(Rule("content", delay=60, nth=5))
    worker = school.worker(processes=1)
    school.ring()
    school.wait_for_mails(4)
    wait_until(lambda: held(narrow), "the fifth is asked for", PATIENCE)
    # The round that begins the fifth has recorded the fourth as well.
    wait_until(lambda: (school.states()["sent"], school.begun()) == (4, 1), "the fifth has begun", PATIENCE)
    kill(worker)
    narrow.script()
    uncertain = school.recover()
    assert len(uncertain) <= school.connections
    assert len(school.journal()) == school.readers
    school.judge(uncertain)


@pytest.fixture
def narrow(tmp_path: Path) -> Iterator[ScriptedServer]:
    """A server that leaves what it has not read on our side: a long text cannot leave before it is asked for."""
    with ScriptedServer(Setup(window=4096), tmp_path / "journal") as server:
        yield server


def held(server: ScriptedServer) -> bool:
    return sum(command == "DATA" for command in server.commands) >= 5


def test_killed_with_many_connections_at_most_one_mail_of_each_is_uncertain(school: School):
    school.connections = 4
    school.begin_course(60)
    school.server.script(Rule("dot", delay=0.05))
    worker = school.worker()
    school.ring()
    school.wait_for_mails(20)
    kill(worker)
    school.server.script()
    uncertain = school.recover()
    assert len(uncertain) <= CONNECTIONS * school.connections
    school.judge(uncertain)


@on_sqlite
def test_killed_after_the_final_dot_the_mail_comes_twice_with_the_same_bytes(school: School):
    school.begin_course(school.readers)
    # Written down at once, answered much later.
    school.server.script(Rule("dot", answer="250 2.0.0 Accepted", drip=5.0, nth=5))
    worker = school.worker()
    school.ring()
    school.wait_for_mails(5)
    kill(worker)
    school.server.script()
    uncertain = school.recover()
    assert 1 <= len(uncertain) <= CONNECTIONS
    assert len(school.journal()) == school.readers + len(uncertain)
    school.judge(uncertain)


def test_killed_between_the_yes_and_its_record_the_mail_comes_twice_with_the_same_bytes(school: School):
    school.begin_course(school.readers)
    # All from the fifth on: over the other connection the sixth may come first.
    school.server.script(*(Rule("dot", delay=2.0, nth=nth) for nth in range(5, 9)))
    worker = school.worker()
    school.ring()
    school.wait_for_mails(4)
    wait_until(lambda: school.states()["sent"] == 4 and school.begun(), "the fifth is on its way", PATIENCE)
    with school.nothing_can_be_recorded():
        school.wait_for_mails(5)
        assert school.server.journal[4].answered
        kill(worker)
    uncertain = school.recover()
    assert 1 <= len(uncertain) <= CONNECTIONS
    school.judge(uncertain)


@on_sqlite
def test_a_killed_child_is_replaced_and_its_mail_comes_again(school: School):
    school.begin_course(school.readers)
    school.server.script(Rule("dot", answer="250 2.0.0 Accepted", drip=5.0, nth=3))
    worker = school.worker(processes=1)
    school.ring()
    school.wait_for_mails(3)
    for child in children(worker):
        os.kill(child, signal.SIGKILL)
    school.server.script()
    uncertain = school.recover(worker)
    assert len(uncertain) == 1
    school.judge(uncertain)


def children(worker: subprocess.Popen[bytes]) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()]


def tell_the_main_process(worker: subprocess.Popen[bytes]) -> None:
    os.kill(worker.pid, signal.SIGTERM)


def tell_the_whole_group(worker: subprocess.Popen[bytes]) -> None:
    os.killpg(worker.pid, signal.SIGTERM)


@on_sqlite
@pytest.mark.parametrize("tell", [tell_the_main_process, tell_the_whole_group])
def test_told_to_stop_with_mail_in_flight_it_leaves_nothing_uncertain(
    school: School, scale: Scale, tell: Callable[[subprocess.Popen[bytes]], None]
):
    school.connections = 25 if scale.readers else 1  # of two processes: fifty mails in flight
    school.begin_course(school.readers)
    school.server.script(Rule("dot", delay=0.2))
    worker = school.worker()
    school.ring()
    school.wait_for_mails(3)
    tell(worker)
    wait_until(lambda: worker.poll() is not None, "the worker has gone", 15)
    left = school.states()
    assert set(left) == {"sent", "planned"}, left
    assert left["sent"] == len(school.journal())
    school.server.script()
    school.worker()
    school.ring()
    school.wait_until_sent()
    school.judge(set())
    assert school.message_ids(DeliveryState.UNCERTAIN) == set()


@on_sqlite
def test_killed_while_it_writes_mails_nothing_is_uncertain_that_had_not_begun(school: School, scale: Scale):
    readers = max(school.readers, 150)
    school.begin_course(readers, body="{{ reader.name }} is asked. " * 3000)
    worker = school.worker(processes=1)
    school.ring()
    school.wait_for_mails(10)
    time.sleep(scale.chance.random() * 0.1)
    kill(worker)
    uncertain = school.recover()
    assert len(uncertain) <= school.connections
    school.judge(uncertain)


@on_postgresql
def test_a_frozen_worker_that_wakes_up_sends_nothing_that_it_had_not_begun(school: School):
    school.connections = 4
    school.begin_course(school.readers)
    school.server.script(Rule("dot", delay=0.3))
    sleeper = school.worker()
    school.ring()
    wait_until(school.begun, "some are on their way", PATIENCE)
    os.killpg(sleeper.pid, signal.SIGSTOP)
    school.server.script()
    uncertain = school.recover()
    os.killpg(sleeper.pid, signal.SIGCONT)
    tell_the_main_process(sleeper)
    wait_until(lambda: sleeper.poll() is not None, "the sleeper has gone", PATIENCE)
    assert 1 <= len(uncertain) <= CONNECTIONS * school.connections
    assert len(school.journal()) <= school.readers + len(uncertain)
    school.judge(uncertain)

"""The database dies or its disk is full while mail is sent: what cannot be written down is not sent."""

import resource
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from course.database import Database
from course.migrations import migrate
from emails.testing import Rule, ScriptedServer
from tests.broker import RunningBroker, wait_until
from tests.faults.scale import Scale
from tests.faults.school import PATIENCE, School
from tests.faults.test_killed_workers import children
from tests.postgres import PostgresServer, running_postgres

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PROCESSES = 2
# Longer than a worker tries to write down one answer.
GIVES_UP_SECONDS = 4.0


@pytest.fixture
def postgres() -> Iterator[PostgresServer]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def mortal(
    postgres: PostgresServer, clean_broker: RunningBroker, server: ScriptedServer, tmp_path: Path, scale: Scale
) -> Iterator[School]:
    """A school on a PostgreSQL of its own, which may die."""
    database = Database(postgres.url())
    migrate(database)
    opened = School(database, clean_broker, server, tmp_path, tmp_path / "journal", readers=scale.many(40))
    yield opened
    opened.close()
    database.close()


def test_postgresql_killed_amid_the_mail_ends_the_sending_and_doubles_only_what_was_begun(
    mortal: School, postgres: PostgresServer
):
    mortal.connections = 4
    mortal.begin_course(mortal.readers)
    mortal.server.script(Rule("dot", delay=0.1))
    worker = mortal.worker()
    mortal.ring()
    mortal.wait_for_mails(10)
    postgres.kill()
    accepted = len(mortal.journal())
    wait_until(lambda: quiet(mortal), "nothing more is sent", PATIENCE)
    assert len(mortal.journal()) <= accepted + PROCESSES * mortal.connections
    postgres.start()
    mortal.server.script()
    uncertain = mortal.recover(worker)
    assert len(uncertain) <= PROCESSES * mortal.connections
    mortal.judge(uncertain)


def test_postgresql_that_dies_between_the_yes_and_its_record_costs_a_doubt_and_no_mail(
    mortal: School, postgres: PostgresServer
):
    mortal.begin_course(mortal.readers)
    mortal.server.script(Rule("dot", delay=2.0, nth=5))
    worker = mortal.worker(processes=1)
    mortal.ring()
    mortal.wait_for_mails(4)
    wait_until(lambda: (mortal.states()["sent"], mortal.begun()) == (4, 1), "the fifth is on its way", PATIENCE)
    with suppress(OperationalError), mortal.nothing_can_be_recorded():
        mortal.wait_for_mails(5)
        assert mortal.server.journal[4].answered
        postgres.kill()
    time.sleep(GIVES_UP_SECONDS)
    assert len(mortal.journal()) == 5, "what could not be recorded was the last"
    postgres.start()
    uncertain = mortal.recover(worker)
    assert uncertain == {mortal.journal()[4]["message_id"]}
    mortal.judge(uncertain)


@on_sqlite
def test_a_full_disk_ends_the_sending_until_there_is_room_again(school: School):
    readers = max(school.readers, 40)
    school.connections = 2
    school.begin_course(readers)
    empty_the_log(school)
    school.server.script(Rule("dot", delay=0.2))
    worker = school.worker()
    school.ring()
    school.wait_for_mails(3)
    full(worker, school)
    accepted = len(school.journal())
    wait_until(lambda: quiet(school), "nothing more is sent", PATIENCE)
    assert len(school.journal()) <= accepted + PROCESSES * school.connections
    assert len(school.journal()) < readers
    allow(worker, resource.RLIM_INFINITY)
    school.server.script()
    uncertain = school.recover(worker)
    assert len(uncertain) <= PROCESSES * school.connections
    school.judge(uncertain)


def quiet(school: School) -> bool:
    """Whether no mail is accepted for longer than the slowest answer takes."""
    before = len(school.journal())
    time.sleep(1.5)
    return len(school.journal()) == before


def empty_the_log(school: School) -> None:
    """What was written so far goes into the database's file, so that the write-ahead log begins small."""
    with school.database.engine.connect() as connection:
        connection.execution_options(meantime_reading=True).execute(text("PRAGMA wal_checkpoint"))


def full(worker: subprocess.Popen[bytes], school: School) -> None:
    """From now on no file of these processes may be longer than the write-ahead log is."""
    file = Path(f"{make_url(school.database.url).database}-wal")
    allow(worker, file.stat().st_size)


def allow(worker: subprocess.Popen[bytes], size: int) -> None:
    for pid in (worker.pid, *children(worker)):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

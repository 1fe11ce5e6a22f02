"""The courier when its database fails between the mail server's yes and the record of it."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError, OperationalError

from course.database import Database
from course.models import Delivery
from course.outbox import rescue
from emails.testing import Rule, ScriptedServer
from tests.broker import wait_until
from tests.worker.mailing import BOTH, Mailing


@pytest.fixture
def mailing(database: Database, tmp_path: Path) -> Iterator[Mailing]:
    with ScriptedServer() as server:
        yield Mailing(database, server, tmp_path)


def rename(database: Database, before: str, after: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))


def once(action: Callable[[], None]) -> Callable[[], None]:
    """Do it at the first call only."""
    left = [action]
    return lambda: left.pop()() if left else None


def test_what_cannot_be_recorded_ends_the_sending_and_one_mail_at_most_is_uncertain(
    mailing: Mailing, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("worker.careful.RECORD_AGAIN", (0.01, 0.01))
    mailing.begin_course(readers=4)
    gone = mailing.courier(after_each=once(lambda: rename(mailing.database, "deliveries", "away")))
    with pytest.raises(DBAPIError):
        gone.deliver(BOTH)
    assert mailing.arrived == ["r1"]
    rename(mailing.database, "away", "deliveries")
    for _ in range(2):
        mailing.let_leases_end()
        with mailing.database.writing() as session:
            rescue(session, mailing.clock.now(), gone.leases, repeat=True)
    mailing.wait(timedelta(seconds=1))
    mailing.deliver()
    assert mailing.states() == ["sent"] * 4
    assert sorted(mailing.arrived) == ["r1", "r1", "r2", "r3", "r4"]
    assert len(set(mailing.message_ids)) == 4
    assert len({mail.data for mail in mailing.server.journal}) == 4


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_is_away_for_a_moment_loses_no_record(mailing: Mailing):
    mailing.begin_course(readers=3)
    back: list[threading.Timer] = []

    def away_for_a_moment() -> None:
        rename(mailing.database, "deliveries", "away")
        back.append(threading.Timer(0.2, rename, (mailing.database, "away", "deliveries")))
        back[0].start()

    mailing.courier(after_each=once(away_for_a_moment)).deliver(BOTH)
    back[0].join()
    assert mailing.arrived == ["r1", "r2", "r3"]
    assert mailing.states() == ["sent"] * 3


WAITING = "FROM pg_locks WHERE NOT granted"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_that_dies_amid_the_record_loses_no_record(mailing: Mailing):
    mailing.begin_course(readers=3)
    held = threading.Event()

    def cut_whoever_records() -> None:
        with mailing.database.engine.connect() as watcher:
            watcher.execute(text("SELECT id FROM enrollments FOR UPDATE"))
            held.set()
            wait_until(lambda: watcher.execute(text(f"SELECT count(*) {WAITING}")).scalar(), "the record waits")
            watcher.execute(text(f"SELECT pg_terminate_backend(pid) {WAITING}"))

    cutter = threading.Thread(target=cut_whoever_records)

    def lock_and_cut() -> None:
        cutter.start()
        held.wait(5)

    mailing.courier(after_each=once(lock_and_cut)).deliver(BOTH)
    cutter.join()
    assert mailing.arrived == ["r1", "r2", "r3"]
    assert mailing.states() == ["sent"] * 3
    assert mailing.states("trust") == ["planned"] * 3


FULL_DISK = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER full_disk BEFORE UPDATE ON deliveries FOR EACH ROW
WHEN (NEW.state = 'sending' AND NEW.id = {0}) EXECUTE FUNCTION full_disk();
"""


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_where_nothing_more_can_begin_what_is_under_way_is_still_recorded(mailing: Mailing):
    mailing.begin_course(readers=12)
    with mailing.database.writing() as session:
        last = mailing.row(12).id
        session.execute(update(Delivery).where(Delivery.id == last).values(asked=True))  # it is begun alone
        session.execute(text(FULL_DISK.format(last)))
    for number in (9, 10, 11):
        mailing.server.script(Rule("dot", delay=0.5, recipient=f"r{number}@"))
    with pytest.raises(OperationalError):
        mailing.deliver()
    states = mailing.states()
    assert set(states) == {"sent", "planned"}  # what was offered and had not begun waits as well
    assert states.count("sent") == len(set(mailing.arrived)) == len(mailing.arrived)
    assert states[-1] == "planned"

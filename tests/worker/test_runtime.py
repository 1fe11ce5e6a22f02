"""What one worker process does for its doorbells, on a real database."""

from datetime import timedelta
from pathlib import Path

import pytest

from course.database import Database
from course.heartbeat import last_beat
from course.settings import Settings
from emails.testing import ScriptedServer
from tests import factories
from tests.course.mails import NOW, begun, plan, row, uncertain
from tests.worker.mailing import Mailing, settings
from worker.courier import BATCH
from worker.runtime import MOST_BELLS, Bells, Runtime, leases_of, open_runtime

LONG_AGO = factories.at("2001-01-01 00:00")


@pytest.fixture
def runtime(database: Database, database_url: str, tmp_path: Path) -> Runtime:
    opened = open_runtime(_settings(database_url, tmp_path))
    opened.clock.move_to(NOW)
    return opened


def _settings(database_url: str, folder: Path, **more: object) -> Settings:
    return settings(folder).model_copy(
        update={"database_url": database_url, "smtp_url": "smtp://127.0.0.1:1", **more}
    )  # fmt: skip


def test_a_tick_counts_due_mail_in_batches(runtime: Runtime):
    assert runtime.tick() == Bells(0, 0, 0)
    with runtime.database.writing() as session:
        plan(session, *[NOW] * (BATCH + 1))
        plan(session, NOW, priority=0)
        plan(session, NOW + timedelta(days=1), None)
    assert runtime.tick() == Bells(urgent=1, lessons=2, chores=0)


def test_a_tick_rings_for_a_bounded_number_of_batches(runtime: Runtime):
    with runtime.database.writing() as session:
        plan(session, *[NOW] * (BATCH * (MOST_BELLS + 1)))
    assert runtime.tick().lessons == MOST_BELLS


@pytest.mark.parametrize(
    ("rates", "bells"),
    [
        ("per_second=1", 1),
        ("per_second=100", 3),
        ("per_second=10000", MOST_BELLS),
        ("per_hour=1000", 3),
        ("per_day=50", 1),
    ],
)
def test_a_tick_rings_for_no_more_than_the_rates_let_go(database_url: str, tmp_path: Path, rates: str, bells: int):
    runtime = open_runtime(_settings(database_url, tmp_path, smtp_url=f"smtp://127.0.0.1:1?{rates}"))
    runtime.clock.move_to(NOW)
    with runtime.database.writing() as session:
        plan(session, *[NOW] * (BATCH * MOST_BELLS))
        plan(session, NOW, priority=0)
    assert runtime.tick() == Bells(1, bells, 0)


def test_rescue_says_what_it_found(runtime: Runtime):
    with runtime.database.writing() as session:
        lost = begun(session)
        row(session, lost).lease_until = LONG_AGO
    assert runtime.rescue() == {"freed": 0, "uncertain": 1, "repeats": 0}
    assert runtime.rescue() == {"freed": 0, "uncertain": 0, "repeats": 0}


def test_rescue_leaves_the_mark_that_the_timetable_runs(runtime: Runtime):
    runtime.rescue()
    with runtime.database.reading() as session:
        assert last_beat(session) is not None


@pytest.mark.parametrize(("setting", "repeats"), [("repeat", 1), ("hold", 0)])
def test_what_becomes_of_uncertain_mail_is_a_setting(
    database: Database, database_url: str, tmp_path: Path, setting: str, repeats: int
):
    with database.writing() as session:
        row(session, uncertain(session)).lease_until = LONG_AGO
    assert open_runtime(_settings(database_url, tmp_path, uncertain=setting)).rescue()["repeats"] == repeats


def test_urgent_doorbells_leave_the_schedule_s_mail_to_others(database: Database, database_url: str, tmp_path: Path):
    with ScriptedServer() as server:
        mailing = Mailing(database, server, tmp_path)
        mailing.begin_course("welcome: immediately", "trust: 1 minutes", readers=1)
        runtime = open_runtime(_settings(database_url, tmp_path, smtp_url=server.url))
        runtime.deliver(urgent=True)
        mailing.wait(timedelta(minutes=2))
        runtime.deliver(urgent=True)
        assert mailing.states("trust") == ["planned"]
        runtime.deliver(urgent=False)
        assert mailing.states("trust") == ["sent"]


def test_chores_are_taken_in_slices_until_none_is_open(runtime: Runtime):
    assert not runtime.do_chores()
    with runtime.database.writing() as session:
        course = factories.publish_course(session, at=NOW - timedelta(days=1))
        factories.join(session, course, "ana@example.org", NOW)
        factories.send_due(session, NOW + timedelta(minutes=1))
    assert runtime.tick().chores == 1
    while runtime.do_chores():
        pass
    assert runtime.tick().chores == 0


def test_a_mail_on_its_way_is_held_as_long_as_its_answer_may_take():
    leases = leases_of(Settings(claim_seconds=30, uncertain_seconds=600), 120.0)
    assert (leases.claim, leases.sending, leases.uncertain) == (
        timedelta(seconds=30),
        timedelta(seconds=180),
        timedelta(seconds=600),
    )


def test_sign_ups_that_nobody_confirmed_are_forgotten_after_a_week(runtime: Runtime):
    with runtime.database.writing() as session:
        factories.sign_up(session, factories.publish_course(session), "ana@example.org", NOW - timedelta(days=8))
    assert [runtime.forget() for _ in range(2)] == [1, 0]

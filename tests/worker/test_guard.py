"""After a restore nothing is sent until somebody confirms it; whatever else is lost, sending goes on."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from sqlalchemy import update

from course.database import Database
from course.generation import current
from course.models import House
from course.settings import Settings
from emails.testing import ScriptedServer
from tests.broker import RunningBroker
from tests.worker.mailing import Mailing, settings
from worker.guard import Guard, open_guard
from worker.runtime import open_runtime


@dataclass
class Hall:
    """A house with a state folder and a broker; `restore` puts its database back to an earlier generation."""

    database: Database
    settings: Settings
    broker: RunningBroker

    @property
    def guard(self) -> Guard:
        return open_guard(self.settings, self.database)

    def lose_file(self) -> None:
        (self.settings.state_dir / "generation").unlink()

    def lose_redis(self) -> None:
        with redis.Redis.from_url(self.broker.url) as connection:
            connection.flushall()

    def generation(self) -> int:
        with self.database.reading() as session:
            return current(session)

    def restore(self, generation: int) -> None:
        with self.database.writing() as session:
            session.execute(update(House).values(generation=generation))


@pytest.fixture
def hall(database: Database, clean_broker: RunningBroker, tmp_path: Path) -> Hall:
    changes = {"database_url": database.url, "redis_url": clean_broker.url}
    return Hall(database, settings(tmp_path).model_copy(update=changes), clean_broker)


def test_a_fresh_house_and_one_that_has_sent_mail_go_on(hall: Hall):
    assert hall.guard.behind() is None
    assert [hall.guard.go_on() for _ in range(3)] == [None] * 3
    assert hall.guard.behind() is None


def test_the_generation_only_grows(hall: Hall):
    seen = []
    for _ in range(5):
        hall.guard.go_on()
        seen.append(hall.generation())
    assert seen == sorted(set(seen))


@pytest.mark.parametrize("lost", ["file", "redis"])
def test_a_lost_file_or_an_emptied_redis_stops_nothing(hall: Hall, lost: str):
    hall.guard.go_on()
    getattr(hall, f"lose_{lost}")()
    assert hall.guard.go_on() is None
    hall.lose_redis() if lost == "file" else hall.lose_file()
    assert hall.guard.behind() is None, "the lost one was made anew"


@pytest.mark.parametrize("left", ["file", "redis", "both"])
def test_an_older_database_is_held_by_either_mark_until_it_is_confirmed(hall: Hall, left: str):
    hall.guard.go_on()
    earlier = hall.generation()
    hall.guard.go_on()
    later = hall.generation()
    hall.restore(earlier)
    if left == "file":
        hall.lose_redis()
    elif left == "redis":
        hall.lose_file()
    behind = hall.guard.go_on()
    assert behind is not None and behind.database_at is not None and behind.marked_at is not None
    assert behind.database_at < behind.marked_at
    assert hall.generation() == earlier, "nothing moved on by itself"
    hall.guard.confirm()
    assert hall.guard.go_on() is None and hall.generation() > later


def test_a_database_that_came_alone_to_a_new_place_is_held(hall: Hall):
    hall.guard.go_on()
    hall.lose_file()
    hall.lose_redis()
    behind = hall.guard.go_on()
    assert behind is not None and behind.marked_at is None
    hall.guard.confirm()
    assert hall.guard.go_on() is None


def test_a_broker_that_is_away_is_no_lost_mark(hall: Hall):
    hall.guard.go_on()
    hall.lose_file()
    away = hall.settings.model_copy(update={"redis_url": "redis://127.0.0.1:1/0"})
    assert open_guard(away, hall.database).go_on() is None


def test_the_marks_of_another_house_count_for_nothing(hall: Hall):
    hall.guard.go_on()
    with hall.database.writing() as session:
        session.execute(update(House).values(identity_key=b"another house", generation=0))
    assert hall.guard.behind() is None


def test_a_worker_sends_nothing_after_a_restore_and_goes_on_once_it_is_confirmed(hall: Hall, tmp_path: Path):
    with ScriptedServer() as server:
        mailing = Mailing(hall.database, server, tmp_path)
        mailing.begin_course("welcome: immediately", readers=3)
        runtime = open_runtime(hall.settings.model_copy(update={"smtp_url": server.url}))
        hall.guard.go_on()
        hall.restore(5)
        assert runtime.tick().lessons == 0
        runtime.deliver(urgent=False)
        runtime.rescue()
        assert mailing.arrived == [] and hall.generation() == 5
        hall.guard.confirm()
        assert runtime.tick().urgent + runtime.tick().lessons > 0
        runtime.deliver(urgent=False)
        assert sorted(mailing.arrived) == ["r1", "r2", "r3"]

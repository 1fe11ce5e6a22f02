"""The mark that a running timetable leaves."""

from datetime import timedelta

from sqlalchemy import update

from course.clock import lease_now
from course.database import Database
from course.heartbeat import beat, last_beat
from course.models import House


def test_a_new_house_has_never_heard_of_its_timetable(database: Database):
    with database.reading() as session:
        assert last_beat(session) is None


def test_the_age_of_the_mark_is_told(database: Database):
    with database.writing() as session:
        beat(session)
    with database.writing() as session:
        found = last_beat(session)
        assert found is not None and timedelta() <= found < timedelta(minutes=1)
        session.execute(update(House).values(heartbeat_at=lease_now(session) - timedelta(hours=2)))
        found = last_beat(session)
        assert found is not None and timedelta(hours=2) <= found < timedelta(hours=2, minutes=1)

"""A hundred thousand readers in the middle of a course, written straight into the tables."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from course.database import Database
from course.editions import Author, create_course, find_draft
from course.folder import read_folder
from course.models import Delivery, Edition, Enrollment, Lesson, Reader
from course.publishing import Compilations, Compiled, PublishOptions, publish

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BEGAN = NOW - timedelta(days=30)
SAMPLE = Path(__file__).parents[1] / "course" / "samples" / "breathing-room"
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Tokyo", "Australia/Sydney", "Asia/Kolkata", "America/Los_Angeles")
HOURS = (None, "08:30", "09:00", "18:00")
ROWS_AT_ONCE = 5000


def publish_sample(database: Database) -> None:
    """The sample course, published; compiled by hand, since nothing is sent."""
    author = Author("bench", BEGAN)
    with database.writing() as session:
        draft = find_draft(session, create_course(session, read_folder(SAMPLE), author))
        assert draft is not None
        texts = {place.lesson_id: compiled(place.lesson.key) for place in draft.lessons}
        letters = {name: compiled(name) for name in ("confirmation", "completion", "already_in")}
        publish(session, draft, Compilations(texts, letters), PublishOptions(), author)


def compiled(text: str) -> Compiled:
    """A compilation of next to nothing."""
    return Compiled(text, text, f"<p>{text}</p>", text, (), "bench")


def enroll_many(database: Database, readers: int, seed: int = 1) -> None:
    """Readers who had one to three lessons and wait for the next."""
    chance = random.Random(seed)
    with database.writing() as session:
        lessons = list(session.scalars(select(Lesson.id).order_by(Lesson.id)))
        edition = session.scalars(select(Edition.id)).one()
        for first in range(1, readers + 1, ROWS_AT_ONCE):
            numbers = range(first, min(first + ROWS_AT_ONCE, readers + 1))
            people = [_person(number, chance) for number in numbers]
            session.execute(insert(Reader), [reader for reader, _ in people])
            session.execute(insert(Enrollment), [enrollment for _, enrollment in people])
            rows = [row for _, each in people for row in _deliveries(each, lessons, edition, chance)]
            session.execute(insert(Delivery), rows)


def _person(number: int, chance: random.Random) -> tuple[dict[str, Any], dict[str, Any]]:
    confirmed = NOW - timedelta(minutes=chance.randrange(60 * 24 * 9))
    reader = {
        "id": number, "handle": f"r{number}", "email": f"r{number}@example.org", "digest": f"d{number}",
        "name": f"Reader {number}", "timezone": chance.choice(ZONES), "hour": chance.choice(HOURS), "pace": 1.0,
        "wishes_number": 0, "created_at": confirmed,
    }  # fmt: skip
    enrollment = {
        "id": number, "handle": f"e{number}", "reader_id": number, "course_id": 1, "run": 1, "state": "active",
        "wishes": {}, "created_at": confirmed, "asked_at": confirmed, "confirmed_at": confirmed,
        "anchor_at": confirmed,
    }  # fmt: skip
    return reader, enrollment


def _deliveries(
    enrollment: dict[str, Any], lessons: list[int], edition: int, chance: random.Random
) -> Iterator[dict[str, Any]]:
    had, slot = chance.randrange(1, 4), enrollment["confirmed_at"]
    for index in range(had):
        sent_at = slot + timedelta(seconds=chance.randrange(60))  # slots are exact, acceptances a little later
        yield _row(enrollment, lessons[index], edition, slot) | {"state": "sent", "sent_at": sent_at, "due_at": None}
        slot = min(NOW - timedelta(hours=1), (slot + timedelta(days=2)).replace(hour=8, minute=0))
    soon = NOW + timedelta(hours=5)
    yield _row(enrollment, lessons[had], edition, soon) | {"state": "planned", "sent_at": None, "due_at": soon}


def _row(enrollment: dict[str, Any], lesson: int, edition: int, slot: datetime) -> dict[str, Any]:
    return {
        "kind": "lesson", "priority": 1, "enrollment_id": enrollment["id"], "reader_id": enrollment["id"],
        "lesson_id": lesson, "slot_at": slot, "day_based": True, "asked": False, "attempts": 1, "repeats": 0,
        "created_at": enrollment["confirmed_at"], "edition_id": edition, "wishes_number": 0,
    }  # fmt: skip

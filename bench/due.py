"""Rows that are due: readers whose second lesson, a real mail of 36 KB, should leave now."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from course.clock import Clock
from course.database import Database
from course.editions import Author, create_course
from course.folder import CourseSource, parse_course, parse_lesson
from course.migrations import migrate
from course.models import Delivery, Enrollment, Reader
from course.sequence import Sequence, published_sequence
from course.settings import Settings
from emails.compile import Compiler
from emails.publish import publish_draft

COURSE = """\
slug: {slug}
title: "The course of the benchmark"
sender: {{name: Robin, email: robin@example.org}}
ends: no
schedule: {{hour: "{hour}", timezone: UTC, quiet: none}}
"""
LESSON = """\
---
id: {key}
subject: "{{{{ reader.name | fallback('Friend') }}}}, this is {key}"
preview: What this lesson holds, in one line, for the list of letters in an inbox.
wait: {wait}
---
Dear {{{{ reader.name | fallback("friend") }}}}, this is lesson {{{{ lesson.number }}}} of {{{{ lesson.count }}}}.

{body}

The next one comes on {{{{ next_lesson.date }}}}. [Read it again]({{{{ links.read_online }}}}).
"""
LINE = "Paragraph {0} has a [link](https://example.org/{0}) and *so on*, in a few words that say nothing much at all."
# So many paragraphs that a mail has 36 kilobytes, measured on the wire.
PARAGRAPHS = 58
ROWS_AT_ONCE = 2000


def begin_course(database: Database, settings: Settings, slug: str = "bench") -> Sequence:
    """A published course of three lessons, really compiled; everybody's hour is now."""
    now = Clock().now()
    author = Author("bench", now - timedelta(days=30))
    with Compiler() as compiler, database.writing() as session:
        course = create_course(session, _source(slug, now), author)
        assert course.draft is not None
        publish_draft(session, compiler, course.draft, settings, author)
        return published_sequence(session, course.id)


def fill(database: Database, sequence: Sequence, first: int, readers: int, due_at: datetime | None = None) -> None:
    """So many readers, from number `first` on, who had lesson 1 yesterday and are to get lesson 2 now, or `due_at`."""
    now = due_at or Clock().now() - timedelta(seconds=60)
    with database.writing() as session:
        for start in range(first, first + readers, ROWS_AT_ONCE):
            numbers = range(start, min(start + ROWS_AT_ONCE, first + readers))
            _write(session, sequence, numbers, now)


def _write(session: Session, sequence: Sequence, numbers: range, now: datetime) -> None:
    yesterday = now - timedelta(days=1, minutes=1)
    for table, rows in (
        (Reader, [_reader(number, yesterday) for number in numbers]),
        (Enrollment, [_enrollment(number, sequence, yesterday) for number in numbers]),
        (Delivery, [_had(number, sequence, yesterday) for number in numbers]),
        (Delivery, [_due(number, sequence, now) for number in numbers]),
    ):
        session.connection().execute(insert(table.__table__), rows)


def _source(slug: str, now: datetime) -> CourseSource:
    body = "\n\n".join(LINE.format(number) for number in range(PARAGRAPHS))
    hour = (now - timedelta(minutes=1)).strftime("%H:%M")
    lessons = tuple(
        parse_lesson(LESSON.format(key=f"lesson-{number}", wait=wait, body=body), f"{number:02d}-lesson.md")
        for number, wait in enumerate(("immediately", "1 day", "1 day"), 1)
    )
    return replace(parse_course(COURSE.format(slug=slug, hour=hour)), lessons=lessons)


def _reader(number: int, at: datetime) -> dict[str, Any]:
    return {
        "id": number, "handle": f"reader{number:010}", "email": f"reader{number}@example.net",
        "digest": f"{number:064x}", "name": f"Reader {number}", "timezone": "UTC", "pace": 1.0, "wishes_number": 0,
        "created_at": at,
    }  # fmt: skip


def _enrollment(number: int, sequence: Sequence, at: datetime) -> dict[str, Any]:
    return {
        "id": number, "handle": f"enrollm{number:09}", "reader_id": number, "course_id": sequence.course_id, "run": 1,
        "state": "active", "wishes": {}, "created_at": at, "asked_at": at, "confirmed_at": at, "anchor_at": at,
    }  # fmt: skip


def _had(number: int, sequence: Sequence, at: datetime) -> dict[str, Any]:
    return _delivery(number, sequence, 0, at) | {"state": "sent", "sent_at": at, "due_at": None, "day_based": False}


def _due(number: int, sequence: Sequence, now: datetime) -> dict[str, Any]:
    return _delivery(number, sequence, 1, now) | {"state": "planned", "day_based": True}


def _delivery(number: int, sequence: Sequence, place: int, at: datetime) -> dict[str, Any]:
    lesson = sequence.lessons[place]
    return {
        "kind": "lesson", "priority": 1, "enrollment_id": number, "reader_id": number, "lesson_id": lesson.lesson_id,
        "slot_at": at, "due_at": at, "asked": False, "attempts": 0, "repeats": 0, "created_at": at,
        "edition_id": sequence.edition_id, "revision_id": lesson.revision_id, "wishes_number": 0,
    }  # fmt: skip


def new_database(url: str) -> Database:
    """An empty one with all tables."""
    database = Database(url)
    migrate(database)
    return database

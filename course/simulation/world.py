"""A throw-away database with one published course, and readers in it who never were.

Everything is made by the product's own verbs, but for the readers: ten thousand sign-ups and confirmations, one
transaction each, would take longer than the whole simulation. Nothing is compiled, since nothing is rendered.
"""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from course.database import Database
from course.editions import Author, create_course, draft_lessons
from course.folder import CourseSource
from course.migrations import migrate
from course.models import Course, Enrollment, EnrollmentState, Reader
from course.publishing import Compilations, Compiled, PublishOptions, publish
from course.simulation.people import Person

ROWS_AT_ONCE = 2000


@contextmanager
def throwaway() -> Iterator[Database]:
    """A migrated, empty database that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="meantime-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'simulated.db'}", sqlite_synchronous="off")
        try:
            migrate(database)
            yield database
        finally:
            database.close()


def publish_course(session: Session, source: CourseSource, now: datetime) -> Course:
    """The course, published; raises SourceError for lessons that nobody would ever get."""
    author = Author("meantime simulate", now)
    course = create_course(session, source, author)
    assert course.draft is not None, "a new course has one"
    keys = {each.place.lesson_id: each.source.key for each in draft_lessons(course.draft)}
    lessons = {lesson_id: Compiled(key, key, "", "", (), "none") for lesson_id, key in keys.items()}
    publish(session, course.draft, Compilations(lessons, {}), PublishOptions(), author)
    return course


def settle(session: Session, course_id: int, people: Iterable[Person]) -> None:
    """Readers and their enrollments, confirmed when each of them will have; an enrollment's id is its number."""
    rest = iter(people)
    while some := list(islice(rest, ROWS_AT_ONCE)):
        session.execute(insert(Reader), [_reader(each) for each in some])
        session.execute(insert(Enrollment), [_enrollment(each, course_id) for each in some])


def _reader(person: Person) -> dict[str, Any]:
    name = f"reader-{person.number}"
    return {
        "id": person.number, "handle": name, "email": f"{name}@example.org", "digest": name, "name": "",
        "timezone": person.timezone, "hour": person.hour, "pace": person.pace, "wishes_number": 0,
        "created_at": person.asked_at,
    }  # fmt: skip


def _enrollment(person: Person, course_id: int) -> dict[str, Any]:
    return {
        "id": person.number, "handle": f"enrollment-{person.number}", "reader_id": person.number,
        "course_id": course_id, "run": 1, "state": EnrollmentState.ACTIVE, "wishes": {},
        "created_at": person.asked_at, "asked_at": person.asked_at, "confirmed_at": person.confirmed_at,
        "anchor_at": person.confirmed_at,
    }  # fmt: skip

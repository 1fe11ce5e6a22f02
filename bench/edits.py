"""A publication over a hundred thousand readers: its previews, and planning everybody anew."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from bench.course import LESSONS, SLUG, course_source, publish_draft
from bench.figures import Figure, Spent, at_most, peak_megabytes, spent
from bench.lives import NOW
from course import chores
from course.consequences import consequences
from course.database import Database
from course.editions import Author, find_course, find_published, replace_draft
from course.folder import CourseSource
from course.migrations import migrate
from course.models import Delivery, DeliveryState, Edition
from tests.postgres import running_postgres

READERS = 100_000
AUTHOR = Author("bench", NOW)
LONGER = course_source(tuple((key, "3 days" if key == "lesson-8" else wait) for key, wait in LESSONS))
INSERTED = course_source((*LESSONS[:7], ("extra", "2 days"), *LESSONS[7:]))
LATER = course_source(hour="10:00")
EDITS = {"another wait": LONGER, "a lesson between": INSERTED, "another hour for all": LATER}


@dataclass(frozen=True)
class Place:
    """Where it is measured; `server_pid` is the process whose children's work counts too."""

    name: str
    database: Database
    server_pid: int | None = None

    def spent(self, work: Callable[[], object]) -> Spent:
        """What a piece of work costs here."""
        return spent(work, self.server_pid)


def figures() -> Iterator[Figure]:
    """On both databases."""
    for open_place in (_sqlite, _postgres):
        with open_place() as place:
            yield from _measured(place)
    yield at_most("memory of previews and replans", peak_megabytes(), "MB", 300)


def _measured(place: Place) -> Iterator[Figure]:
    _populate(place.database)
    for name, source in EDITS.items():
        draft_id = _write(place.database, source)
        cost = place.spent(partial(_preview, place.database, draft_id))
        yield at_most(f"preview of 100,000, {name}, {place.name}", cost.seconds, "s", 5, cost.note)
    for name in ("another hour for all", "a lesson between"):
        _publish(place.database, _write(place.database, EDITS[name]))
        cost = place.spent(partial(_replan, place.database))
        yield at_most(f"replan of 100,000, {name}, {place.name}", cost.seconds, "s", 60, cost.note)


@contextmanager
def _sqlite() -> Iterator[Place]:
    with tempfile.TemporaryDirectory() as folder, _open(f"sqlite:///{Path(folder) / 'bench.db'}") as database:
        yield Place("SQLite", database)


@contextmanager
def _postgres() -> Iterator[Place]:
    with running_postgres() as server, _open(server.url()) as database:
        yield Place("PostgreSQL", database, server.pid)


@contextmanager
def _open(url: str) -> Iterator[Database]:
    database = Database(url)
    migrate(database)
    yield database
    database.close()


def _populate(database: Database) -> None:
    """In a process of its own, whose memory is not ours."""
    subprocess.run([sys.executable, "-m", "bench.population", database.url, str(READERS)], check=True)


def _write(database: Database, source: CourseSource) -> int:
    with database.writing() as session:
        return replace_draft(session, find_course(session, SLUG), source, AUTHOR).id


def _preview(database: Database, draft_id: int) -> None:
    with database.reading() as session:
        found = consequences(session, session.get_one(Edition, draft_id), NOW, undo=timedelta(minutes=5))
    assert found.readers == READERS
    assert found.moved


def _publish(database: Database, draft_id: int) -> None:
    with database.writing() as session:
        publish_draft(session, session.get_one(Edition, draft_id), AUTHOR)


def _replan(database: Database) -> None:
    with database.writing() as session:
        mine = chores.take(session)
    assert mine is not None, "publishing leaves a chore"
    more = True
    while more:
        with database.writing() as session:
            more = chores.step(session, *mine, NOW)
    with database.reading() as session:
        published = find_published(session, find_course(session, SLUG))
        assert published is not None
        planned = select(func.count()).where(
            Delivery.edition_id == published.id, Delivery.state == DeliveryState.PLANNED
        )
        assert session.scalar(planned) == READERS

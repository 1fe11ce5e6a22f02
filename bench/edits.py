"""A publication over a hundred thousand readers: its preview, and planning everybody anew."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

from bench.figures import Figure, at_most, peak_megabytes, seconds
from bench.population import NOW, compiled, enroll_many, publish_sample
from course import chores
from course.authoring import LessonChanges, edit_lesson
from course.consequences import consequences
from course.database import Database
from course.editions import Author, find_course, find_place, open_draft
from course.migrations import migrate
from course.models import Edition
from course.publishing import Compilations, PublishOptions, publish
from tests.postgres import running_postgres

READERS = 100_000
AUTHOR = Author("bench", NOW)


def figures() -> Iterator[Figure]:
    """On both databases."""
    with _sqlite() as database:
        yield from _measured("SQLite", database)
    with _postgres() as database:
        yield from _measured("PostgreSQL", database)
    yield at_most("memory of preview and replan", peak_megabytes(), "MB", 300)


def _measured(name: str, database: Database) -> Iterator[Figure]:
    publish_sample(database)
    enroll_many(database, READERS)
    draft_id = _draft(database)
    yield at_most(f"preview of 100,000, {name}", seconds(partial(_preview, database, draft_id)), "s", 5)
    _publish(database, draft_id)
    yield at_most(f"replan of 100,000, {name}", seconds(partial(_replan, database)), "s", 60)


@contextmanager
def _sqlite() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        yield from _open(f"sqlite:///{Path(folder) / 'bench.db'}")


@contextmanager
def _postgres() -> Iterator[Database]:
    with running_postgres() as server:
        yield from _open(server.url())


def _open(url: str) -> Iterator[Database]:
    database = Database(url)
    migrate(database)
    yield database
    database.close()


def _draft(database: Database) -> int:
    with database.writing() as session:
        draft = open_draft(session, find_course(session, "breathing-room"), NOW)
        edit_lesson(session, find_place(draft, "trust-until"), LessonChanges(wait="4 days"), draft.saves, AUTHOR)
        return draft.id


def _preview(database: Database, draft_id: int) -> None:
    with database.reading() as session:
        found = consequences(session, session.get_one(Edition, draft_id), NOW, undo=timedelta(minutes=5))
    assert found.readers == READERS


def _publish(database: Database, draft_id: int) -> None:
    with database.writing() as session:
        draft = session.get_one(Edition, draft_id)
        texts = {place.lesson_id: compiled(place.lesson.key) for place in draft.lessons}
        publish(session, draft, Compilations(texts, {}), PublishOptions(), AUTHOR)


def _replan(database: Database) -> None:
    with database.writing() as session:
        mine = chores.take(session)
    assert mine is not None, "publishing leaves a chore"
    more = True
    while more:
        with database.writing() as session:
            more = chores.step(session, *mine, NOW)

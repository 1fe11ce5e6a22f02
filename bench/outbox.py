"""The outbox at size: an idle tick over five million planned rows, a claim of two hundred, a round of a process."""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.due import new_database
from bench.figures import Figure, at_most
from course import chores, due_rows, outbox
from course.database import Database
from course.models import Course
from course.outbox import SCHEDULED, URGENT, Leases
from tests.postgres import running_postgres

SMALL, LARGE, HELD = 10_000, 5_000_000, 1_000_000
BATCH = 200
COURSES = 5
TIMES = 15
Opened = Callable[[], AbstractContextManager[Session]]
COLUMNS = "kind, state, priority, enrollment_id, course_id, reader_id, slot_at, due_at, created_at, day_based, asked"
MORE = "attempts, repeats, lesson_id"


def figures() -> Iterator[Figure]:
    """On both databases."""
    for name, place in (("SQLite", _sqlite), ("PostgreSQL", _postgres)):
        with place() as database:
            yield from _measured(database, name)


def _measured(database: Database, name: str) -> Iterator[Figure]:
    now = datetime.now(UTC)  # noqa: TID251 - the benchmark's rows are due in its own time
    _begin_courses(database, now)
    _plan(database, 1, SMALL, now + timedelta(days=1))
    small = _idle(database, now)
    _plan(database, SMALL + 1, LARGE, now + timedelta(days=1))
    _plan(database, LARGE + 1, LARGE + HELD, None)
    large = _idle(database, now)
    yield at_most(f"idle tick, 5 million planned and a million held, {name}", large, "ms", 2)
    note = f"at 10 thousand rows {small:.2f} ms"
    yield at_most(f"the same, over that of 10 thousand rows, {name}", max(large - 1.5 * small, 0), "ms", 1, note)
    _plan(database, LARGE + HELD + 1, LARGE + HELD + TIMES * BATCH, now - timedelta(minutes=1))
    claim = _milliseconds(
        database.writing, lambda session: outbox.claim(session, now, (URGENT, SCHEDULED), BATCH, Leases())
    )
    yield at_most(f"claim of 200, {name}", claim, "ms", 15 if database.is_sqlite else 40)


def _idle(database: Database, now: datetime) -> float:
    """A tick's milliseconds in a process that has ticked before: PostgreSQL plans a statement ten times at the most."""
    for _ in range(2):
        spent = _milliseconds(database.reading, lambda session: _tick(session, now))
    return spent


def _tick(session: Session, now: datetime) -> None:
    """What worker.runtime counts in each tick."""
    due_rows.count_due(session, now, (URGENT, SCHEDULED), 8 * BATCH)
    chores.count_open(session)


def _milliseconds(opened: Opened, work: Callable[[Session], object]) -> float:
    spent = []
    for _ in range(TIMES):
        began = time.perf_counter()
        with opened() as session:
            work(session)
        spent.append(1000 * (time.perf_counter() - began))
    return median(spent)


def _plan(database: Database, first: int, last: int, due_at: datetime | None) -> None:
    """Planned lessons with these numbers, of readers who need not be there: nobody looks at them."""
    numbers = f"generate_series({first}, {last}) AS n"
    if database.is_sqlite:
        count = f"SELECT {first} AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < {last}"
        numbers = f"(WITH RECURSIVE numbers(n) AS ({count}) SELECT n FROM numbers)"
    row = f"'lesson', 'planned', 1, n, 1 + n % {COURSES}, n, {_values(database, due_at)}, 0, 0, 1"
    statement = f"INSERT INTO deliveries ({COLUMNS}, {MORE}) SELECT {row} FROM {numbers}"
    if database.is_sqlite:
        with closing(sqlite3.connect(database.engine.url.database or "")) as connection, connection:
            connection.execute(statement)
    else:
        with database.engine.connect() as server:
            server.execute(text("SET session_replication_role = replica"))
            server.execute(text(statement))
            server.commit()
            server.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE deliveries"))


def _values(database: Database, due_at: datetime | None) -> str:
    """Slot, due time, creation and two noes, as each database writes them."""
    slot = f"'{due_at or datetime(2030, 1, 1, tzinfo=UTC):%Y-%m-%d %H:%M:%S.%f}{'' if database.is_sqlite else '+00'}'"
    no = "0" if database.is_sqlite else "false"
    return f"{slot}, {slot if due_at else 'NULL'}, {slot}, {no}, {no}"


def _begin_courses(database: Database, now: datetime) -> None:
    with database.writing() as session:
        session.add_all(
            [Course(id=number, slug=f"course-{number}", created_at=now) for number in range(1, COURSES + 1)]
        )


@contextmanager
def _sqlite() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        database = new_database(f"sqlite:///{Path(folder)}/bench.db")
        yield database
        database.close()


@contextmanager
def _postgres() -> Iterator[Database]:
    with running_postgres() as server:
        database = new_database(server.url())
        yield database
        database.close()

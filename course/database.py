"""One engine per process, one transaction per use case.

    with database.writing() as session: ...      commits at the end, rolls back on an error
    with database.reading() as session: ...      never writes

SQLite has one writer at a time: a writing transaction says so at once (BEGIN IMMEDIATE), so two of them queue up
at the busy timeout instead of failing half-way.
"""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, DateTime, Dialect, Index, MetaData, Text, create_engine, event, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

BUSY_SECONDS = 15
# A host that is cut off amid a transaction must not keep its rows locked for the two hours that TCP would wait: both
# ends notice within so many seconds. They are ignored where PostgreSQL is reached over a socket of the same machine.
IDLE, INTERVAL, COUNT = 10, 5, 3
SILENCE_MILLISECONDS = 1000 * (IDLE + INTERVAL * COUNT)
# A process that is frozen amid a transaction still answers probes. No transaction of ours thinks for so long.
THINKING_MILLISECONDS = 30_000
# Who waits for SQLite's one writer looks again so soon.
LOOK_AGAIN_SECONDS = (0.0002, 0.0008)


class Instant(TypeDecorator[datetime]):
    """An aware instant in UTC; a naive one is refused at the door."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """PostgreSQL keeps the zone; SQLite gets the UTC wall time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A stored instant must be aware.")
        return value.astimezone(UTC) if dialect.name == "postgresql" else value.astimezone(UTC).replace(tzinfo=None)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """Aware UTC on both, in one call each: a course has hundreds of thousands of them."""
        return _in_utc if dialect.name == "postgresql" else _from_text


def _in_utc(value: datetime | None) -> datetime | None:
    return value if value is None or value.tzinfo is UTC else value.astimezone(UTC)


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


def instant(value: Any) -> datetime:
    """An instant as the driver gives it, aware, in UTC: for statements of course.prepared."""
    return datetime.fromisoformat(f"{value}+00:00") if isinstance(value, str) else value.astimezone(UTC)


class Word(TypeDecorator[StrEnum]):
    """One word out of an enum, stored as text; a CHECK constraint keeps others out."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        """The word itself."""
        return None if value is None else str(self.words(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """The enum's member."""
        return None if value is None else self.words(value)


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over the rows for which `where` holds, on both databases."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


class Base(DeclarativeBase):
    """The root of all tables; every constraint has a name that reads as a sentence in an error."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map = {datetime: Instant}


class Database:
    """The engine of one process: its connections must not cross a fork, so it is made behind it (worker.process)."""

    def __init__(self, url: str, *, sqlite_synchronous: str = "normal") -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        options: dict[str, Any] = (
            {"connect_args": {"timeout": BUSY_SECONDS}}
            if self.is_sqlite
            else {"pool_pre_ping": True, "connect_args": _our_end()}
        )
        # An error's message, which may be logged by any library, says what was asked and not of whom.
        self.engine = create_engine(url, hide_parameters=True, **options)
        if self.is_sqlite:
            _teach_sqlite(self.engine, sqlite_synchronous)
        else:
            _teach_postgresql(self.engine)
        self._readers = self.engine.execution_options(meantime_reading=True)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction that may write."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent look; whatever was changed in it is rolled back."""
        with Session(self._readers, expire_on_commit=False) as session:
            yield session

    def empty_log(self) -> None:
        """SQLite's write-ahead log goes into the database's file, as far as nobody is reading; it held older pages."""
        if self.is_sqlite:
            with self._readers.connect() as connection:
                driver: Any = connection.connection.driver_connection
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def one_at_a_time(session: Session, key: str) -> None:
    """Until this transaction ends no other one with this key goes on from here. SQLite has one writer anyhow."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))


def _teach_sqlite(engine: Any, synchronous: str) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "foreign_keys=ON",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("meantime_reading")
        if reading:
            connection.exec_driver_sql("BEGIN")
        else:
            driver: Any = connection.connection.driver_connection
            _begin_writing(driver)


def _begin_writing(connection: sqlite3.Connection) -> None:
    """Take the one writer's place. SQLite's own waiting naps up to a tenth of a second, in which others overtake."""
    deadline = time.monotonic() + BUSY_SECONDS
    connection.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise OperationalError("BEGIN IMMEDIATE", {}, error) from error
                time.sleep(random.uniform(*LOOK_AGAIN_SECONDS))  # noqa: S311 - nobody guesses a nap
            else:
                return
    finally:
        connection.execute(f"PRAGMA busy_timeout={1000 * BUSY_SECONDS}")


def _our_end() -> dict[str, int]:
    """How soon we notice that the server cannot be reached; libpq's words, the last in milliseconds."""
    return {
        "keepalives_idle": IDLE,
        "keepalives_interval": INTERVAL,
        "keepalives_count": COUNT,
        "tcp_user_timeout": SILENCE_MILLISECONDS,
    }


def _teach_postgresql(engine: Any) -> None:
    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.autocommit = True
        for name, value in (("idle", IDLE), ("interval", INTERVAL), ("count", COUNT)):
            connection.execute(f"SET tcp_keepalives_{name} = {value}")
        # Probes are only sent where all is quiet: an answer that nobody took needs an end of its own.
        connection.execute(f"SET tcp_user_timeout = {SILENCE_MILLISECONDS}")
        connection.execute(f"SET idle_in_transaction_session_timeout = {THINKING_MILLISECONDS}")
        # Instants come in UTC then, and nobody has to turn a server's wall time back into it.
        connection.execute("SET TIME ZONE 'UTC'")
        connection.autocommit = False

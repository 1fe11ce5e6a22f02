"""A copy takes the database's place. The old SQLite file stays beside it, PostgreSQL's tables go in one transaction."""

import fcntl
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import text

from course import backups
from course.backups import BackupFailed
from course.database import Database
from course.models import House

IN_USE = "The database is in use: stop every process of Meantime first (web, worker, beat, listener)."
UNREADABLE = "The old database cannot be read ({error}): it stays beside the new one as it is."
# What SQLite reads together with a database of this name, whether it belongs to it or not.
LOGS = ("-wal", "-shm", "-journal")
# Where every process that has a database open holds a lock (SQLite's file format, "The Locking Page").
LOCKS_AT, LOCKS = 0x40000000, 512

CONNECTED = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
STANDING = text(
    "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
    "AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT EXISTS (SELECT FROM pg_depend "
    "WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')"
)
OTHERS = (
    "The schema {schema} holds what this version of Meantime does not know, and it would not delete that: {names}. "
    "Restore with the version that made it, or move it away, or restore into a new, empty database."
)
ELSEWHERE = "The backup holds no tables for the schema {schema}, in which your database looks for them (search_path)."


def replace_sqlite(copy: Path, place: Path, now: datetime) -> str:
    """Put the copy there and the old files aside; gives a sentence where the old database could not be read.

    Raises BackupFailed where it is in use, and where the copy is none or damaged.
    """
    try:
        with closing(sqlite3.connect(f"{copy.resolve().as_uri()}?mode=rw", uri=True)) as connection:
            backups.check_sqlite(connection)
    except sqlite3.Error as error:
        raise BackupFailed(f"The backup's database cannot be read: {error}.") from None
    told = _close(place) if place.exists() else ""
    aside = place.with_name(f"{place.name}.before-{now:%Y%m%dT%H%M%SZ}")
    for ending in ("", *LOGS):
        old = place.with_name(place.name + ending)
        if old.exists():
            old.rename(aside.with_name(aside.name + ending))
    copy.chmod(0o600)
    copy.replace(place)
    return told


def _close(place: Path) -> str:
    """Bring its write-ahead log into it, which works only where nobody else has it open."""
    try:
        # Who may write deletes the log of a database that is damaged.
        with closing(sqlite3.connect(f"{place.resolve().as_uri()}?mode=ro", uri=True, timeout=1)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with closing(sqlite3.connect(place, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error as error:
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} or _is_locked(place):
            raise BackupFailed(IN_USE) from None
        return UNREADABLE.format(error=error)
    return ""


def _is_locked(place: Path) -> bool:
    """Whether some process has it open; SQLite itself looks for that only where it can read the first page."""
    with place.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, LOCKS, LOCKS_AT)
        except BlockingIOError:
            return True
    return False


def replace_postgresql(dump: Path, database: Database) -> None:
    """Put the dump's tables in the place of ours, whichever version made either; if it fails, all is as it was.

    Raises BackupFailed, also where somebody is connected or other tables stand among ours.
    """
    schema, tables = _standing(database)
    ours = {*House.metadata.tables, "alembic_version"}
    if f" TABLE {schema} {House.__tablename__} " not in backups.run_program("pg_restore", None, "--list", str(dump)):
        raise BackupFailed(ELSEWHERE.format(schema=schema))
    if others := sorted(tables - ours):
        raise BackupFailed(OTHERS.format(schema=schema, names=", ".join(others)))
    # pg_restore's own --clean drops what the dump knows, which is too little where the dump is the older one.
    script, kept = dump.with_suffix(".sql"), ("--no-owner", "--no-acl", f"--schema={schema}")
    backups.run_program("pg_restore", None, *kept, f"--file={script}", str(dump))
    quote = database.engine.dialect.identifier_preparer.quote_identifier
    names = ", ".join(f"{quote(schema)}.{quote(each)}" for each in sorted(tables))
    drop = (f"--command=DROP TABLE {names}",) if tables else ()
    whole = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1")
    backups.run_program("psql", database.engine.url, *whole, *drop, f"--file={script}")


def _standing(database: Database) -> tuple[str, set[str]]:
    """The schema that we work in and what stands there, but for what extensions brought; nobody else is connected."""
    with database.engine.connect() as connection:
        in_use = connection.execute(CONNECTED).scalar_one()
        schema = connection.execute(text("SELECT current_schema()")).scalar_one()
        tables = set(connection.execute(STANDING).scalars())
    database.close()
    if in_use:
        raise BackupFailed(IN_USE)
    return str(schema), tables

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

IN_USE = "The database is in use: stop every process of Meantime first (web, worker, beat, listener)."
UNREADABLE = "The old database cannot be read ({error}): it stays beside the new one as it is."
# What SQLite reads together with a database of this name, whether it belongs to it or not.
LOGS = ("-wal", "-shm", "-journal")
# Where every process that has a database open holds a lock (SQLite's file format, "The Locking Page").
LOCKS_AT, LOCKS = 0x40000000, 512


def replace_sqlite(copy: Path, place: Path, now: datetime) -> str:
    """Put the copy there and the old files aside; gives a sentence where the old database could not be read.

    Raises BackupFailed where it is in use.
    """
    with closing(sqlite3.connect(copy)) as connection:
        backups.check_sqlite(connection)
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
    """Put the dump's tables in the place of those that are there. Raises BackupFailed where somebody is connected."""
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with database.engine.connect() as connection:
        in_use = connection.execute(others).scalar_one()
    database.close()
    if in_use:
        raise BackupFailed(IN_USE)
    arguments = ("--clean", "--if-exists", "--no-owner", "--no-acl", "--single-transaction", "--exit-on-error")
    backups.run_program("pg_restore", database.engine.url, *arguments, str(dump))

"""`meantime restore`: put a backup in the database's place. Nothing is sent afterwards until an owner confirms it."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click
from sqlalchemy import text

from course import backups, generation
from course.backups import BackupFailed
from course.clock import Clock
from course.database import Database
from course.migrations import migrate
from course.settings import Settings, load
from web.processes import held
from worker.guard import open_guard

IN_USE = "The database is in use: stop every process of Meantime first (web, worker, beat, listener)."
DONE = """\
Restored: the house as it was at {at}. Start Meantime again.
Nothing is sent until an owner says at the desk that it is right, or `meantime restored --go-on` does."""


@click.command()
@click.argument("backup", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(backup: Path, yes: bool) -> None:  # noqa: FBT001
    """Replace the database by BACKUP, made by `meantime backup`. Every process of Meantime must have stopped.

    SQLite's old database stays beside the new one; PostgreSQL's tables are replaced in one transaction.
    """
    settings = load()
    about = backups.about_of(backup)
    if about.database.startswith("sqlite") != settings.database.startswith("sqlite"):
        raise BackupFailed(f"This backup is of {about.database.partition('+')[0]}, and your database is another kind.")
    if not yes:
        click.confirm(f"Put the house back to {about.made_at}? What happened since is lost", abort=True)
    with held(settings.state_dir), _unpacked(backup, settings.state_dir) as folder:
        if (folder / backups.SQLITE).exists():
            _put_sqlite(folder / backups.SQLITE, settings)
        else:
            _put_postgresql(folder / backups.DUMP, settings)
        _put_own_files(folder / "state", settings.state_dir)
        _mark(settings)
    click.echo(DONE.format(at=about.made_at))


@contextmanager
def _unpacked(backup: Path, state_dir: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=state_dir) as scratch:
        backups.unpack(backup, Path(scratch))
        yield Path(scratch)


def _put_sqlite(copy: Path, settings: Settings) -> None:
    with closing(sqlite3.connect(copy)) as connection:
        backups.check_sqlite(connection)
    place = Path(Database(settings.database).engine.url.database or "")
    if place.exists():
        _close(place)
        place.rename(place.with_name(f"{place.name}.before-{Clock().now():%Y%m%dT%H%M%SZ}"))
    copy.chmod(0o600)
    copy.replace(place)


def _close(place: Path) -> None:
    """Bring its write-ahead log into it, which works only where nobody else has it open."""
    try:
        with closing(sqlite3.connect(place, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError:
        raise BackupFailed(IN_USE) from None


def _put_postgresql(dump: Path, settings: Settings) -> None:
    database = Database(settings.database)
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


def _put_own_files(own: Path, state_dir: Path) -> None:
    """Only what is missing: what stands there was edited since, or is the key that links were signed with."""
    for each in own.iterdir() if own.exists() else ():
        if not (state_dir / each.name).exists():
            each.rename(state_dir / each.name)


def _mark(settings: Settings) -> None:
    """Leave marks beyond the restored generation, also where none stood, as on a new machine."""
    database = Database(settings.database)
    migrate(database)
    with database.reading() as session:
        number = generation.current(session)
    marks = open_guard(settings, database).marks
    marks.leave(max(marks.look().highest, number + 1))
    database.close()

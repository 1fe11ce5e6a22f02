"""`meantime restore`: put a backup in the database's place. Nothing is sent afterwards until an owner confirms it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from course import backups, generation, replacing
from course.backups import BackupFailed
from course.clock import Clock
from course.database import Database
from course.migrations import migrate
from course.settings import Settings, read
from web.processes import held
from worker.guard import open_guard

DONE = """\
Restored: the house as it was at {at}. Start Meantime again.
Nothing is sent until an owner says at the desk that it is right, or `meantime restored --go-on` does."""
STAYED = "{place} stays as it is, and the backup has another one. To have that, move this one away and restore again."


@click.command()
@click.argument("backup", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(backup: Path, yes: bool) -> None:  # noqa: FBT001
    """Replace the database by BACKUP, made by `meantime backup`. Every process of Meantime must have stopped.

    SQLite's old database stays beside the new one; PostgreSQL's tables are replaced in one transaction.
    """
    settings = read()  # not `load`, which would make a secret key where the backup's belongs
    about = backups.about_of(backup)
    if about.database.startswith("sqlite") != settings.database.startswith("sqlite"):
        raise BackupFailed(f"This backup is of {about.database.partition('+')[0]}, and your database is another kind.")
    if not yes:
        click.confirm(f"Put the house back to {about.made_at}? What happened since is lost", abort=True)
    with held(settings.state_dir), _unpacked(backup, settings.state_dir) as folder:
        _put_database(folder, settings)
        _put_own_files(folder / "state", settings.state_dir)
        _mark(settings)
    click.echo(DONE.format(at=about.made_at))


@contextmanager
def _unpacked(backup: Path, state_dir: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=state_dir) as scratch:
        backups.unpack(backup, Path(scratch))
        yield Path(scratch)


def _put_database(folder: Path, settings: Settings) -> None:
    database = Database(settings.database)
    if database.is_sqlite:
        place = Path(database.engine.url.database or "")
        told = replacing.replace_sqlite(folder / backups.SQLITE, place, Clock().now())
        if told:
            click.echo(told, err=True)
    else:
        replacing.replace_postgresql(folder / backups.DUMP, database)


def _put_own_files(own: Path, state_dir: Path) -> None:
    """Only what is missing: what stands there was edited since, or is the key that links were signed with."""
    for each in sorted(own.iterdir()) if own.exists() else ():
        place = state_dir / each.name
        if not place.exists():
            each.rename(place)
        elif _files(each) != _files(place):
            click.echo(STAYED.format(place=place), err=True)


def _files(place: Path) -> dict[Path, bytes]:
    found = [place] if place.is_file() else [each for each in place.rglob("*") if each.is_file()]
    return {each.relative_to(place): each.read_bytes() for each in found}


def _mark(settings: Settings) -> None:
    """Leave marks beyond the restored generation, also where none stood, as on a new machine."""
    database = Database(settings.database)
    migrate(database)
    with database.reading() as session:
        number = generation.current(session)
    marks = open_guard(settings, database).marks
    marks.leave(max(marks.look().highest, number + 1))
    database.close()

"""`meantime backup`: a copy of everything that a restore needs, while all goes on."""

import json
import tempfile
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from course import backups, generation
from course.backups import About
from course.clock import Clock
from course.migrations import standing
from web.cli.installation import Installation, installation
from worker.guard import open_guard

BEHIND = "A backup was restored and nobody has confirmed it yet (`meantime restored`): this would replace a good copy."
KEEP = "In a folder: keep the newest so many, delete older ones."


@click.command()
@click.argument("target", required=False, type=click.Path(path_type=Path), metavar="[FILE|DIR]")
@click.option("--keep", type=click.IntRange(1), metavar="N", help=KEEP)
@click.option("--elsewhere", is_flag=True, help="Something else made a good backup just now: only note that.")
@click.option("--json", "as_json", is_flag=True, help="What was made, for a program.")
def backup(target: Path | None, keep: int | None, elsewhere: bool, as_json: bool) -> None:  # noqa: FBT001
    """Copy the database and the house's own files into one archive, checked, while all goes on.

    Without a name it goes into backups/ of the state folder; a copy on another machine is what helps when this one
    burns. docs/backup.md tells how to restore it.
    """
    with installation() as here:
        _must_be_current(here)
        folder, file = _place(here, target)
        if keep and file:
            raise click.UsageError("--keep goes with a folder.")
        if open_guard(here.settings, here.database).behind():
            raise backups.BackupFailed(BEHIND)
        made = None if elsewhere else _make(here, file or folder / backups.file_name(Clock().now()))
        with here.database.writing() as session:
            generation.note_backup(session)
        gone = backups.keep_newest(folder, keep) if keep else []
    _tell(made, gone, as_json=as_json)


def _must_be_current(here: Installation) -> None:
    """A backup before an upgrade is for the version that made the database: it knows how to read it."""
    now, newest = standing(here.database)
    if now != newest:
        raise backups.BackupFailed(
            f"The database's schema is at {now or 'nothing'}, this version's is {newest}: make the backup "
            "with the version that made the database, or run `meantime init`."
        )


def _place(here: Installation, target: Path | None) -> tuple[Path, Path | None]:
    """The folder, and the file where one was named."""
    if target is None or target.is_dir() or not target.suffix:
        folder = target or here.settings.state_dir / "backups"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder, None
    return target.parent, target


def _make(here: Installation, target: Path) -> Path:
    url, sqlite = here.database.engine.url, here.database.is_sqlite
    name = backups.SQLITE if sqlite else backups.DUMP
    with here.database.reading() as session:
        number = generation.current(session)
    about = About(
        Clock().now().isoformat(timespec="seconds"),
        version("meantime"),
        standing(here.database)[0],
        url.drivername,
        number,
    )
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as scratch, _bar() as progress:
        copy, task = Path(scratch) / name, progress.add_task("Copying the database", total=None)

        def show(done: int, of: int) -> None:
            progress.update(task, completed=done, total=of or None)

        if sqlite:
            backups.copy_sqlite(Path(url.database or ""), copy, show)
        else:
            backups.dump_postgresql(url, copy, show)
        # From here on the house is ahead of this copy, so that it is recognised wherever it is put back.
        open_guard(here.settings, here.database).go_on()
        progress.update(task, description="Packing", total=None)
        backups.pack(copy, name, about, here.settings.state_dir, target)
    return target


def _bar() -> Progress:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _tell(made: Path | None, gone: list[Path], *, as_json: bool) -> None:
    if as_json:
        about = asdict(backups.about_of(made)) if made else None
        size = made.stat().st_size if made else None
        found = {
            "file": str(made) if made else None,
            "bytes": size,
            "about": about,
            "deleted": [str(each) for each in gone],
        }
        click.echo(json.dumps(found, indent=2))
        return
    click.echo(f"Backup made: {made} ({made.stat().st_size / 1e6:.1f} MB), checked." if made else "Noted.")
    if gone:
        click.echo(f"Deleted: {', '.join(each.name for each in gone)}.")

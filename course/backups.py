"""A copy of the database as one file, made while others write, and a backup around it with what a restore needs.

A backup is a tar archive of `about.json`, the database (`database.sqlite`, or `database.dump` as pg_dump makes it),
and what lies in the state folder and is the house's own: themes, and the secret key that development made.
"""

import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL

from course.errors import MeantimeError, Misconfigured
from course.settings import surroundings

Progress = Callable[[int, int], None]  # how much is done, of how much; 0 where nobody knows

SQLITE, DUMP, ABOUT = "database.sqlite", "database.dump", "about.json"
OWN = ("themes", "secret_key")
PAGES = 2000
FAST = 3  # gzip's level: nearly as small as 6, in half the time


class BackupFailed(MeantimeError):
    """No backup was made, or what is there cannot be restored; says why."""


@dataclass(frozen=True)
class About:
    """What a backup says of itself: when it was made, by which version, of which schema and generation."""

    made_at: str
    version: str
    schema: str
    database: str
    generation: int


def copy_sqlite(source: Path, target: Path, progress: Progress) -> None:
    """The database at one instant, by SQLite's online backup, while others write; checked. Raises BackupFailed."""
    target.touch(mode=0o600)
    try:
        with closing(sqlite3.connect(source, isolation_level=None)) as old, closing(sqlite3.connect(target)) as new:
            # The look that stays open is what makes it one instant: without it each write would begin the copy anew.
            old.execute("BEGIN")
            old.execute("SELECT count(*) FROM sqlite_master").fetchone()
            old.backup(new, pages=PAGES, progress=lambda _status, left, all_: progress(all_ - left, all_))
            new.execute("PRAGMA journal_mode=DELETE")
            check_sqlite(new)
    except sqlite3.Error as error:
        raise BackupFailed(f"SQLite cannot copy {source}: {error}.") from None


def check_sqlite(connection: sqlite3.Connection) -> None:
    """Every page is as it should be; raises BackupFailed, sqlite3.Error."""
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise BackupFailed(f"The copy is damaged: {verdict}.")


def dump_postgresql(url: URL, target: Path, progress: Progress) -> None:
    """The same by pg_dump, whose list of contents is read back. Raises BackupFailed, Misconfigured."""
    target.touch(mode=0o600)
    progress(0, 0)
    run_program("pg_dump", url, "--format=custom", "--no-owner", "--no-acl", "--file", str(target))
    listed = run_program("pg_restore", None, "--list", str(target))
    if " TABLE DATA " not in listed:
        raise BackupFailed("pg_dump made a file without any table in it.")


def run_program(name: str, url: URL | None, *arguments: str) -> str:
    """What one of PostgreSQL's programs says; the password goes through the environment, which others cannot read."""
    found = shutil.which(name)
    if found is None:
        raise Misconfigured(
            f"{name} is not on the PATH: install PostgreSQL's client (Debian: postgresql-client), as new as the "
            "server; docs/backup.md tells how it is done in containers."
        )
    env = surroundings()
    if url is not None:
        env |= {"PGPASSWORD": url.password} if url.password else {}
        address = url.set(drivername="postgresql", password=None).render_as_string()
        arguments = ("--dbname", address, *arguments)
    done = subprocess.run([found, *arguments], env=env, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BackupFailed(f"{name}: {done.stderr.strip() or f'ended with status {done.returncode}'}")
    return done.stdout


def pack(database: Path, name: str, about: About, state_dir: Path, target: Path) -> None:
    """Put it all into one archive beside `target`, and in one move in its place once it is on the disk."""
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        fresh.touch(mode=0o600)
        with fresh.open("wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=FAST) as archive:
                _add_about(archive, about)
                for each in OWN:
                    if (state_dir / each).exists():
                        archive.add(state_dir / each, f"state/{each}")
                archive.add(database, name)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise BackupFailed(f"{target} cannot be written: {error.strerror}.") from None
    finally:
        fresh.unlink(missing_ok=True)


def unpack(backup: Path, folder: Path) -> None:
    """Its files, into an empty folder; links and what would lie outside are left out. Raises BackupFailed."""
    try:
        with tarfile.open(backup) as archive:
            for entry in archive:
                place, file = (folder / entry.name).resolve(), archive.extractfile(entry) if entry.isreg() else None
                if file is None or not place.is_relative_to(folder.resolve()):
                    continue
                place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                place.touch(mode=0o600)
                with place.open("wb") as target:
                    shutil.copyfileobj(file, target)
    except (OSError, tarfile.TarError, EOFError, zlib.error) as error:
        raise BackupFailed(f"{backup} cannot be unpacked: {error}.") from None


def about_of(backup: Path) -> About:
    """What a backup says of itself; raises BackupFailed where it is none."""
    try:
        with tarfile.open(backup) as archive:
            file = archive.extractfile(ABOUT)
            return About(**json.load(file)) if file else _no_backup(backup)
    except (OSError, tarfile.TarError, KeyError, ValueError, TypeError, EOFError, zlib.error):
        return _no_backup(backup)


def file_name(made_at: datetime) -> str:
    """What a backup is called in a folder of backups; sorted by name they are sorted by time."""
    return f"meantime-{made_at:%Y%m%dT%H%M%SZ}.tar.gz"


def keep_newest(folder: Path, most: int) -> list[Path]:
    """Delete all but the newest so many; gives what was deleted."""
    old = sorted(folder.glob("meantime-*T*Z.tar.gz"))[:-most]
    for each in old:
        each.unlink()
    return old


def _add_about(archive: tarfile.TarFile, about: About) -> None:
    text = json.dumps(asdict(about), indent=2).encode()
    entry = tarfile.TarInfo(ABOUT)
    entry.size, entry.mode = len(text), 0o600
    archive.addfile(entry, io.BytesIO(text))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _no_backup(backup: Path) -> About:
    raise BackupFailed(f"{backup} is no backup of Meantime, or it is damaged.")

"""A backup as a file: what is in it, what is no backup, and what an archive may not do."""

import io
import os
import sqlite3
import stat
import tarfile
from datetime import timedelta
from pathlib import Path

import pytest

from course import backups, generation
from course.backups import About, BackupFailed
from course.database import Database
from course.errors import Misconfigured
from tests.factories import MONDAY
from tests.postgres import programs_folder

ABOUT = About("2027-01-04T08:00:00+00:00", "0.1.0", "0009", "sqlite", 5)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "small.db"
    with sqlite3.connect(path) as connection:
        connection.executescript("PRAGMA journal_mode=WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1);")
    return path


def test_a_copy_is_of_one_instant_though_others_write_between_its_steps(file: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(backups, "PAGES", 1)
    writer = sqlite3.connect(file, isolation_level=None)
    steps = []

    def write_meanwhile(done: int, of: int) -> None:
        steps.append((done, of))
        assert len(steps) < 100, "the copy begins anew with every write"
        writer.execute("INSERT INTO t VALUES (2)")

    backups.copy_sqlite(file, tmp_path / "copy", write_meanwhile)
    with sqlite3.connect(tmp_path / "copy") as copy:
        assert copy.execute("SELECT x FROM t").fetchall() == [(1,)]
    assert len(steps) > 1 and steps[-1][0] == steps[-1][1]
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600


def test_what_is_packed_is_unpacked_and_says_what_it_is(file: Path, tmp_path: Path):
    state = tmp_path / "state"
    (state / "themes" / "ours").mkdir(parents=True)
    (state / "themes" / "ours" / "layout.mjml").write_text("<mjml/>")
    target = tmp_path / backups.file_name(MONDAY)
    backups.pack(file, backups.SQLITE, ABOUT, state, target)
    assert target.name == "meantime-20270104T080000Z.tar.gz"
    assert backups.about_of(target) == ABOUT
    out = tmp_path / "out"
    out.mkdir()
    backups.unpack(target, out)
    assert (out / "state/themes/ours/layout.mjml").read_text() == "<mjml/>"
    assert (out / backups.SQLITE).read_bytes() == file.read_bytes()


def test_an_archive_writes_nothing_outside_its_folder(tmp_path: Path):
    evil = tmp_path / "evil.tar.gz"
    with tarfile.open(evil, "w:gz") as archive:
        for name in ("../outside", "/tmp/backup-outside"):
            entry = tarfile.TarInfo(name)
            entry.size = 1
            archive.addfile(entry, io.BytesIO(b"x"))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        archive.addfile(link)
    out = tmp_path / "out"
    out.mkdir()
    backups.unpack(evil, out)
    assert list(out.iterdir()) == [] and not (tmp_path / "outside").exists()


def test_what_is_no_backup_says_so(tmp_path: Path, file: Path):
    with pytest.raises(BackupFailed):
        backups.about_of(file)
    with pytest.raises(BackupFailed):
        backups.unpack(file, tmp_path)
    with pytest.raises(BackupFailed):
        backups.pack(file, backups.SQLITE, ABOUT, tmp_path, tmp_path / "nowhere" / "x.tar.gz")
    (tmp_path / "noise").write_bytes(b"noise" * 1000)
    with pytest.raises(BackupFailed):
        backups.copy_sqlite(tmp_path / "noise", tmp_path / "copy", lambda *_: None)


def test_the_oldest_go(tmp_path: Path):
    names = [backups.file_name(MONDAY + timedelta(days=day)) for day in range(4)]
    for name in names:
        (tmp_path / name).touch()
    assert [each.name for each in backups.keep_newest(tmp_path, 3)] == names[:1]


def test_postgresql_is_dumped_by_its_own_program(database: Database, tmp_path: Path, monkeypatch):
    if database.is_sqlite:
        return
    monkeypatch.setenv("PATH", f"{programs_folder()}{os.pathsep}/usr/bin")
    backups.dump_postgresql(database.engine.url, tmp_path / "dump", lambda *_: None)
    assert (tmp_path / "dump").read_bytes().startswith(b"PGDMP")
    with pytest.raises(BackupFailed, match="pg_dump"):
        backups.dump_postgresql(database.engine.url.set(database="nothing"), tmp_path / "dump", lambda *_: None)


def test_a_missing_program_is_named(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Misconfigured, match="postgresql-client"):
        backups.run_program("pg_dump", None)


def test_a_generation_is_the_instant_of_its_beginning(database: Database):
    with database.writing() as session:
        assert generation.instant(generation.current(session)) is None and generation.backup_age(session) is None
        first = generation.advance(session)
        assert generation.advance(session, beyond=first + 10**9) == first + 10**9 + 1
        generation.note_backup(session)
        assert generation.backup_age(session) is not None and generation.instant(first) is not None

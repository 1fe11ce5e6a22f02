"""`meantime restore` where not all is as it should be: damaged, left over, or of an earlier release."""

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from course.database import Database
from emails.testing import ScriptedServer
from tests.web.house import House

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NOISE = bytes(range(256)) * 100


@pytest.fixture
def house(database: Database, tmp_path: Path) -> Iterator[House]:
    with ScriptedServer() as server:
        yield House(database, server, tmp_path)


@pytest.fixture
def backup(house: House, tmp_path: Path) -> Path:
    made = tmp_path / "early.tar.gz"
    house.run("backup", made)
    return made


@pytest.fixture
def file(house: House) -> Path:
    """SQLite's."""
    return Path(house.database.engine.url.database or "")


def write_and_leave_the_log(file: Path) -> None:
    """As a process does that is killed: the last that it wrote stands in the write-ahead log alone."""
    log, kept = file.with_name(f"{file.name}-wal"), file.with_name("kept")
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0; CREATE TABLE later (x)")
        connection.execute("INSERT INTO later VALUES (zeroblob(100000))")
        connection.commit()
        shutil.copy(log, kept)
    kept.rename(log)


def tables(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


@on_sqlite
def test_a_log_that_an_old_database_left_does_not_get_into_the_restored_one(house: House, backup: Path, file: Path):
    house.database.close()
    write_and_leave_the_log(file)
    file.rename(file.with_name("broken.db"))
    house.restore(backup)
    found = tables(file)
    assert "later" not in found and "readers" in found
    assert len(list(file.parent.glob("meantime.db.before-*-wal"))) == 1, "nothing is deleted"


@on_sqlite
def test_a_log_goes_with_the_database_that_it_belongs_to(house: House, backup: Path, file: Path):
    house.database.close()
    write_and_leave_the_log(file)
    house.restore(backup)
    (old,) = file.parent.glob("meantime.db.before-*")
    assert "later" in tables(old) and "later" not in tables(file)


@on_sqlite
def test_a_damaged_database_is_put_aside(house: House, backup: Path, file: Path):
    house.database.close()
    file.write_bytes(NOISE)
    log = file.with_name(f"{file.name}-wal")
    log.write_bytes(NOISE)
    said = house.run("restore", backup, "--yes")
    assert "cannot be read" in said and "Restored" in said
    assert "readers" in tables(file)
    aside = sorted(file.parent.glob("meantime.db.before-*"))
    assert aside[0].read_bytes() == aside[-1].read_bytes() == NOISE and aside[-1].name == f"{aside[0].name}-wal"


@on_sqlite
def test_a_damaged_database_that_is_in_use_is_not_replaced(house: House, backup: Path, file: Path):
    with house.database.engine.connect():
        # From outside: a process that closes the file would take its own locks from it.
        subprocess.run(["dd", "if=/dev/urandom", f"of={file}", "bs=100", "count=1", "conv=notrunc"], check=True)
        assert "in use" in house.run("restore", backup, "--yes", status=1)
    assert list(file.parent.glob("*.before-*")) == []


@on_sqlite
def test_the_secret_key_comes_back_on_a_new_machine(house: House, tmp_path: Path):
    house.settings = house.settings.model_copy(update={"secret_key": ""})
    house.run("backup", tmp_path / "early.tar.gz")
    key = tmp_path / "secret_key"
    kept = key.read_text()
    key.unlink()
    house.restore(tmp_path / "early.tar.gz")
    assert key.read_text() == kept


@on_sqlite
def test_a_secret_key_that_stands_there_stays_and_is_told(house: House, tmp_path: Path):
    house.settings = house.settings.model_copy(update={"secret_key": ""})
    house.run("backup", tmp_path / "early.tar.gz")
    assert "secret_key" not in house.run("restore", tmp_path / "early.tar.gz", "--yes"), "it is the same"
    (tmp_path / "secret_key").write_text("another one that is long enough to be a key")
    said = house.run("restore", tmp_path / "early.tar.gz", "--yes")
    assert "secret_key" in said and "stays as it is" in said
    assert (tmp_path / "secret_key").read_text() == "another one that is long enough to be a key"

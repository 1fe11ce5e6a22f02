"""`meantime restore` where not all is as it should be: damaged, left over, or of an earlier release."""

import os
import re
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text

from course import backups
from course.backups import About
from course.database import Database
from course.migrations import standing
from emails.testing import ScriptedServer
from tests.postgres import Databases, programs_folder
from tests.web.house import House

UPGRADES = Path(__file__).parents[1] / "upgrades"
RECIPES = Path(__file__).parents[2] / "docs" / "backup.md"
ABOUT = About("2026-01-04T08:00:00+00:00", "0.1.0", "0001", "", 0)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
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
@pytest.mark.parametrize("name", [backups.SQLITE, "another"])
def test_a_backup_without_a_good_database_replaces_nothing(house: House, file: Path, tmp_path: Path, name: str):
    (tmp_path / "noise").write_bytes(NOISE)
    made = tmp_path / "early.tar.gz"
    backups.pack(tmp_path / "noise", name, replace(ABOUT, database="sqlite"), tmp_path / "none", made)
    house.database.close()
    assert "cannot be read" in house.run("restore", made, "--yes", status=1)
    assert "readers" in tables(file)


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


def earlier_release(house: House, made: Path, databases: Databases, *, besides: str = "") -> Path:
    """A backup of a house as 0.1.0 left it: `made`."""
    dump = (UPGRADES / f"0.1.0-{'sqlite' if house.database.is_sqlite else 'postgresql'}.sql").read_text()
    copy = made.with_name("old.db")
    if house.database.is_sqlite:
        with closing(sqlite3.connect(copy)) as connection:
            connection.executescript(dump)
        backups.pack(copy, backups.SQLITE, replace(ABOUT, database="sqlite"), made.parent / "none", made)
        return made
    url = make_url(databases.copy()).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connection.execute(dump.encode() + besides.encode())
    backups.dump_postgresql(url, copy, lambda *_: None)
    databases.drop(url.render_as_string())
    backups.pack(copy, backups.DUMP, replace(ABOUT, database="postgresql"), made.parent / "none", made)
    return made


@pytest.fixture
def early(house: House, tmp_path: Path, postgres_databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", str(programs_folder()), prepend=os.pathsep)
    return earlier_release(house, tmp_path / "early.tar.gz", postgres_databases)


def say(house: House, statement: str) -> None:
    with house.database.engine.begin() as connection:
        connection.execute(text(statement))


def readers(house: House) -> list[str]:
    with house.database.engine.connect() as connection:
        return list(connection.execute(text("SELECT email FROM readers ORDER BY email")).scalars())


def test_a_backup_of_an_earlier_release_is_restored_and_brought_up_to_date(house: House, early: Path):
    house.mailing.begin_course("welcome: immediately", readers=2)
    house.restore(early)
    now, newest = standing(house.database)
    assert now == newest
    assert "r1@example.org" not in readers(house) and "active@example.org" in readers(house)


@on_postgresql
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE invoices (id serial PRIMARY KEY)",
        "CREATE TABLE invoices (id serial PRIMARY KEY, reader integer REFERENCES readers (id))",
        "CREATE VIEW invoices AS SELECT email FROM readers",
    ],
)
def test_what_is_not_ours_is_not_deleted(house: House, early: Path, statement: str):
    house.mailing.begin_course("welcome: immediately", readers=2)
    say(house, statement)
    house.database.close()
    assert "invoices" in house.run("restore", early, "--yes", status=1)
    assert readers(house) == ["r1@example.org", "r2@example.org"]
    say(house, "SELECT count(*) FROM invoices")


@on_postgresql
def test_what_an_extension_brought_stays(house: House, early: Path):
    say(house, "CREATE EXTENSION pg_buffercache")
    house.restore(early)
    say(house, "SELECT count(*) FROM pg_buffercache")


@on_postgresql
def test_a_restore_that_fails_half_way_leaves_all_as_it_was(
    house: House, early: Path, postgres_databases: Databases, tmp_path: Path
):
    ours = "CREATE FUNCTION public.ours() RETURNS integer LANGUAGE sql AS 'SELECT 1'"
    late = earlier_release(house, tmp_path / "late.tar.gz", postgres_databases, besides=f";{ours}")
    house.mailing.begin_course("welcome: immediately", readers=2)
    say(house, ours)
    house.database.close()
    assert "already exists" in house.run("restore", late, "--yes", status=1)
    assert readers(house) == ["r1@example.org", "r2@example.org"]


@on_postgresql
def test_a_dump_without_our_tables_is_refused(house: House, tmp_path: Path, postgres_databases: Databases, early: Path):
    elsewhere = "; CREATE SCHEMA other; ALTER TABLE public.house SET SCHEMA other"
    moved = earlier_release(house, tmp_path / "moved.tar.gz", postgres_databases, besides=elsewhere)
    house.mailing.begin_course("welcome: immediately", readers=2)
    house.database.close()
    assert "schema public" in house.run("restore", moved, "--yes", status=1)
    assert readers(house) == ["r1@example.org", "r2@example.org"]


@on_postgresql
def test_the_recipe_for_containers_restores_an_earlier_release(house: House, early: Path, tmp_path: Path):
    house.mailing.begin_course("welcome: immediately", readers=2)
    house.database.close()
    with tarfile.open(early) as archive:
        archive.extract(backups.DUMP, tmp_path, filter="data")
    (tmp_path / backups.DUMP).rename(tmp_path / "meantime.dump")
    (recipe,) = re.findall(
        r"^```\n(docker compose exec -T postgres pg_restore .*?)^```", RECIPES.read_text(), re.S | re.M
    )
    url = make_url(house.database.url).set(drivername="postgresql").render_as_string(hide_password=False)
    recipe = recipe.replace("--username=meantime --dbname=meantime", f"--dbname='{url}'").replace(
        "/tmp/", f"{tmp_path}/"
    )
    # What runs in the container runs here.
    docker = 'docker() { test $2 = up || { shift 4; "$@"; }; }\n'
    subprocess.run(["sh", "-ec", docker + recipe], cwd=tmp_path, check=True)
    house.run("init")
    assert "active@example.org" in readers(house) and "r1@example.org" not in readers(house)
    assert not (tmp_path / "meantime.sql").exists()

"""A backup while a courier sends, and what a restored house does: on real processes and both databases."""

import json
import sqlite3
import stat
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from course.database import Database
from emails.testing import ScriptedServer
from tests.web.house import House

READERS = 40


@pytest.fixture
def house(database: Database, tmp_path: Path) -> Iterator[House]:
    with ScriptedServer() as server:
        yield House(database, server, tmp_path)


def test_a_backup_made_while_a_courier_sends_is_whole_and_private(house: House, tmp_path: Path):
    house.mailing.begin_course("welcome: immediately", "later: 52 weeks", readers=READERS)
    sending = threading.Thread(target=house.deliver)
    sending.start()
    told = json.loads(house.run("backup", tmp_path / "kept", "--json"))
    sending.join()
    made = Path(told["file"])
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert [each.name for each in made.parent.iterdir()] == [made.name], "nothing is left beside it"
    with tarfile.open(made) as archive:
        assert {"about.json", "database.sqlite" if house.database.is_sqlite else "database.dump"} <= set(
            archive.getnames()
        )
    assert len(house.mailing.arrived) == len(set(house.mailing.arrived)) == READERS
    house.restore(made)
    with house.database.reading() as session:
        states = dict(session.execute(text("SELECT state, count(*) FROM deliveries GROUP BY state")).all())
    assert sum(states.values()) >= READERS


def test_after_a_restore_nothing_is_sent_until_it_is_confirmed(house: House, tmp_path: Path):
    house.mailing.begin_course("welcome: immediately", readers=5)
    house.run("backup", tmp_path / "early.tar.gz")
    house.deliver()
    assert len(house.mailing.arrived) == 5
    house.restore(tmp_path / "early.tar.gz")
    assert house.worker().tick().lessons == 0
    house.deliver()
    assert len(house.mailing.arrived) == 5
    assert json.loads(house.run("restored", "--json", status=1))["planned_since"] == {"lessons": 5, "others": 0}
    house.run("restored", "--go-on")
    house.deliver()
    assert len(house.mailing.arrived) == 10, "the owner wanted them to go out again"
    assert len(set(house.mailing.message_ids)) == 5, "a mail program may know them as the same"


def test_what_was_due_since_the_backup_can_count_as_sent(house: House, tmp_path: Path):
    house.mailing.begin_course("welcome: immediately", "later: 52 weeks", readers=5)
    house.run("backup", tmp_path / "early.tar.gz")
    house.deliver()
    house.restore(tmp_path / "early.tar.gz")
    house.run("restored", "--go-on", "--count-as-sent")
    house.deliver()
    assert len(house.mailing.arrived) == 5
    assert house.mailing.states("welcome") == ["sent"] * 5 and house.mailing.states("later") == ["planned"] * 5


def test_a_backup_on_a_new_machine_is_held_as_well(house: House, tmp_path: Path):
    house.mailing.begin_course("welcome: immediately", readers=1)
    house.run("backup", tmp_path / "early.tar.gz")
    (house.folder / "generation").unlink()
    house.restore(tmp_path / "early.tar.gz")
    house.deliver()
    assert house.mailing.arrived == []


def test_own_themes_come_back_and_what_stands_there_stays(house: House, tmp_path: Path):
    theme = house.folder / "themes" / "ours" / "layout.mjml"
    theme.parent.mkdir(parents=True)
    theme.write_text("<mjml></mjml>")
    house.run("backup", tmp_path / "early.tar.gz")
    theme.unlink()
    theme.parent.rmdir()
    theme.parent.parent.rmdir()
    house.restore(tmp_path / "early.tar.gz")
    assert theme.read_text() == "<mjml></mjml>"


def test_only_the_newest_are_kept(house: House, tmp_path: Path):
    folder = tmp_path / "kept"
    folder.mkdir()
    for year in range(2020, 2024):
        (folder / f"meantime-{year}0101T000000Z.tar.gz").touch()
    (folder / "mine.tar.gz").touch()
    house.run("backup", folder, "--keep", "2")
    names = sorted(each.name for each in folder.iterdir())
    assert len(names) == 3 and "mine.tar.gz" in names and "meantime-20230101T000000Z.tar.gz" in names


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_in_use_is_not_replaced(house: House, tmp_path: Path):
    house.run("backup", tmp_path / "early.tar.gz")
    with house.database.reading() as session:
        session.execute(text("SELECT 1 FROM house")).all()
        assert "in use" in house.run("restore", tmp_path / "early.tar.gz", "--yes", status=1)


def test_what_is_no_backup_is_refused_before_anything_is_touched(house: House, tmp_path: Path):
    (tmp_path / "noise.tar.gz").write_bytes(b"noise")
    assert "no backup of Meantime" in house.run("restore", tmp_path / "noise.tar.gz", "--yes", status=1)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_damaged_database_makes_no_backup(house: House, tmp_path: Path):
    house.mailing.begin_course(readers=20)
    house.database.close()
    file = Path(house.database.engine.url.database or "")
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("UPDATE sqlite_master SET rootpage = 3 WHERE name = 'deliveries_of_a_reader'")
    assert "damaged" in house.run("backup", tmp_path / "early.tar.gz", status=1)
    assert not (tmp_path / "early.tar.gz").exists()


def test_wrong_use_is_told(house: House, tmp_path: Path):
    assert "--keep" in house.run("backup", tmp_path / "one.tar.gz", "--keep", "3", status=2)
    assert "--go-on" in house.run("restored", "--count-as-sent", status=2)

"""One engine per process; the models and the migrations say the same."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from course.database import Base, Database
from course.migrations import config_for, migrate
from course.models import Course, House
from tests.factories import MONDAY


def differences(database: Database) -> list[Any]:
    with database.engine.connect() as connection:
        return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata)


def test_models_and_migrations_say_the_same(database: Database):
    assert differences(database) == []


def test_constraints_have_the_same_names_in_models_and_migrations(database: Database):
    found = inspect(database.engine)
    for table in Base.metadata.sorted_tables:
        unique = {each["name"] for each in found.get_unique_constraints(table.name)}
        checks = {each["name"] for each in found.get_check_constraints(table.name)}
        indexes = {each["name"] for each in found.get_indexes(table.name)}
        named = {str(each.name) for each in table.constraints if type(each).__name__ in ("CheckConstraint",)}
        assert named <= checks, table.name
        assert {str(index.name) for index in table.indexes} <= indexes | unique, table.name


def test_migrations_go_up_down_and_up_again(database: Database):
    command.downgrade(config_for(database), "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    migrate(database)
    migrate(database)
    assert differences(database) == []
    with database.reading() as session:
        assert len(session.scalars(select(House.identity_key)).one()) == 32


def test_an_instant_comes_back_aware_and_in_utc(database: Database):
    there = MONDAY.astimezone(timezone(timedelta(hours=13)))
    with database.writing() as session:
        session.add(Course(slug="a", created_at=there))
    with database.reading() as session:
        found = session.scalars(select(Course.created_at)).one()
    assert (found, found.utcoffset()) == (MONDAY, timedelta())


def test_the_zone_of_a_server_is_none_of_our_business(database: Database):
    if database.is_sqlite:
        pytest.skip("SQLite has no server.")
    with database.reading() as session:
        assert session.scalar(text("SHOW TimeZone")) == "UTC"


def test_a_naive_instant_is_refused_at_the_door(database: Database):
    with pytest.raises(StatementError, match="must be aware"), database.writing() as session:
        session.add(Course(slug="a", created_at=datetime(2027, 1, 4, 8)))  # noqa: DTZ001


def test_a_word_that_we_do_not_use_is_kept_out(database: Database):
    with pytest.raises(IntegrityError, match="known_role"), database.writing() as session:
        session.execute(
            text("INSERT INTO admins (email, name, role, created_at) VALUES ('a', 'a', 'king', :now)"),
            {"now": "2027-01-04 08:00:00"},
        )


def test_there_is_one_house(database: Database):
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add(House(id=2, identity_key=b"x"))


def test_an_error_takes_the_whole_use_case_back_and_reading_changes_nothing(database: Database):
    with pytest.raises(RuntimeError), database.writing() as session:
        session.add(Course(slug="a", created_at=MONDAY))
        session.flush()
        raise RuntimeError
    with database.reading() as session:
        session.add(Course(slug="b", created_at=MONDAY))
        session.flush()
    with database.reading() as session:
        assert session.scalars(select(Course)).all() == []


def test_sqlite_is_as_careful_as_it_is_told(tmp_path):
    for word, number in (("normal", 1), ("full", 2)):
        database = Database(f"sqlite:///{tmp_path / word}.db", sqlite_synchronous=word)
        with database.reading() as session:
            assert session.execute(text("PRAGMA synchronous")).scalar_one() == number
            assert session.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
            assert session.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
        database.close()


def test_a_new_folder_is_made_for_a_new_database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'deep' / 'meantime.db'}")
    migrate(database)
    assert differences(database) == []
    database.close()

"""The databases that all other tests stand on."""

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from course.database import Database
from tests.postgres import Databases, running_postgres


def test_every_test_gets_a_database_that_can_be_written(database: Database):
    with database.writing() as session:
        session.execute(text("CREATE TABLE scratch (id INTEGER)"))
        session.execute(text("INSERT INTO scratch VALUES (1)"))
    with database.reading() as session:
        assert session.execute(text("SELECT id FROM scratch")).scalars().all() == [1]


def test_a_copy_has_what_the_template_has_and_is_gone_after_the_drop(postgres_databases: Databases):
    url = postgres_databases.copy()
    database = Database(url)
    with database.reading() as session:
        session.execute(text("SELECT 1"))
    postgres_databases.drop(url)  # although a connection to it is still open
    database.close()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url.replace("postgresql+psycopg", "postgresql"))


def test_the_server_survives_a_power_cut_and_leaves_nothing_behind():
    with running_postgres() as server:
        database = Database(server.url())
        with database.writing() as session:
            session.execute(text("CREATE TABLE scratch AS SELECT 7 AS id"))
        server.kill()
        server.start()
        with database.reading() as session:
            assert session.execute(text("SELECT id FROM scratch")).scalar_one() == 7
        database.close()
        folder = server.folder
    assert not Path(folder).exists()

"""The web app on a real database with one published course, and a visitor.

settings    of a development installation whose state lives in the test's folder
bell        counts how often it was rung
app         made by make_app; `visitor` is its test client
ana, bo     an owner and an editor at the desk, each with a browser of their own
"""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from course.database import Database
from course.settings import Settings
from tests.web.desk import AtTheDesk
from tests.web.sample import publish_course
from web.app import make_app


class CountingBell:
    """A bell that nobody hears."""

    def __init__(self) -> None:
        self.rings = 0

    def ring(self) -> None:
        """Count."""
        self.rings += 1


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(
        database_url=database_url,
        state_dir=tmp_path,
        secret_key="correct horse battery staple 0123456789",
        form_seconds=0,
        signups_per_address="1000/hour",
        base_url="https://courses.example.org",
    )


@pytest.fixture
def bell() -> CountingBell:
    return CountingBell()


@pytest.fixture(scope="session")
def compiled_pages(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates, compiled once for all the apps of a run."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("pages")))


@pytest.fixture
def app(database: Database, settings: Settings, bell: CountingBell, compiled_pages: FileSystemBytecodeCache):
    with database.writing() as session:
        publish_course(session)
    made = make_app(settings, bell)
    made.jinja_env.bytecode_cache = compiled_pages
    yield made
    made.extensions["compiler"].close()
    made.extensions["ground"].database.close()


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def ana(app: Flask, database: Database) -> AtTheDesk:
    return AtTheDesk(app, database)


@pytest.fixture
def bo(app: Flask, database: Database) -> AtTheDesk:
    return AtTheDesk(app, database, "bo@example.org", "editor")

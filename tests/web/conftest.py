"""The web app on a real database with one published course, and a visitor.

settings    of a development installation whose state lives in the test's folder
bell        counts how often it was rung
app         made by make_app; `visitor` is its test client
ana, bo     an owner and an editor at the desk, each with a browser of their own

What is the same for every app is made once: the published course, the compiled pages, the compiler's process.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache

from course.database import Database
from course.settings import Settings
from emails.compile import Compiler
from tests.postgres import Databases
from tests.web.desk import AtTheDesk
from tests.web.sample import publish_course
from web.app import make_app


class Lent(Compiler):
    """A compiler that knows this app's own themes, and has another one's process do the work."""

    def __init__(self, owner: Compiler, own_themes: Path | None) -> None:
        super().__init__(own_themes=own_themes)
        self._owner = owner

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        return self._owner._ask(request)


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
def sqlite_template(request: pytest.FixtureRequest) -> Path:
    """An app finds the course published; whoever asks for a database alone finds it empty."""
    found: Path = request.getfixturevalue("published_sqlite" if "app" in request.fixturenames else "migrated_sqlite")
    return found


@pytest.fixture
def postgres_template(request: pytest.FixtureRequest, postgres_databases: Databases) -> str:
    """The same on PostgreSQL."""
    if "app" not in request.fixturenames:
        return postgres_databases.template
    found: str = request.getfixturevalue("published_postgres")
    return found


@pytest.fixture(scope="session")
def published_sqlite(migrated_sqlite: Path) -> Path:
    """The database of every app's first moment."""
    path = migrated_sqlite.with_name("published.db")
    shutil.copy(migrated_sqlite, path)
    _publish(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def published_postgres(postgres_databases: Databases) -> Iterator[str]:
    """The same on PostgreSQL."""
    url = postgres_databases.copy()
    _publish(url)
    yield url
    postgres_databases.drop(url)


def _publish(url: str) -> None:
    database = Database(url)
    with database.writing() as session:
        publish_course(session)
    database.close()


@pytest.fixture(scope="session")
def compiler() -> Iterator[Compiler]:
    """One warm process for all the apps of a run."""
    with Compiler() as running:
        yield running


@pytest.fixture
def app(
    database: Database,
    settings: Settings,
    bell: CountingBell,
    compiled_pages: FileSystemBytecodeCache,
    compiler: Compiler,
) -> Iterator[Flask]:
    made = make_app(settings, bell)
    made.jinja_env.bytecode_cache = compiled_pages
    made.extensions["compiler"] = Lent(compiler, settings.own_themes)
    yield made
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

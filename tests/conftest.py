"""What every room's tests share. Each fixture is the real thing: a server, a file, a browser.

database       a migrated, empty database; the test runs once on SQLite and once on PostgreSQL
database_url   the same, for tests that start processes of their own
page           an empty tab of a real Chromium (tests/browser.py)
"""

import os
import shutil
import time
import zoneinfo
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import pytest

from course.database import Database
from course.migrations import migrate
from tests.postgres import Databases, running_postgres

PLUGINS = ("tests.side_by_side", "tests.browser", "tests.fixtures_broker", "tests.faults.scale")
pytest_plugins = [name for name in PLUGINS if find_spec(name)]

# The machine's zone and zone data must not matter: these are what no one would deploy.
os.environ["TZ"] = "Pacific/Chatham"
os.environ["PYTHONTZPATH"] = ""
time.tzset()
zoneinfo.reset_tzpath(())


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated, empty database, which is this test's own."""
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where that database is, in SQLAlchemy's spelling."""
    if request.param == "sqlite":
        path = tmp_path / "meantime.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
    else:
        databases: Databases = request.getfixturevalue("postgres_databases")
        url = databases.copy(request.getfixturevalue("postgres_template"))
        yield url
        databases.drop(url)


@pytest.fixture
def sqlite_template(migrated_sqlite: Path) -> Path:
    """The file of which `database_url` is a copy; a room may give it more than the tables."""
    return migrated_sqlite


@pytest.fixture
def postgres_template(postgres_databases: Databases) -> str:
    """The same on PostgreSQL: a URL."""
    return postgres_databases.template


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file; closing it leaves no write-ahead log beside it."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_databases() -> Iterator[Databases]:
    """Copies of a migrated PostgreSQL database, on our own server or on MEANTIME_TEST_DATABASE_URL's."""
    with ExitStack() as stack:
        url = os.environ.get("MEANTIME_TEST_DATABASE_URL") or stack.enter_context(running_postgres()).url()
        databases = Databases(url)
        stack.callback(databases.drop, databases.template)
        _migrate(databases.template)
        yield databases


def _migrate(url: str) -> None:
    database = Database(url)
    migrate(database)
    database.close()

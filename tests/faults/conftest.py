"""A school for each test: its own database, mail server and folder; the broker is shared unless a test kills it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from course.database import Database
from emails.testing import ScriptedServer
from tests.broker import RunningBroker
from tests.faults.scale import Scale
from tests.faults.school import School


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ScriptedServer]:
    with ScriptedServer(journal_file=tmp_path / "journal") as running:
        yield running


@pytest.fixture
def school(
    database: Database, clean_broker: RunningBroker, server: ScriptedServer, tmp_path: Path, scale: Scale
) -> Iterator[School]:
    opened = School(database, clean_broker, server, tmp_path, tmp_path / "journal", readers=scale.many(12))
    yield opened
    opened.close()

"""A house that an earlier release made, with mails under way, is brought up to date and works on."""

import email
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email import policy
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url, text

from course.database import Database
from course.migrations import migrate, standing
from course.settings import Settings
from emails.testing import ScriptedServer
from tests import factories
from tests.postgres import Databases
from tests.web.conftest import CountingBell
from tests.web.desk import AtTheDesk
from tests.worker import mailing
from tests.worker.mailing import Mailing
from web.app import make_app
from worker.runtime import open_runtime

DUMPS = sorted((Path(__file__).parent / "upgrades").glob("*.sql"))
PAGES = ("courses", "courses/small", "courses/bread", "readers", "outbox", "forecast", "health", "settings", "restored")
AWAITED = text(
    "SELECT readers.email, lessons.key FROM deliveries JOIN readers ON readers.id = deliveries.reader_id "
    "JOIN lessons ON lessons.id = deliveries.lesson_id "
    "WHERE deliveries.state = 'claimed' OR deliveries.state = 'planned' AND deliveries.due_at IS NOT NULL"
)
SENT = text("SELECT message_id FROM deliveries WHERE state = 'sent' AND message_id IS NOT NULL")
FLOUR = text(
    "SELECT deliveries.state, due_at FROM deliveries JOIN readers ON readers.id = reader_id "
    "WHERE readers.email = :email AND kind = 'lesson'"
)


@pytest.fixture(params=DUMPS, ids=lambda path: path.stem)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """The house as the earlier release left it."""
    dump: Path = request.param
    if dump.stem.endswith("sqlite"):
        with sqlite3.connect(tmp_path / "old.db") as connection:
            connection.executescript(dump.read_text())
        url = f"sqlite:///{tmp_path / 'old.db'}"
        yield Database(url)
        return
    databases: Databases = request.getfixturevalue("postgres_databases")
    url = databases.copy()
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connection.execute(dump.read_text().encode())
    opened = Database(url)
    yield opened
    opened.close()
    databases.drop(url)


def rows(database: Database, query: object, **values: str) -> list[tuple]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query, values)]


def week(database: Database, server: ScriptedServer, settings: Settings) -> None:
    """Eight days go by, a quarter of a day at a time."""
    school = Mailing(database, server, settings.state_dir)
    school.clock.move_to(factories.MONDAY + timedelta(hours=1))
    runtime = open_runtime(settings)
    for _ in range(32):
        runtime.rescue()
        school.let_leases_end()
        while runtime.deliver(urgent=False):
            pass
        school.wait(timedelta(hours=6))
    runtime.database.close()


def test_an_earlier_release_s_house_works_on(old: Database, tmp_path: Path):
    awaited, sent = rows(old, AWAITED), {name for (name,) in rows(old, SENT)}
    migrate(old)
    assert len(set(standing(old))) == 1
    assert rows(old, text("SELECT zone_data FROM house")) == [("0",)], "its plans may be by older zone data"
    with ScriptedServer() as server:
        changes = {"database_url": old.url, "smtp_url": server.url}
        settings = mailing.settings(tmp_path).model_copy(update=changes)
        week(old, server, settings)
        parsed = [email.message_from_bytes(each.data, policy=policy.default) for each in server.journal]
    arrived = Counter((str(each["To"].addresses[0].addr_spec), str(each["Subject"])) for each in parsed)
    assert len(awaited) > 2
    assert {arrived[address, f"About {key}"] for address, key in awaited} == {1}
    assert set(arrived.values()) == {1}
    assert not sent & {str(each["Message-ID"]) for each in parsed}
    assert all(arrived[f"{name}@example.org", "About space"] == 1 for name in ("active", "claimed", "skipped"))
    assert not {"paused", "ended", "failed", "completed"} & {address.partition("@")[0] for address, _ in arrived}
    for name in ("uncertain", "sending"):
        ((state, due),) = rows(old, FLOUR, email=f"{name}@example.org")
        came = arrived[f"{name}@example.org", "About flour"]
        assert (state, due, came) in {("sent", None, 1), ("uncertain", None, 0)}, "repeated, or held for an admin"


def test_the_pages_of_an_earlier_release_s_house_open(old: Database, tmp_path: Path):
    migrate(old)
    app = make_app(mailing.settings(tmp_path).model_copy(update={"database_url": old.url}), CountingBell())
    try:
        owner = AtTheDesk(app, old, "owner@example.org")
        for page in PAGES:
            owner.see(f"/admin/{page}")
        visitor = app.test_client()
        assert visitor.get("/courses/small").status_code == 200
        assert visitor.get("/health/live").status_code == 200
    finally:
        app.extensions["compiler"].close()
        app.extensions["ground"].database.close()

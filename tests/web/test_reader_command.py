"""`meantime reader`: what is held about somebody, and that it can be erased."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from course import suppressions
from course.database import Database
from course.models import Enrollment, Reader
from course.settings import Settings
from tests.factories import join, publish_course
from web.cli.main import main

ANA = "ana@example.org"
# A command sees no difference between databases: one is enough here.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def house(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path, database: Database) -> None:
    """An installation with a course that Ana takes."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MEANTIME_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("MEANTIME_STATE_DIR", str(tmp_path))
    with database.writing() as session:
        join(session, publish_course(session), ANA, datetime.now(UTC), name="Ana")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["reader", *arguments])


def test_all_that_is_held_is_printed_as_json():
    told = json.loads(run("export", "Ana@Example.org").stdout)
    assert told["reader"]["name"] == "Ana"
    assert told["courses"][0]["course"] == "small"


def test_a_reader_is_erased_and_a_script_is_not_asked(database: Database):
    done = run("erase", ANA)
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "Erased, with 1 course and 2 mails.")
    assert ANA not in done.output
    with database.reading() as session:
        assert session.scalars(select(Reader)).all() == session.scalars(select(Enrollment)).all() == []
    again = run("erase", ANA)
    assert (again.exit_code, again.stderr) == (1, "There is no reader with this address.\n")


def test_a_program_reads_what_is_gone_and_what_stays(database: Database):
    with database.writing() as session:
        digest = session.scalars(select(Reader.digest)).one()
        suppressions.suppress(session, digest, suppressions.COMPLAINT, datetime.now(UTC))
    gone = json.loads(run("erase", ANA, "--json").stdout)
    assert gone == {"courses": 1, "mails": 2, "texts": 0, "suppressed": ["complaint"]}


def test_who_is_unknown_is_said_in_one_sentence():
    for command in ("export", "erase"):
        done = run(command, "nobody@example.org")
        assert (done.exit_code, done.stderr) == (1, "There is no reader with this address.\n")
    assert run("erase").exit_code == 2

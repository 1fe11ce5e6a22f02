"""`meantime send-test`: a lesson to an admin through the outbox, and the report on what a reader would get."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from course import admins
from course.database import Database
from course.editions import Author, create_course, find_draft
from course.models import Delivery, Kind
from course.settings import Settings, load
from emails.compile import Compiler
from emails.publish import publish_draft
from tests.web.sample import source
from web.cli.main import main

# A command sees no difference between databases: one is enough here.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def house(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path, database: Database) -> None:
    """An installation with a published course and no admin."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MEANTIME_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("MEANTIME_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("MEANTIME_POSTAL_ADDRESS", "Quiet Lane 4, 10115 Berlin")
    monkeypatch.setattr("emails.testing.spam.PATH", "/nowhere")  # it has tests of its own, and takes its time
    author = Author("Ana", datetime.now(UTC))
    with Compiler() as compiler, database.writing() as session:
        draft = find_draft(session, create_course(session, source(), author))
        assert draft is not None
        publish_draft(session, compiler, draft, load(), author)


@pytest.fixture
def ana(database: Database) -> None:
    with database.writing() as session:
        admins.add(session, "ana@example.org", datetime.now(UTC), "owner")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["send-test", *arguments])


def planned_tests(database: Database) -> list[str]:
    with database.reading() as session:
        return [
            row.lesson.key for row in session.scalars(select(Delivery).where(Delivery.kind == Kind.TEST)) if row.lesson
        ]


@pytest.mark.usefixtures("ana")
def test_without_arguments_it_is_the_first_lesson_to_the_first_admin(database: Database):
    result = run()
    assert result.exit_code == 0, result.output
    assert result.output == "“Flour and water” is on its way to ana@example.org.\n"
    assert planned_tests(database) == ["flour"]


def test_a_dry_run_with_the_linter_reports_and_sends_nothing(database: Database):
    result = run("slow-bread", "patience", "--lint", "--dry-run")
    assert result.exit_code == 0, result.output
    for line in ("“Patience”, ", "PASS  On the wire", "PASS  Who and why", "WARN  Signature", "→ "):
        assert line in result.output
    assert planned_tests(database) == []


@pytest.mark.usefixtures("ana")
def test_the_linter_reports_and_the_mail_goes(database: Database):
    result = run("slow-bread", "crust", "--lint", "--to", "ana@example.org")
    assert "WARN\n“A crust that sings” is on its way" in result.output.replace("\n\n", "\n")
    assert planned_tests(database) == ["crust"]


def test_programs_get_json_and_nothing_else():
    result = run("--json", "--dry-run")
    report = json.loads(result.stdout)
    assert report["subject"] == "Flour and water"
    assert {check["verdict"] for check in report["checks"]} <= {"PASS", "WARN"}


def test_a_fault_is_exit_1(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("emails.testing.parts.SHARE_OF_WORDS", 1.1)
    result = run("--lint", "--dry-run")
    assert result.exit_code == 1
    assert "FAIL  Text part" in result.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--to", "bo@example.org"],
            "bo@example.org is no admin. Tests go to admins: meantime admin add bo@example.org",
        ),
        ([], "There is no admin yet."),
        (["fast-bread"], "There is no course fast-bread."),
        (["slow-bread", "jam", "--dry-run"], "There is no lesson jam in this course."),
    ],
)
def test_what_cannot_be_sent_is_said_in_a_sentence(database: Database, arguments: list[str], sentence: str):
    result = run(*arguments)
    assert result.exit_code == 1
    assert sentence in result.output
    assert planned_tests(database) == []

"""A course folder applied, sent on to who has finished, taken back; and how far readers' plans have followed."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from course import chores
from course.database import Database
from course.editions import find_course, find_draft
from course.models import Compilation, EditionLesson, EditionLetter, Enrollment, EnrollmentState
from tests.factories import do_chores, join, send_next
from tests.web.folders import Command, write
from web.cli.installation import installation
from web.cli.progress import follow


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str) -> Command:
    return Command(monkeypatch, tmp_path, database_url)


@pytest.fixture
def tea(command: Command, tmp_path: Path) -> Path:
    """Applied, with one reader who has finished and one who has not begun."""
    folder = write(tmp_path / "tea", kettle="0 days")
    command.says("course", "apply", folder)
    return folder


@pytest.fixture
def readers(tea: Path, database: Database):
    with database.writing() as session:
        course, now = find_course(session, "tea"), datetime.now(UTC)
        done = join(session, course, "done@example.org", now - timedelta(days=4), name="Dora")
        assert send_next(session, done) == "kettle"
        new = join(session, course, "new@example.org", now)
        assert done.state is EnrollmentState.COMPLETED
        return done.id, new.id


def test_a_new_lesson_goes_to_who_has_finished_only_if_it_is_asked_for(
    command: Command, tea: Path, readers, database: Database
):
    write(tea, kettle="0 days", leaves="1 day")
    told = command.says("course", "plan", tea)
    assert "1 reader has finished and gets nothing new; apply --finished would send it." in told
    asked = command.says("course", "plan", tea, "--finished")
    assert "1 reader has finished and gets what is new behind their last lesson: each at their own hour" in asked
    assert json.loads(command.says("course", "plan", tea, "--json"))["finished"]["readers"] == 1
    command.says("course", "apply", tea, "--finished")
    bars = json.loads(command.says("course", "progress", "tea", "--json"))
    assert [(each["work"], each["total"]) for each in bars] == [("replan", 1), ("append", 1)]
    assert "Bringing back who has finished: 0 of 1 readers" in command.says("course", "progress", "tea")
    with database.writing() as session:
        do_chores(session, datetime.now(UTC))
        course = find_course(session, "tea")
        assert chores.open_of(session, course.id) == []
    assert command.says("course", "progress", "tea") == "tea: everybody's plan is up to date.\n"


def test_undo_says_which_texts_had_left_and_the_folder_can_be_applied_again(
    command: Command, tea: Path, readers, database: Database
):
    write(tea, kettle="0 days", leaves="1 day")
    (tea / "01-kettle.md").write_text((tea / "01-kettle.md").read_text().replace("boil", "do boil"))
    command.says("course", "apply", tea)
    with database.writing() as session:
        do_chores(session, datetime.now(UTC))
        assert send_next(session, session.get_one(Enrollment, readers[1])) == "kettle"
    told = command.says("course", "undo", "tea")
    assert "tea: edition 2 is taken back; what it held is in the draft." in told
    assert "kettle “About kettle”: 1 reader\n    new@example.org, 20" in told
    done = command.run("course", "undo", "tea")
    assert (done.exit_code, "The time to undo this publication is over." in done.output) == (1, True)
    assert "edition 3 is published" in command.says("course", "apply", tea)


def test_undo_of_what_nobody_has_says_so(command: Command, tea: Path):
    write(tea, kettle="0 days", leaves="1 day")
    command.says("course", "apply", tea)
    assert "Nothing of it had left." in command.says("course", "undo", "tea")


def test_a_lesson_to_catch_up_with_that_is_not_there_is_refused(command: Command, tea: Path):
    done = command.run("course", "apply", tea, "--catch-up", "milk")
    assert (done.exit_code, "no published lesson milk" in done.output) == (1, True)


def test_the_same_folder_again_changes_nothing(command: Command, tea: Path, database: Database):
    with database.writing() as session:
        do_chores(session, datetime.now(UTC))
    assert command.says("course", "apply", tea) == "tea: nothing has changed; edition 1 stays.\n"
    with database.reading() as session:
        course = find_course(session, "tea")
        assert (find_draft(session, course), chores.open_of(session, course.id)) == (None, [])


@pytest.mark.parametrize("lessons", [1, 0])
def test_the_same_folder_again_is_published_where_its_letters_come_out_otherwise(
    command: Command, tea: Path, database: Database, lessons: int
):
    """As after a change of a theme: a lesson's letter, or one of the house's."""
    with database.writing() as session:
        used = select(EditionLesson.compilation_id if lessons else EditionLetter.compilation_id).limit(1)
        other = update(Compilation).where(Compilation.id == used.scalar_subquery()).values(digest="of older days")
        session.execute(other)
    assert command.says("course", "apply", tea) == "tea: edition 2 is published.\n"


@pytest.mark.parametrize("change", ["a comment", "a draft", "--finished"])
def test_the_same_folder_again_is_published_for_a_reason(command: Command, tea: Path, change: str):
    words = [change] if change.startswith("--") else []
    if change == "a comment":
        (tea / "course.yaml").write_text((tea / "course.yaml").read_text() + "# Tea, not coffee.\n")
    if change == "a draft":
        write(tea, kettle="2 days")
        command.says("course", "apply", tea, "--draft")
        write(tea, kettle="0 days")
    assert command.says("course", "apply", tea, *words) == "tea: edition 2 is published.\n"


def test_following_ends_with_the_work_and_does_not_wait_for_nobody(
    command: Command, tea: Path, readers, database: Database
):
    with installation() as here:
        with database.writing() as session:
            do_chores(session, datetime.now(UTC))
        assert follow(here, "tea")
        write(tea, kettle="2 days")
        command.says("course", "apply", tea)
        assert not follow(here, "tea", patience=0.3)

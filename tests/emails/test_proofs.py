"""Reading proofs: a course hears of its look once, at the line of its file, and of its texts with what only shows at
the end."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from course.database import Database
from course.errors import SourceError
from course.folder import CourseSource
from emails.compile import Compiler
from emails.proofs import examine, examine_edition
from tests.emails import posting
from tests.emails.posting import COURSE, FLOUR, SETTINGS

COLORS = f'{COURSE}theme_settings:\n  accent: "#ffcc00"\n  glitter: "yes"\n'


def said(compiler: Compiler, folder: CourseSource) -> list[str]:
    return [str(problem) for problem in examine(compiler, folder, SETTINGS)]


def test_a_sound_course_hears_no_errors(compiler: Compiler):
    assert [each for each in examine(compiler, posting.source(), SETTINGS) if each.severity == "error"] == []


def test_what_cannot_look_so_is_said_once_with_its_line_in_course_yaml(compiler: Compiler):
    first = COLORS.count("\n") - 1
    remarks = said(compiler, posting.source(course=COLORS))
    assert sum("`accent` cannot be `#ffcc00`" in each for each in remarks) == 1
    assert remarks[0].startswith(f"course.yaml:{first}:3: `accent` cannot be")
    assert f"course.yaml:{first + 1}:3: The theme `letter` has no setting `glitter`." in remarks[1]


def test_a_theme_that_is_not_there_is_said_at_its_key(compiler: Compiler):
    line = COURSE[: COURSE.index("theme:")].count("\n") + 1 if "theme:" in COURSE else 1
    folder = posting.source()
    text = folder.source if "theme:" in folder.source else "theme: paper\n" + folder.source
    text = text.replace("theme: letter", "theme: paper")
    remarks = said(compiler, replace(folder, theme="paper", source=text))
    assert remarks[0].startswith(f"course.yaml:{line}:1: There is no theme `paper`.")


def test_publishing_refuses_a_look_once_and_not_for_every_lesson(database: Database, compiler: Compiler):
    with database.writing() as session, pytest.raises(SourceError) as refused:
        posting.publish(session, compiler, posting.source(course=COLORS))
    assert [problem.file for problem in refused.value.problems] == ["course.yaml", "course.yaml"]


def test_a_letter_that_is_nearly_too_heavy_is_warned_of(compiler: Compiler):
    heavy = FLOUR + "\n" + "word " * 15_000
    (warning,) = [each for each in said(compiler, posting.source(flour=heavy)) if "Gmail" in each]
    assert warning.startswith("01-flour.md:14:1: The letter takes ")


def test_an_edition_is_examined_like_its_folder_but_for_drafts(database: Database, compiler: Compiler):
    with database.writing() as session:
        edition = edition_of(session, compiler)
        assert [str(each) for each in examine_edition(compiler, edition, SETTINGS)] == said(compiler, posting.source())


def edition_of(session: Session, compiler: Compiler):
    course = posting.publish(session, compiler)
    assert course.published is not None
    return course.published

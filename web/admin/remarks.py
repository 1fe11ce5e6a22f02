"""What is to be said about a lesson's text, with the lines of the box in which it is written."""

from collections.abc import Iterable
from dataclasses import dataclass

from course.errors import Problem
from course.folder.parsing import parse_course
from course.folder.source import LessonSource
from course.models import Edition
from course.settings import Settings
from emails.letter import Source
from emails.lint import lint


@dataclass(frozen=True)
class Remark:
    """One remark; `line` counts from 1 inside the text box, None for what lies outside of it."""

    sentence: str
    line: int | None = None
    serious: bool = True
    hint: str = ""


def remarks_on(lesson: LessonSource, edition: Edition, settings: Settings) -> tuple[Remark, ...]:
    """What the linter says about a lesson; an empty draft is not scolded for being empty."""
    if not lesson.body.strip():
        return ()
    source = Source(
        format=lesson.format,
        subject=lesson.subject,
        preview=lesson.preview,
        body=lesson.body,
        language=parse_course(edition.source).language,
        first_line=lesson.body_line,
        media={each.path: f"{settings.base_url}/media/{each.digest}" for each in edition.media},
    )
    return in_the_box(lint(source), lesson.body_line)


def in_the_box(problems: Iterable[Problem], body_line: int) -> tuple[Remark, ...]:
    """Problems of a lesson's file as remarks beside the box that holds its body."""
    return tuple(
        Remark(
            sentence=problem.message,
            line=problem.line - body_line + 1 if problem.line is not None and problem.line >= body_line else None,
            serious=problem.severity == "error",
            hint=problem.hint or "",
        )
        for problem in problems
    )

"""What is to be said about a lesson's text, with the lines of the box in which it is written."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

from course.errors import Problem
from course.folder.parsing import parse_course
from course.folder.source import LessonSource
from course.models import Edition
from course.settings import Settings
from emails.letter import Source
from emails.lint import lint

QUOTED = re.compile(r"`([^`]+)`")


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
    return in_the_box(lint(source), first_line(lesson))


def first_line(lesson: LessonSource) -> int:
    """The line of the file that stands first in the box: blank lines before it are not shown."""
    return lesson.body_line + len(lesson.body) - len(lesson.body.lstrip("\n"))


def in_the_box(problems: Iterable[Problem], first: int) -> tuple[Remark, ...]:
    """Problems of a lesson's file as remarks beside the box that holds its body."""
    return tuple(
        Remark(
            sentence=problem.message,
            line=problem.line - first + 1 if problem.line is not None and problem.line >= first else None,
            serious=problem.severity == "error",
            hint=f"{problem.hint[:1].upper()}{problem.hint[1:]}" if problem.hint else "",
        )
        for problem in problems
    )


def ticks(text: str) -> Markup:
    """A sentence with its `quoted` words set as code."""
    return Markup(QUOTED.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped first

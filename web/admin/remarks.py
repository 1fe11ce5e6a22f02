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
from emails.compile import Compiler
from emails.proofs import remarks_on_lesson
from emails.publish import dressed, pictures_of, refused_look

QUOTED = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Remark:
    """One remark; `line` counts from 1 inside the text box, None for what lies outside of it; `column` from 1."""

    sentence: str
    line: int | None = None
    column: int | None = None
    serious: bool = True
    hint: str = ""


def remarks_on(compiler: Compiler, lesson: LessonSource, edition: Edition, settings: Settings) -> tuple[Remark, ...]:
    """All that is to be said about a lesson and its letter; an empty draft is not scolded for being empty."""
    if not lesson.body.strip():
        return ()
    images = pictures_of(edition, settings)
    course = dressed(parse_course(edition.source), images)
    sound = not refused_look(compiler, course)
    found = tuple(remarks_on_lesson(compiler, lesson, course, images, look_is_sound=sound))
    return in_the_box(found, first_line(lesson))


def first_line(lesson: LessonSource) -> int:
    """The line of the file that stands first in the box: blank lines before it are not shown."""
    return lesson.body_line + len(lesson.body) - len(lesson.body.lstrip("\n"))


def in_the_box(problems: Iterable[Problem], first: int) -> tuple[Remark, ...]:
    """Problems of a lesson's file as remarks beside the box that holds its body."""
    return tuple(
        Remark(
            sentence=problem.message,
            line=problem.line - first + 1 if problem.line is not None and problem.line >= first else None,
            column=problem.column,
            serious=problem.severity == "error",
            hint=f"{problem.hint[:1].upper()}{problem.hint[1:]}" if problem.hint else "",
        )
        for problem in problems
    )


def ticks(text: str) -> Markup:
    """A sentence with its `quoted` words set as code."""
    return Markup(QUOTED.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped first

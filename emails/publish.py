"""At publishing: an author's text is checked and compiled, once, before any reader sees it.

publish_draft    every lesson and letter of a draft → compilations → course.publishing.publish
preview          one text with sample values, on the very path of a real mail
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.editions import Author, draft_lessons
from course.errors import Problem, SourceError
from course.folder.parsing import parse_course, parse_lesson
from course.folder.source import CourseSource, LessonSource
from course.models import Edition, House
from course.publishing import Compilations, PublishOptions, keep_compilation, publish
from course.publishing import Compiled as Stored
from course.settings import Settings
from emails.compile import COMPILER, Compiler
from emails.errors import Unpublishable
from emails.letter import Compiled, Look, Rendered, Source
from emails.render import render
from emails.sandbox import sample_values

LETTERS = ("confirmation", "completion", "already_in")
IMAGE = re.compile(r"(?<![\w/.])images/[\w./-]+")


def publish_draft(  # noqa: PLR0913, PLR0917
    session: Session,
    compiler: Compiler,
    draft: Edition,
    settings: Settings,
    author: Author,
    catch_up: Iterable[str] = (),
) -> None:
    """Compile the draft and make it what everybody is on. Raises SourceError with every lesson's problems."""
    compilations = compile_edition(compiler, draft, settings)
    options = PublishOptions(timedelta(minutes=settings.undo_minutes), frozenset(catch_up))
    publish(session, draft, compilations, options, author)


def compile_edition(compiler: Compiler, edition: Edition, settings: Settings) -> Compilations:
    """All published lessons and the system letters of an edition. Raises SourceError."""
    course = parse_course(edition.source)
    images = {each.path: f"{settings.base_url}/media/{each.digest}" for each in edition.media}
    lessons: dict[int, Stored] = {}
    problems: list[Problem] = []
    for each in draft_lessons(edition):
        if each.source.status == "published":
            try:
                lessons[each.place.lesson_id] = compile_lesson(compiler, each.source, course, images)
            except SourceError as error:
                problems += error.problems
    if problems:
        raise SourceError(*problems)
    return Compilations(lessons, {name: compile_letter(compiler, name, course) for name in LETTERS})


def compile_lesson(compiler: Compiler, lesson: LessonSource, course: CourseSource, images: Mapping[str, str]) -> Stored:
    """One lesson, with its images at their public addresses. Raises SourceError with lines of its file."""
    source = Source(
        format=lesson.format,
        subject=lesson.subject,
        preview=lesson.preview,
        body=_with_images(lesson, images),
        language=course.language,
        first_line=lesson.body_line,
    )
    look = look_of(course)
    try:
        return _stored(compiler.compile(source, look), {"source": asdict(source), "look": asdict(look)})
    except Unpublishable as error:
        raise SourceError(*(_in_file(problem, lesson.file_name) for problem in error.problems)) from None


def compile_letter(compiler: Compiler, name: str, course: CourseSource) -> Stored:
    """A system letter in the course's look. Raises SourceError when the look cannot be used."""
    look = look_of(course)
    try:
        compiled = compiler.compile_system(name, course.language, look)
    except Unpublishable as error:
        raise SourceError(*(_in_file(problem, "course.yaml") for problem in error.problems)) from None
    return _stored(compiled, {"letter": name, "language": course.language, "look": asdict(look)})


def compile_house_letters(session: Session, compiler: Compiler, now: datetime) -> None:
    """The letter that brings an admin a sign-in link: it belongs to no course."""
    look = Look()
    stored = _stored(compiler.compile_system("sign_in", "en", look), {"letter": "sign_in", "look": asdict(look)})
    session.scalars(select(House)).one().sign_in_id = keep_compilation(session, stored, now)


def preview(compiler: Compiler, text: str, file_name: str, edition: Edition, settings: Settings) -> Rendered:
    """A lesson's whole file as a reader would get it, with sample values. Raises SourceError."""
    course, lesson = parse_course(edition.source), parse_lesson(text, file_name)
    images = {each.path: f"{settings.base_url}/media/{each.digest}" for each in edition.media}
    stored = compile_lesson(compiler, lesson, course, images)
    compiled = Compiled(stored.subject, stored.html, stored.text, tuple(stored.links), stored.compiler)
    return render(compiled, preview_values(course, lesson, settings))


def preview_values(course: CourseSource, lesson: LessonSource, settings: Settings) -> dict[str, dict[str, str | int]]:
    """Sample values with this course's own names in them."""
    values = sample_values()
    values["course"] |= {
        "title": course.title,
        "slug": course.slug,
        "url": f"{settings.base_url}/courses/{course.slug}",
    }
    values["lesson"] |= {"subject": lesson.subject}
    values["sender"] |= {"name": course.sender.name}
    if settings.postal_address:
        values["sender"] |= {"postal_address": settings.postal_address}
    values["house"] |= {"name": settings.house_name}
    return values


def look_of(course: CourseSource) -> Look:
    """How the course's letters look."""
    return Look(course.theme, dict(course.theme_settings), course.title)


def _stored(compiled: Compiled, made_of: Mapping[str, object]) -> Stored:
    ingredients = json.dumps({**made_of, "compiler": COMPILER}, sort_keys=True)
    return Stored(
        digest=sha256(f"{ingredients}\n{compiled.html}\n{compiled.text}".encode()).hexdigest(),
        subject=compiled.subject,
        html=compiled.html,
        text=compiled.text,
        links=compiled.links,
        compiler=compiled.compiler,
    )


def _with_images(lesson: LessonSource, images: Mapping[str, str]) -> str:
    """Paths of the folder become public addresses; one that the folder does not have is a problem."""
    problems: list[Problem] = []

    def address(match: re.Match[str]) -> str:
        if match[0] not in images:
            line = lesson.body_line + lesson.body.count("\n", 0, match.start())
            problems.append(Problem(f"There is no picture {match[0]} in this course.", lesson.file_name, line))
            return match[0]
        return images[match[0]]

    body = IMAGE.sub(address, lesson.body)
    if problems:
        raise SourceError(*problems)
    return body


def _in_file(problem: Problem, file: str) -> Problem:
    return Problem(**{**asdict(problem), "file": file})

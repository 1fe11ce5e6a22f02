"""At publishing: an author's text is checked and compiled, once, before any reader sees it.

publish_draft    every lesson and letter of a draft → compilations → course.publishing.publish
preview          one text with sample values, on the very path of a real mail
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime
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
from emails.lint import lint
from emails.render import render, render_subject
from emails.sandbox import sample_values

LETTERS = ("confirmation", "completion", "already_in")


def publish_draft(  # noqa: PLR0913, PLR0917
    session: Session,
    compiler: Compiler,
    draft: Edition,
    settings: Settings,
    author: Author,
    options: PublishOptions | None = None,
) -> None:
    """Compile the draft and make it what everybody is on. Raises SourceError with every lesson's problems."""
    compilations = compile_edition(compiler, draft, settings)
    publish(session, draft, compilations, options or PublishOptions.of(settings), author)


def compile_edition(compiler: Compiler, edition: Edition, settings: Settings) -> Compilations:
    """All published lessons and the system letters of an edition. Raises SourceError."""
    images = {each.path: f"{settings.base_url}/media/{each.digest}" for each in edition.media}
    course = _with_logo(parse_course(edition.source), images)
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


def examine(compiler: Compiler, course: CourseSource, settings: Settings) -> Iterator[Problem]:
    """Everything that the texts of a folder would be told at publishing, warnings too. Nothing is stored."""
    images = {each.path: f"{settings.base_url}/media/{sha256(each.data).hexdigest()}" for each in course.media}
    dressed = _with_logo(course, images)
    for lesson in course.lessons:
        remarks = lint(source_of(lesson, dressed, images))
        yield from (_in_file(each, lesson.file_name) for each in remarks if each.severity == "warning")
        try:
            compile_lesson(compiler, lesson, dressed, images)
        except SourceError as error:
            yield from error.problems


def compile_lesson(compiler: Compiler, lesson: LessonSource, course: CourseSource, images: Mapping[str, str]) -> Stored:
    """One lesson, with its images at their public addresses. Raises SourceError with lines of its file."""
    source, look = source_of(lesson, course, images), look_of(course)
    try:
        return _stored(compiler.compile(source, look), {"source": asdict(source), "look": asdict(look)})
    except Unpublishable as error:
        raise SourceError(*(_in_file(problem, lesson.file_name) for problem in error.problems)) from None


def source_of(lesson: LessonSource, course: CourseSource, images: Mapping[str, str]) -> Source:
    """A lesson as the compiler takes it."""
    return Source(
        format=lesson.format,
        subject=lesson.subject,
        preview=lesson.preview,
        body=lesson.body,
        language=course.language,
        first_line=lesson.body_line,
        # Only what it shows: a new picture elsewhere in the course leaves this compilation as it is.
        media={path: url for path, url in images.items() if path in lesson.body},
        asks=lesson.asks.done if lesson.asks else "",
    )


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
    images = {each.path: f"{settings.base_url}/media/{each.digest}" for each in edition.media}
    course, lesson = _with_logo(parse_course(edition.source), images), parse_lesson(text, file_name)
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
    values["sender"] |= {"name": course.sender.name}
    if settings.postal_address:
        values["sender"] |= {"postal_address": settings.postal_address}
    values["house"] |= {"name": settings.house_name}
    values["lesson"] |= {"subject": render_subject(lesson.subject, values)}
    return values


def look_of(course: CourseSource) -> Look:
    """How the course's letters look."""
    return Look(course.theme, dict(course.theme_settings), course.title)


def _with_logo(course: CourseSource, images: Mapping[str, str]) -> CourseSource:
    """The course with a logo of its folder at its public address."""
    settings = {name: images.get(value, value) for name, value in course.theme_settings.items()}
    return replace(course, theme_settings=settings)


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


def _in_file(problem: Problem, file: str) -> Problem:
    return replace(problem, file=problem.file or file)

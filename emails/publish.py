"""At publishing: an author's text is checked and compiled, once, before any reader sees it.

publish_draft    every lesson and letter of a draft → compilations → course.publishing.publish
preview          one text with sample values, on the very path of a real mail
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.editions import Author, draft_lessons
from course.errors import Problem, SourceError
from course.folder.frontmatter import place_of_key
from course.folder.parsing import COURSE_FILE, parse_course, parse_lesson
from course.folder.source import CourseSource, LessonSource
from course.models import Edition, House
from course.publishing import Compilations, PublishOptions, keep_compilation, publish
from course.publishing import Compiled as Stored
from course.settings import Settings
from emails.compile import COMPILER, Compiler
from emails.dates import in_words
from emails.errors import Unpublishable
from emails.letter import Compiled, Look, Rendered, Source
from emails.render import render, render_subject
from emails.sandbox import sample_values
from emails.theme import load_theme

Key = TypeVar("Key", int, str)
SOME_DAY = datetime(2027, 3, 9, 9, tzinfo=UTC)  # a Tuesday, for samples
FIELD = re.compile(r"\bfields\.([a-z][a-z0-9_]*)")
SPECIMEN = """\
---
id: specimen
subject: A lesson that is still to be written
preview: So that a look can be chosen before there is a word of the course itself.
wait: immediately
---

Dear {{ reader.name | fallback("reader") }},

this is how a paragraph looks, with [a link](https://example.org) in it and **a few words** that matter more.

## A part of it

- one thing,
- and another.

::: exercise
Something to do before the next letter comes.
:::

::: button https://example.org
Where to go from here
:::
"""
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
    images = pictures_of(edition, settings)
    texts = {each.place.lesson_id: each.source for each in draft_lessons(edition)}
    return Compilations(*_compiled(compiler, dressed(parse_course(edition.source), images), texts, images))


@dataclass(frozen=True)
class CompiledFolder:
    """A folder's published lessons by id, and its letters, before there is an edition of them."""

    lessons: Mapping[str, Stored]
    letters: Mapping[str, Stored]

    def of(self, edition: Edition) -> Compilations:
        """The same for the edition that was made of the folder."""
        places = {place.lesson.key: place.lesson_id for place in edition.lessons}
        return Compilations({places[key]: each for key, each in self.lessons.items()}, dict(self.letters))


def compile_folder(compiler: Compiler, source: CourseSource, settings: Settings) -> CompiledFolder:
    """All published lessons and the system letters of a folder, without a database. Raises SourceError."""
    images = addresses_of(source, settings)
    texts = {each.key: each for each in source.lessons}
    return CompiledFolder(*_compiled(compiler, dressed(source, images), texts, images))


def _compiled(
    compiler: Compiler, course: CourseSource, texts: Mapping[Key, LessonSource], images: Mapping[str, str]
) -> tuple[dict[Key, Stored], dict[str, Stored]]:
    lessons: dict[Key, Stored] = {}
    problems = list(refused_look(compiler, course))
    # One mistake in the look would be said again for every lesson.
    for key, source in texts.items() if not problems else ():
        if source.status == "published":
            try:
                lessons[key] = compile_lesson(compiler, source, course, images)
            except SourceError as error:
                problems += error.problems
    if problems:
        raise SourceError(*dict.fromkeys(problems))
    return lessons, {name: compile_letter(compiler, name, course) for name in LETTERS}


def compile_lesson(compiler: Compiler, lesson: LessonSource, course: CourseSource, images: Mapping[str, str]) -> Stored:
    """One lesson, with its images at their public addresses. Raises SourceError with lines of its file."""
    made_of = {"source": asdict(source_of(lesson, course, images)), "look": asdict(look_of(course))}
    return _stored(compiled_lesson(compiler, lesson, course, images), made_of)


def compiled_lesson(
    compiler: Compiler, lesson: LessonSource, course: CourseSource, images: Mapping[str, str]
) -> Compiled:
    """The same before it is stored, with its warnings."""
    try:
        return compiler.compile(source_of(lesson, course, images), look_of(course))
    except Unpublishable as error:
        raise SourceError(*(_in_file(problem, lesson.file_name) for problem in error.problems)) from None


def refused_look(compiler: Compiler, course: CourseSource) -> tuple[Problem, ...]:
    """Why the course cannot look as it wishes, with lines of its course.yaml: its theme, settings, colours."""
    try:
        theme = load_theme(course.theme, compiler.own_themes)
    except Unpublishable as error:
        return tuple(_at_key(problem, course, "theme") for problem in error.problems)
    refusals = theme.refusals(course.theme_settings)
    return tuple(_at_key(problem, course, "theme_settings", name) for name, problem in refusals.items())


def _at_key(problem: Problem, course: CourseSource, *path: str) -> Problem:
    """A problem of a theme's own files keeps its place."""
    if problem.file:
        return problem
    line, column = place_of_key(course.source, COURSE_FILE, path)
    return replace(problem, file=COURSE_FILE, line=line, column=column)


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
    """The letters that bring an admin a sign-in link, or an alarm: they belong to no course."""
    house, look = session.scalars(select(House)).one(), Look()
    made = {
        name: _stored(compiler.compile_system(name, "en", look), {"letter": name, "look": asdict(look)})
        for name in ("sign_in", "alarm")
    }
    house.sign_in_id = keep_compilation(session, made["sign_in"], now)
    house.alarm_id = keep_compilation(session, made["alarm"], now)


def preview(compiler: Compiler, text: str, file_name: str, edition: Edition, settings: Settings) -> Rendered:
    """A lesson's whole file as a reader would get it, with sample values. Raises SourceError."""
    images = pictures_of(edition, settings)
    course, lesson = dressed(parse_course(edition.source), images), parse_lesson(text, file_name)
    return render(compiled_lesson(compiler, lesson, course, images), sample_of(edition, lesson, settings))


def preview_look(
    compiler: Compiler, course: CourseSource, lesson: LessonSource | None, edition: Edition, settings: Settings
) -> Rendered:
    """A lesson, or one of ours where there is none yet, in the look that `course` has. Raises SourceError."""
    images = pictures_of(edition, settings)
    course, lesson = dressed(course, images), lesson or parse_lesson(SPECIMEN, "01-specimen.md")
    if refused := refused_look(compiler, course):
        raise SourceError(*refused)
    return render(compiled_lesson(compiler, lesson, course, images), sample_of(edition, lesson, settings))


def sample_of(edition: Edition, lesson: LessonSource, settings: Settings) -> dict[str, dict[str, str | int]]:
    """Sample values for a lesson at its place in an edition: its number, and what comes after it."""
    course = parse_course(edition.source)
    values = preview_values(course, lesson, settings)
    sent = [each.source for each in draft_lessons(edition) if each.source.status == "published"]
    keys = [each.key for each in sent]
    here = keys.index(lesson.key) if lesson.key in keys else len(keys)
    values["lesson"] |= {"number": here + 1, "count": max(len(keys), here + 1)}
    coming = sent[here + 1 : here + 2]
    values["next_lesson"] |= {
        "date": in_words(SOME_DAY, course.language) if coming else "",
        "subject": render_subject(coming[0].subject, values) if coming else "",
    }
    return values


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
    # A field's own name shows where it will stand.
    values["fields"] |= {name: name.replace("_", " ").capitalize() for name in FIELD.findall(lesson.source)}
    values["lesson"] |= {"subject": render_subject(lesson.subject, values)}
    return values


def look_of(course: CourseSource) -> Look:
    """How the course's letters look."""
    return Look(course.theme, dict(course.theme_settings), course.title)


def pictures_of(edition: Edition, settings: Settings) -> dict[str, str]:
    """The public address of every picture of an edition, by its path in the folder."""
    return {each.path: f"{settings.base_url}/media/{each.digest}" for each in edition.media}


def addresses_of(source: CourseSource, settings: Settings) -> dict[str, str]:
    """The same of a folder, which is in no database yet."""
    return {each.path: f"{settings.base_url}/media/{sha256(each.data).hexdigest()}" for each in source.media}


def dressed(course: CourseSource, images: Mapping[str, str]) -> CourseSource:
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

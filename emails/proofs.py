"""Reading proofs: everything that is to be said of a course's texts and look, while they are written and before they
are published. The editor, the page for publishing, the message linter and `meantime course check` say the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256

from course.editions import draft_lessons
from course.errors import Problem, SourceError
from course.folder.parsing import parse_course
from course.folder.source import CourseSource, LessonSource
from course.models import Edition
from course.settings import Settings
from emails.compile import Compiler
from emails.lint import lint
from emails.publish import compiled_lesson, dressed, pictures_of, refused_look, source_of


def examine(compiler: Compiler, course: CourseSource, settings: Settings) -> Iterator[Problem]:
    """What the texts of a folder would be told at publishing, warnings too. Nothing is stored."""
    images = {each.path: f"{settings.base_url}/media/{sha256(each.data).hexdigest()}" for each in course.media}
    yield from remarks_on(compiler, dressed(course, images), course.lessons, images)


def examine_edition(compiler: Compiler, edition: Edition, settings: Settings) -> Iterator[Problem]:
    """The same of an edition's look and its lessons, but for those that stay drafts."""
    images = pictures_of(edition, settings)
    lessons = tuple(each.source for each in draft_lessons(edition) if each.source.status == "published")
    yield from remarks_on(compiler, dressed(parse_course(edition.source), images), lessons, images)


def remarks_on(
    compiler: Compiler, course: CourseSource, lessons: tuple[LessonSource, ...], images: Mapping[str, str]
) -> Iterator[Problem]:
    """Of the look once, then of each lesson, each remark with its file."""
    refused = refused_look(compiler, course)
    yield from refused
    said: dict[Problem, None] = {}
    for lesson in lessons:
        said |= dict.fromkeys(remarks_on_lesson(compiler, lesson, course, images, look_is_sound=not refused))
    yield from said


def remarks_on_lesson(
    compiler: Compiler,
    lesson: LessonSource,
    course: CourseSource,
    images: Mapping[str, str],
    *,
    look_is_sound: bool = True,
) -> Iterator[Problem]:
    """The linter's remarks and, if nothing in them forbids it, what only the finished letter shows."""
    remarks = [replace(each, file=lesson.file_name) for each in lint(source_of(lesson, course, images))]
    yield from remarks
    if look_is_sound and not any(each.severity == "error" for each in remarks):
        try:
            compiled = compiled_lesson(compiler, lesson, course, images)
        except SourceError as error:
            yield from error.problems
        else:
            yield from (replace(each, file=lesson.file_name) for each in compiled.warnings)

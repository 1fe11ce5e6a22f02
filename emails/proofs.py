"""Reading proofs: everything that is to be said of a course's texts and look, while they are written and before they
are published. The editor, the page for publishing, the message linter and `meantime course check` say the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from course.editions import draft_lessons
from course.errors import Problem, SourceError
from course.folder.parsing import parse_course
from course.folder.source import CourseSource, LessonSource
from course.models import Edition
from course.settings import Settings
from emails.compile import Compiler
from emails.dkim import Signer
from emails.letter import Address, Headers
from emails.lint import lint
from emails.press import print_message
from emails.publish import addresses_of, compiled_lesson, dressed, pictures_of, refused_look, sample_of, source_of
from emails.testing.report import Report, report_on
from emails.testing.spam import spam_score

EXAMPLE = "https://example.org"


def examine(compiler: Compiler, course: CourseSource, settings: Settings) -> Iterator[Problem]:
    """What the texts of a folder would be told at publishing, warnings too. Nothing is stored."""
    images = addresses_of(course, settings)
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


def report_on_lesson(
    compiler: Compiler, edition: Edition, lesson: LessonSource, settings: Settings, now: datetime
) -> Report:
    """The message linter's report on the mail that a reader of this lesson gets. Raises SourceError."""
    data = sample_message(compiler, edition, lesson, settings, now)
    return report_on(data, settings.postal_address, spam_score(data))


def sample_message(
    compiler: Compiler, edition: Edition, lesson: LessonSource, settings: Settings, now: datetime
) -> bytes:
    """A lesson as one reader's mail, list headers, signature and all, with sample values. Raises SourceError.

    In development it stands where it will stand one day: filters distrust addresses that are numbers.
    """
    if not settings.base_url.startswith("https://"):
        settings = settings.model_copy(update={"base_url": EXAMPLE})
    images = pictures_of(edition, settings)
    course = dressed(parse_course(edition.source), images)
    if refused := refused_look(compiler, course):
        raise SourceError(*refused)
    values = sample_of(edition, lesson, settings)
    values["links"] = {name: str(link).replace(EXAMPLE, settings.base_url) for name, link in values["links"].items()}
    compiled = compiled_lesson(compiler, lesson, course, images)
    signer = Signer(settings.dkim_keys) if settings.dkim_keys else None
    return print_message(compiled, values, _headers(course, lesson, settings, now), signer).data


def _headers(course: CourseSource, lesson: LessonSource, settings: Settings, now: datetime) -> Headers:
    sender = course.sender
    return Headers(
        sender=Address(sender.name, sender.email or settings.sender_address),
        recipient=Address("Ana", "ana@example.net"),
        date=now,
        message_id=f"<sample.{sha256(lesson.source.encode()).hexdigest()[:24]}@{settings.mail_domain}>",
        reply_to=sender.reply_to,
        unsubscribe_url=f"{settings.base_url}/unsubscribe/SAMPLE",
        unsubscribe_mailto=f"mailto:{settings.leave_address}?subject=unsubscribe%20SAMPLE",
        list_id=f"{course.slug}.{settings.mail_domain}",
        feedback_id=f"{lesson.key}:{course.slug}:lesson:meantime",
        bulk=True,
    )

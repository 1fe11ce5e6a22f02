"""What only shows when a whole course lies on the table: each file is right by itself, and together they are not."""

import re
from collections.abc import Iterator
from itertools import pairwise

from course.errors import Problem
from course.folder.frontmatter import course_sheet, lesson_sheet, problem_at
from course.folder.parsing import COURSE_FILE
from course.folder.source import CourseSource, LessonSource, Media
from course.schedule.walltime import is_quiet

_PICTURE = re.compile(
    r"""(?:[("'=<]\s*|:::[ ]*(?:image|video)[ ]+(?:\S+[ ]+)?)(?:\./)?(images/[^\s()"'<>]+)""",
)
# Footnotes are written [^1], so a link of an author to #fn1 is not looked for.
_PLACE = re.compile(r"""(?:\]\(\s*<?|\bhref\s*=\s*["']?)#(?!fn(?:ref)?\d)([\w.:-]+)""")


def disagreements(
    course: CourseSource | None, lessons: tuple[LessonSource, ...], media: tuple[Media, ...]
) -> Iterator[Problem]:
    """Errors and warnings between files; checks that need course.yaml are left out where it could not be read."""
    yield from _same_ids(lessons)
    yield from _surprising_order(lessons)
    for lesson in lessons:
        yield from _missing_pictures(lesson, {picture.path for picture in media})
        yield from _dead_links(lesson)
    yield from _unused_pictures(course, lessons, media)
    if course is not None:
        yield from _quiet_hours(course, lessons)
        yield from _missing_logo(course, media)
        yield from _nothing_to_send(lessons)


def _same_ids(lessons: tuple[LessonSource, ...]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for lesson in lessons:
        if lesson.key in first:
            sheet = lesson_sheet(lesson.source, lesson.file_name)
            hint = "every lesson has an id of its own"
            yield sheet.problem_at_key("id", f"`{lesson.key}` is the id of {first[lesson.key]} too.", hint)
        first.setdefault(lesson.key, lesson.file_name)


def _surprising_order(lessons: tuple[LessonSource, ...]) -> Iterator[Problem]:
    numbers = [(int(match[0]), lesson) for lesson in lessons if (match := re.match(r"\d{1,9}", lesson.file_name))]
    for (before, earlier), (number, lesson) in pairwise(numbers):
        if number < before:
            message = f"This comes after {earlier.file_name}: files are sorted by name."
            yield Problem(message, lesson.file_name, hint="write 02, not 2", severity="warning")


def _missing_pictures(lesson: LessonSource, paths: set[str]) -> Iterator[Problem]:
    start = lesson_sheet(lesson.source, lesson.file_name).body_start
    for match in _PICTURE.finditer(lesson.source, start):
        if match[1] not in paths:
            saying = (f"There is no {match[1]} in the folder.", None)
            yield problem_at(lesson.source, lesson.file_name, match.start(1), saying)


def _dead_links(lesson: LessonSource) -> Iterator[Problem]:
    """Links to a place in the same letter, where nothing bears that name: headings have none in a mail."""
    start = lesson_sheet(lesson.source, lesson.file_name).body_start
    for match in _PLACE.finditer(lesson.source, start):
        if not re.search(rf"""\b(?:id|name)\s*=\s*["']?{re.escape(match[1])}(?![\w.:-])""", lesson.source[start:]):
            hint = "a letter is short: leave the link out, or link to a page on the web"
            saying = (f"Nothing in this letter is called #{match[1]}.", hint)
            yield problem_at(lesson.source, lesson.file_name, match.start(1) - 1, saying)


def _unused_pictures(
    course: CourseSource | None, lessons: tuple[LessonSource, ...], media: tuple[Media, ...]
) -> Iterator[Problem]:
    texts = [lesson.body for lesson in lessons] + ([course.source] if course else [])
    for picture in media:
        if not any(picture.path in text for text in texts):
            yield Problem("Nothing shows this picture.", file=picture.path, severity="warning")


def _quiet_hours(course: CourseSource, lessons: tuple[LessonSource, ...]) -> Iterator[Problem]:
    for lesson in lessons:
        if lesson.hour is not None and is_quiet(lesson.hour, course.rules.quiet):
            sheet = lesson_sheet(lesson.source, lesson.file_name)
            message = f"The hour {lesson.hour:%H:%M} lies in the course's quiet hours."
            yield sheet.problem_at_key("hour", message, "choose another hour")


def _missing_logo(course: CourseSource, media: tuple[Media, ...]) -> Iterator[Problem]:
    logo = course.theme_settings.get("logo", "")
    if logo and not logo.startswith("https://") and logo not in {picture.path for picture in media}:
        sheet = course_sheet(course.source, COURSE_FILE)
        yield sheet.problem_at_key("theme_settings", f"The logo {logo} is not in the folder.")


def _nothing_to_send(lessons: tuple[LessonSource, ...]) -> Iterator[Problem]:
    if not any(lesson.status == "published" for lesson in lessons):
        yield Problem("No lesson is published: readers get nothing.", file=COURSE_FILE, severity="warning")

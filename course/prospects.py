"""What can never happen, said before it is published: a lesson that no day is open for, dates that have passed."""

from collections.abc import Iterator
from datetime import date, datetime

from course.errors import Problem
from course.folder import CourseSource, LessonSource
from course.folder.frontmatter import place_of_lesson_key
from course.schedule import NoSlot, Past, Step, Wishes, local_zone, slot


def prospects(course: CourseSource, now: datetime) -> Iterator[Problem]:
    """Problems of the course's schedule as of `now`: errors for what nobody would ever get, warnings for the past."""
    today = now.astimezone(local_zone(course.rules, Wishes())).date()
    for lesson in course.lessons:
        if lesson.status != "published":
            continue
        step = Step(lesson.wait, lesson.hour, lesson.useless_after)
        try:
            slot(step, course.rules, Wishes(), Past(now))
        except NoSlot as never:
            yield Problem(f"Nobody would ever get this lesson: {never}", lesson.file_name, *_place(lesson, "wait"))
        if lesson.useless_after is not None and lesson.useless_after < today:
            yield _passed(
                lesson, "useless_after", f"It is useless since {lesson.useless_after}, so it is skipped for everybody."
            )
    yield from _dates_too_early([each for each in course.lessons if each.status == "published"], today)


def _dates_too_early(lessons: list[LessonSource], today: date) -> Iterator[Problem]:
    """Cohort dates that are over when their turn comes, so that they count as the next open day."""
    reached, after = today, "has passed"
    for lesson in lessons:
        if lesson.wait.date is not None and lesson.wait.date <= reached:
            yield _passed(lesson, "wait", f"{lesson.wait.date} {after}, so it counts as the next open day.")
        elif lesson.wait.date is not None:
            reached, after = lesson.wait.date, f"is not after {lesson.wait.date}, when {lesson.key} comes"


def _passed(lesson: LessonSource, key: str, sentence: str) -> Problem:
    return Problem(sentence, lesson.file_name, *_place(lesson, key), severity="warning")


def _place(lesson: LessonSource, key: str) -> tuple[int, int]:
    return place_of_lesson_key(lesson.source, lesson.file_name, key)

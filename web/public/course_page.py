"""A course as its pages show it: plain words made from the catalogue's view."""

from dataclasses import dataclass
from datetime import time

from course.catalog import CourseView
from course.schedule.waits import parse_wait
from course.schedule.walltime import is_quiet
from web.public import wording
from web.public.places import zone_words


@dataclass(frozen=True)
class LessonEntry:
    """One line of the programme."""

    when: str
    subject: str
    preview: str


@dataclass(frozen=True)
class CoursePage:
    """What the catalogue and the page of a course say; `hours` are the choices of the form."""

    slug: str
    url: str
    language: str
    title: str
    name: str
    subtitle: str
    kicker: str
    summary: str
    sender: str
    open: bool
    lessons: tuple[LessonEntry, ...]
    facts: tuple[tuple[str, str], ...]
    hour: str
    hours: tuple[str, ...]
    zone_name: str
    may_choose_hour: bool
    may_choose_zone: bool


def course_page(view: CourseView, base_url: str) -> CoursePage:
    """Put a course into words. A title "A: b" is a name and a subtitle."""
    name, _, subtitle = view.title.partition(": ")
    waits = [parse_wait(lesson.wait) for lesson in view.lessons]
    length = " ".join(filter(None, (wording.lessons(len(waits)), wording.span(waits))))
    return CoursePage(
        slug=view.slug,
        url=f"{base_url}/courses/{view.slug}",
        language=view.language,
        title=view.title,
        name=name,
        subtitle=subtitle,
        kicker=f"A course by email · {length}",
        summary=view.summary,
        sender=view.sender_name,
        open=bool(view.lessons),
        lessons=tuple(
            LessonEntry(
                wording.when_it_comes(wait, first=number == 0),
                wording.line(lesson.subject),
                wording.line(lesson.preview),
            )
            for number, (wait, lesson) in enumerate(zip(waits, view.lessons, strict=True))
        ),
        facts=_facts(view, length),
        hour=wording.clock(view.rules.hour),
        hours=hours(view),
        zone_name=zone_words(view.rules.timezone),
        may_choose_hour="hour" in view.reader_may,
        may_choose_zone="timezone" in view.reader_may,
    )


def hours(view: CourseView) -> tuple[str, ...]:
    """The hours that a reader may choose: full hours outside the quiet ones, and the course's own."""
    full = {time(hour) for hour in range(24) if not is_quiet(time(hour), view.rules.quiet)}
    return tuple(wording.clock(hour) for hour in sorted(full | {view.rules.hour}))


def _facts(view: CourseView, length: str) -> tuple[tuple[str, str], ...]:
    hour = f"{view.rules.hour:%H:%M} in your time zone"
    if "timezone" not in view.reader_may:
        hour = f"{view.rules.hour:%H:%M}, {zone_words(view.rules.timezone)}"
    if "hour" in view.reader_may:
        hour += ", or the hour you choose"
    own_pace = {"pause": "pause", "pace": "go slower or faster", "next_now": "ask for the next lesson at once"}
    may = [words for right, words in own_pace.items() if right in view.reader_may]
    return tuple(
        (name, value)
        for name, value in (
            ("How much", length),
            ("On which days", wording.open_days(view.rules.weekdays)),
            ("At what hour", hour),
            ("Your pace", f"You may {_either(may)}" if may else ""),
        )
        if value
    )


def _either(choices: list[str]) -> str:
    """Several things of which one may do any: "pause, go slower or faster, or ask"."""
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])}, or {choices[-1]}"

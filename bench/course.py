"""The course that the benchmark's readers are taking: ten lessons with waits of every kind, and one that asks."""

from dataclasses import replace

from sqlalchemy.orm import Session

from course.editions import Author, create_course, draft_lessons
from course.folder import CourseSource, LessonSource, parse_course, parse_lesson
from course.models import Course, Edition
from course.publishing import Compilations, Compiled, PublishOptions, publish

SLUG = "bench"
WAITS = ("immediately", "1 day", "2 days", "2 days", "next monday", "3 days", "6 hours", "1 week", "2 days", "3 days")
LESSONS = tuple((f"lesson-{number}", wait) for number, wait in enumerate(WAITS, 1))
ASKING = "lesson-3"
COURSE = """\
slug: {slug}
title: "The course of the benchmark"
sender: {{name: Robin, email: robin@example.org}}
ends: yes
reader_may: [hour, timezone, pace, pause, next_now]
schedule:
  hour: "{hour}"
  timezone: Europe/Berlin
  weekdays: [mon, tue, wed, thu, fri, sat]
  quiet: "21:00-08:00"
  gap: 18 hours
"""
ASKS = "asks: {done: I have done it, fallback: 5 days}\n"


def course_source(
    lessons: tuple[tuple[str, str], ...] = LESSONS, hour: str = "09:00", slug: str = SLUG
) -> CourseSource:  # fmt: skip
    """The course as its folder would be read; `lessons` are ids and waits."""
    source = parse_course(COURSE.format(slug=slug, hour=hour))
    read = tuple(_lesson(place, key, wait) for place, (key, wait) in enumerate(lessons, 1))
    return replace(source, lessons=read)


def _lesson(place: int, key: str, wait: str) -> LessonSource:
    asks = ASKS if key == ASKING else ""
    front = f'---\nid: {key}\nsubject: "About {key}"\nstatus: published\nwait: {wait}\n{asks}---\n'
    return parse_lesson(f"{front}\nDear {{{{ reader.name }}}}, this is {key}.\n", f"{place:02d}-{key}.md")


def publish_course(session: Session, slug: str, author: Author) -> Course:
    """A new course, published."""
    course = create_course(session, course_source(slug=slug), author)
    assert course.draft is not None
    publish_draft(session, course.draft, author)
    return course


def publish_draft(session: Session, draft: Edition, author: Author) -> None:
    """Compiled by hand, since nothing is sent."""
    texts = {each.place.lesson_id: _compiled(each.source.source) for each in draft_lessons(draft)}
    letters = {name: _compiled(name) for name in ("confirmation", "completion", "already_in")}
    publish(session, draft, Compilations(texts, letters), PublishOptions(), author)


def _compiled(text: str) -> Compiled:
    return Compiled(text, text, f"<p>{text}</p>", text, (), "bench")

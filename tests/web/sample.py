"""A small published course for the tests of pages: three lessons, one still a draft, compiled by hand."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from course import outbox
from course.editions import Author, create_course, find_draft
from course.folder.parsing import parse_course, parse_lesson
from course.folder.source import CourseSource, Media
from course.models import Compilation, Course, Delivery, DeliveryState, Enrollment, Kind, Lesson, Reader
from course.publishing import Compilations, Compiled, PublishOptions, publish

PICTURE = Media("images/dot.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")
COURSE = """\
slug: slow-bread
title: "Slow Bread: a loaf a week"
summary: From flour and water to a crust that sings.
language: en
theme: letter
ends: yes
sender: {name: Ana Lindqvist, email: ana@example.org}
schedule: {hour: "09:00", timezone: Europe/Berlin, weekdays: [mon, tue, wed, thu, fri, sat, sun], quiet: "21:00-08:00"}
reader_may: [hour, timezone, pace, pause, next_now]
"""
LESSON = """\
---
id: {key}
subject: {subject}
preview: About {key}, in a few minutes
status: {status}
wait: {wait}
---

Dear {{{{ reader.name }}}}, this is about {key}.
"""
LESSONS = (
    ("flour", "Flour and water", "immediately", "published"),
    ("patience", "Patience", "2 days", "published"),
    ("butter", "Butter is a draft", "1 day", "draft"),
    ("crust", "A crust that sings", "1 day", "published"),
)


def source(course_text: str = COURSE) -> CourseSource:
    """The course as a folder would give it."""
    lessons = tuple(
        parse_lesson(LESSON.format(key=key, subject=subject, wait=wait, status=status), f"0{number}-{key}.md")
        for number, (key, subject, wait, status) in enumerate(LESSONS, 1)
    )
    return CourseSource(**{**vars(parse_course(course_text)), "lessons": lessons, "media": (PICTURE,)})


def publish_course(session: Session, course_text: str = COURSE, at: datetime | None = None) -> Course:
    """Create and publish it."""
    author = Author("Ana", at or datetime.now(UTC))
    course = create_course(session, source(course_text), author)
    keys = session.scalars(select(Lesson).where(Lesson.course_id == course.id))
    lessons = {lesson.id: compiled(f"{course.slug}-{lesson.key}") for lesson in keys}
    letters = {name: compiled(f"{course.slug}-{name}") for name in ("confirmation", "completion", "already_in")}
    draft = find_draft(session, course)
    assert draft is not None
    publish(session, draft, Compilations(lessons, letters), PublishOptions(), author)
    return course


def compiled(name: str) -> Compiled:
    """What the compiler would have made of a text."""
    html = f"<!doctype html><title>{name}</title><p style='color:red'>{{{{ reader.name }}}} reads {name}</p>"
    return Compiled(name, name, html, f"{{{{ reader.name }}}} reads {name}", (), "by hand")


def enrollment_of(session: Session, email: str) -> Enrollment:
    """The newest enrollment of an address."""
    mine = select(Enrollment).join(Reader).where(Reader.email == email).order_by(Enrollment.id.desc())
    return session.scalars(mine).first() or _nobody(email)


def mails_to(session: Session, email: str) -> list[str]:
    """The kinds of the mails that are planned for an address, oldest first."""
    rows = select(Delivery.kind).join(Reader, Delivery.reader_id == Reader.id).where(Reader.email == email)
    return [str(kind) for kind in session.scalars(rows.where(Delivery.due_at.is_not(None)).order_by(Delivery.id))]


def deliver_next(session: Session, enrollment: Enrollment, now: datetime) -> None:
    """Let the planned lesson have been sent, with the values that the courier would have kept."""
    row = outbox.open_lesson(session, enrollment.id)
    assert row is not None
    assert row.lesson is not None
    slug = enrollment.course.slug
    digest = f"{slug}-{row.lesson.key}"
    row.compilation_id = session.scalars(select(Compilation.id).where(Compilation.digest == digest)).one()
    row.values = {"reader": {"name": enrollment.reader.name}}
    row.state, row.sent_at, row.due_at = DeliveryState.SENT, now - timedelta(seconds=1), None
    session.flush()
    assert row.kind is Kind.LESSON


def _nobody(email: str) -> Enrollment:
    raise AssertionError(f"{email} is not enrolled.")

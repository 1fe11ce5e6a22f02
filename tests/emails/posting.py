"""A course that was really compiled and published, and what becomes of its mails."""

import email
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from course import enrollment, outbox
from course.database import Database
from course.editions import Author, create_course, replace_draft
from course.folder import CourseSource, Media, parse_course, parse_lesson
from course.models import Admin, Course, Delivery, Edition, Enrollment, Kind
from course.outbox import Leases
from course.settings import Settings
from course.tokens import open_tokens
from emails.compile import Compiler
from emails.compose import Composer, Made
from emails.publish import compile_house_letters, publish_draft
from tests.factories import at, newest

NOW = at("2027-03-01 09:00")
SETTINGS = Settings(
    state_dir=Path("nowhere"),
    base_url="https://courses.example.org",
    secret_key="correct horse battery staple 0123456789",
    mail_from="school@example.org",
    postal_address="Quiet Lane 4, 10115 Berlin",
    house_name="The School",
)
COURSE = """\
slug: bread
title: Slow bread
sender: {name: Robin Hale, email: robin@example.org, reply_to: ask@example.org}
schedule: {hour: "09:00", timezone: Europe/Berlin, quiet: none, gap: 18 hours}
reader_may: [hour, next_now]
"""
FLOUR = """\
---
id: flour
subject: "{{ reader.name | fallback('Friend') }}, flour and water"
preview: What you need is in the cupboard already, and the rest is time.
wait: immediately
---

Dear {{ reader.name | fallback("friend") }}, this is lesson {{ lesson.number }} of {{ lesson.count }}.

![A jar on a shelf](images/jar.png)

See you on {{ next_lesson.date }}, or [read it again]({{ links.read_online }}).
"""
CRUST = """\
---
id: crust
subject: A crust that sings
preview: Steam at first, then none, the whole secret of a crust that sings.
wait: 2 days
---
<mjml><mj-body><mj-section><mj-column>
<mj-text><h1>A crust that sings</h1><p>Steam at first, then none, {{ reader.name }}.</p></mj-text>
<mj-image src="images/jar.png" alt="The jar again" width="120px" />
</mj-column></mj-section></mj-body></mjml>
"""
JAR = Media("images/jar.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 16, "image/png")
ROBIN = Author("Robin", NOW)


def source(flour: str = FLOUR, crust: str = CRUST, course: str = COURSE) -> CourseSource:
    lessons = (parse_lesson(flour, "01-flour.md"), parse_lesson(crust, "02-crust.mjml"))
    return CourseSource(**{**vars(parse_course(course)), "lessons": lessons, "media": (JAR,)})


def publish(session: Session, compiler: Compiler, folder: CourseSource | None = None) -> Course:
    """A new course, compiled by the real compiler."""
    course = create_course(session, folder or source(), ROBIN)
    assert course.draft is not None
    publish_draft(session, compiler, course.draft, SETTINGS, ROBIN)
    compile_house_letters(session, compiler, NOW)
    return course


def publish_again(session: Session, compiler: Compiler, course: Course, folder: CourseSource) -> Edition:
    draft = replace_draft(session, course, folder, ROBIN)
    publish_draft(session, compiler, draft, SETTINGS, ROBIN)
    return draft


def composer(session: Session, settings: Settings = SETTINGS) -> Composer:
    return Composer(settings, open_tokens(session, settings))


def sign_up(session: Session, course: Course, address: str = "ana@example.net", name: str = "Ana") -> Enrollment:
    enrollment.enroll(session, course.slug, enrollment.Signup(address, name=name), NOW)
    return newest(session, address, course)


def join(session: Session, course: Course, address: str = "ana@example.net", name: str = "Ana") -> Enrollment:
    return enrollment.confirm(session, sign_up(session, course, address, name).handle, NOW)


def mail_to(session: Session, reader: Enrollment, kind: Kind = Kind.LESSON) -> Delivery:
    """The reader's newest delivery of this kind."""
    mine = select(Delivery).where(Delivery.enrollment_id == reader.id, Delivery.kind == kind)
    return session.scalars(mine.order_by(Delivery.id.desc())).first() or _nothing(kind)


def admin_mail(session: Session, kind: Kind, **more: object) -> Delivery:
    """A letter to an admin, planned."""
    admin = session.scalars(select(Admin)).first() or Admin(email="owner@example.org", name="The Owner", created_at=NOW)
    session.add(admin)
    session.flush()
    return outbox.plan_urgent(session, Delivery(kind=kind, admin_id=admin.id, slot_at=NOW, created_at=NOW, **more))


def begin(session: Session, delivery: Delivery, now: datetime = NOW) -> Made:
    """Compose it and write down what begin writes down."""
    made = composer(session).compose(session, delivery, now)
    delivery.due_at = None  # as a claim leaves it
    outbox.begin(session, delivery, made.record, now, Leases())
    session.flush()
    session.expire(delivery)
    return made


def complete(session: Session, reader: Enrollment) -> Delivery:
    """Let all lessons have been sent; the completion letter that follows."""
    now = NOW
    for _ in range(2):
        row = mail_to(session, reader)
        assert row.due_at is not None
        now = max(now, row.due_at) + timedelta(seconds=9)
        claimed = next(each for each in outbox.claim(session, now, (0, 1), 50, Leases()) if each.delivery_id == row.id)
        begin(session, row, now)
        outbox.record_sent(session, claimed, "250", now)
        session.expire_all()
        enrollment.planning.advance(session, reader.id, now)
    return mail_to(session, reader, Kind.COMPLETION)


def parsed(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def part(data: bytes, kind: str) -> str:
    """The text ("plain") or the page ("html") of a message, decoded."""
    body = parsed(data).get_body((kind,))
    assert body is not None
    return str(body.get_content())


@pytest.fixture(scope="module")
def compiler() -> Iterator[Compiler]:
    """One child process for a whole file of tests: it takes a moment to start."""
    with Compiler() as running:
        yield running


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """One transaction."""
    with database.writing() as opened:
        yield opened


def _nothing(kind: Kind) -> Delivery:
    raise AssertionError(f"no {kind} is planned")

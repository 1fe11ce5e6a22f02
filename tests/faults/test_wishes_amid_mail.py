"""While mail is sent, readers leave and rest, the author publishes, a day passes, a text turns out to be broken."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from course import enrollment, wishes
from course.models import Course, Delivery, DeliveryState, Enrollment, Revision
from emails.testing import Rule
from tests import factories
from tests.broker import wait_until
from tests.faults.scale import Scale
from tests.faults.school import PATIENCE, School

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NEW_TEXT = "This is the second text."


def test_whatever_is_wished_while_mail_is_sent_each_mail_has_the_text_that_its_row_names(school: School, scale: Scale):
    chance = scale.chance
    school.readers = scale.many(60)
    school.begin_course(school.readers)
    with school.database.reading() as session:
        handles = list(session.scalars(select(Enrollment.handle)))
    school.server.script(Rule("dot", delay=0.02))
    worker = school.worker()
    school.ring()
    school.wait_for_mails(5)
    for number, handle in enumerate(chance.sample(handles, len(handles) // 2)):
        wish(school, handle, rest=chance.random() < 0.5)
        if number == len(handles) // 8:
            publish(school)
        time.sleep(chance.random() * 0.02)
    school.ring_until(
        lambda: not in_hand(school),
        "nothing is in hand",
    )
    assert worker.poll() is None
    texts = revisions(school)
    for mail in school.server.journal:
        name = next(line for line in mail.data.split(b"\r\n") if line.startswith(b"Message-ID:")).split()[1].decode()
        assert (NEW_TEXT.encode() in mail.data) is texts[name]
    assert len(school.journal()) == len({entry["message_id"] for entry in school.journal()})
    assert {entry["message_id"] for entry in school.journal()} == school.message_ids(DeliveryState.SENT)


def wish(school: School, handle: str, *, rest: bool) -> None:
    with school.database.writing() as session:
        if rest:
            mine = session.scalars(select(Enrollment).where(Enrollment.handle == handle)).one()
            wishes.pause(session, mine, None, school.clock.now())
        else:
            enrollment.leave(session, handle, school.clock.now())


def publish(school: School) -> None:
    """Another text of the lesson that is being sent."""
    with school.database.writing() as session:
        course = session.scalars(select(Course)).one()
        changed = factories.lesson("welcome", "immediately", body=NEW_TEXT)
        factories.publish_change(session, course, changed, "later: 52 weeks", at=school.clock.now())


def in_hand(school: School) -> bool:
    now = school.clock.now()
    with school.database.reading() as session:
        rows = session.scalars(select(Delivery)).all()
        return any(row.state in {"claimed", "sending"} or (row.due_at and row.due_at <= now) for row in rows)


def revisions(school: School) -> dict[str, bool]:
    """By Message-ID: whether the row names the second text."""
    with school.database.reading() as session:
        rows = session.execute(select(Delivery.message_id, Revision.source).join(Revision))
        return {str(row.message_id): NEW_TEXT in row.source for row in rows}


@on_sqlite
def test_a_day_that_passes_while_mails_are_on_their_way_doubles_and_doubts_nothing(school: School):
    school.connections = 4
    school.begin_course(school.readers)
    school.server.script(Rule("dot", delay=0.3))
    school.worker()
    school.ring()
    wait_until(school.begun, "some are on their way", PATIENCE)
    school.clock.move_to(school.clock.now() + timedelta(days=1))
    school.ring_until(lambda: school.states() == {"sent": school.readers}, "all are sent")
    assert len(school.journal()) == school.readers
    school.judge(set())


@on_sqlite
def test_a_text_that_cannot_be_rendered_fails_visibly_and_the_other_course_flows(school: School):
    school.begin_course(3, body="{{ nothing.here }}")
    school.begin_course(school.readers)
    school.worker()
    school.ring()
    school.wait_until_sent()
    assert school.states() == {"sent": school.readers, "failed": 3}
    school.judge(set(), failed=3)

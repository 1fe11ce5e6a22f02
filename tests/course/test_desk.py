"""What the desk's pages read."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course import desk, planning, suppressions, verdicts
from course.admins import add
from course.database import Database
from course.editions import find_course, find_place, open_draft
from course.errors import NotFound
from course.models import Delivery, DeliveryState, Enrollment, EnrollmentState, Reader
from course.publishing import Compiled, pause_course
from course.rows import ROWS
from course.trials import plan_test
from tests.factories import MONDAY, join, publish_course, send_next

LATER = MONDAY + timedelta(hours=3)


@pytest.fixture
def session(database: Database):
    with database.writing() as opened:
        yield opened


@pytest.fixture
def ana(session: Session) -> Enrollment:
    """A reader with her first lesson received and the second planned."""
    course = publish_course(session, "welcome: immediately", "trust: 1 day")
    ana = join(session, course, "ana@example.org", MONDAY)
    send_next(session, ana, LATER)
    return ana


def delivery(session: Session, ana: Enrollment, key: str) -> Delivery:
    rows = session.scalars(select(Delivery).where(Delivery.enrollment_id == ana.id))
    return next(row for row in rows if row.lesson and row.lesson.key == key)


def let_it_be(session: Session, row: Delivery, state: DeliveryState, **values: object) -> None:
    changes = {"state": state, "due_at": None, "reply": "550 no such user", **values}
    session.execute(update(Delivery).where(Delivery.id == row.id).values(changes))
    session.flush()
    session.expire_all()


def test_a_course_is_listed_with_its_readers_by_state(session: Session, ana: Enrollment):
    (row,) = desk.courses(session)
    assert (row.slug, row.title, row.published, row.has_draft, row.paused) == (
        "small", "The small course", 1, False, False,
    )  # fmt: skip
    assert row.readers == {EnrollmentState.ACTIVE: 1}
    assert row.next_due == delivery(session, ana, "trust").due_at


def test_a_resting_course_has_no_next_mail_and_a_draft_is_told(session: Session, ana: Enrollment):
    open_draft(session, ana.course, LATER)
    pause_course(session, ana.course, LATER)
    session.expire_all()
    (row,) = desk.courses(session)
    assert (row.has_draft, row.paused, row.next_due) == (True, True, None)


def test_readers_are_found_by_address_or_name_and_nothing_else(session: Session, ana: Enrollment):
    join(session, ana.course, "bo_b@example.org", MONDAY)
    session.scalars(select(Reader).where(Reader.email == "bo_b@example.org")).one().name = "Bo 100%"
    session.flush()

    def found(query: str) -> list[str]:
        return [row.email for row in desk.readers(session, query).rows]

    assert found("") == ["bo_b@example.org", "ana@example.org"]
    assert found(" ANA@ ") == ["ana@example.org"]
    assert found("100%") == ["bo_b@example.org"]
    assert found("_") == ["bo_b@example.org"]
    assert found("%") == ["bo_b@example.org"]
    assert found("nobody") == []


def test_a_reader_in_the_list_shows_their_courses(session: Session, ana: Enrollment):
    assert desk.readers(session).rows[0].courses == (("small", EnrollmentState.ACTIVE),)


def test_readers_come_fifty_at_a_time(session: Session):
    session.add_all(
        Reader(handle=f"h{n}", email=f"r{n}@example.org", digest=f"{n}", created_at=MONDAY) for n in range(ROWS + 2)
    )
    session.flush()
    first, second, beyond = (desk.readers(session, "", page) for page in (1, 2, 9))
    assert (len(first.rows), len(second.rows), len(beyond.rows)) == (ROWS, 2, 0)
    assert (first.total, first.pages) == (ROWS + 2, 2)
    assert desk.readers(session, "nobody").pages == 1


def test_one_reader_is_shown_with_enrollments_mails_and_what_bars_them(session: Session, ana: Enrollment):
    suppressions.suppress(session, ana.reader.digest, suppressions.LEFT_ALL, LATER)
    shown = desk.reader(session, ana.reader.handle)
    assert (shown.email, [each.reason for each in shown.suppressed]) == ("ana@example.org", ["left-all"])
    assert [(each.slug, each.run, each.state) for each in shown.enrollments] == [("small", 1, EnrollmentState.ACTIVE)]
    lessons = [(each.lesson, each.state, each.course) for each in shown.deliveries if each.kind == "lesson"]
    assert lessons == [("trust", DeliveryState.PLANNED, "small"), ("welcome", DeliveryState.SENT, "small")]


def test_a_reader_who_is_gone_is_not_found(session: Session):
    with pytest.raises(NotFound):
        desk.reader(session, "nobody")


def test_the_outbox_lists_one_state_with_the_servers_words(session: Session, ana: Enrollment):
    let_it_be(session, delivery(session, ana, "trust"), DeliveryState.FAILED)
    (row,) = desk.outbox(session, DeliveryState.FAILED).rows
    assert (row.lesson, row.recipient, row.reader, row.reply) == (
        "trust", "ana@example.org", ana.reader.handle, "550 no such user",
    )  # fmt: skip
    assert desk.outbox(session, DeliveryState.UNCERTAIN).rows == ()
    assert desk.troubles(session) == {DeliveryState.FAILED: 1}


def test_the_outbox_goes_on_where_a_page_ends(session: Session, ana: Enrollment):
    readers = [join(session, ana.course, f"r{n}@example.org", MONDAY) for n in range(ROWS)]
    everything = [row.id for row in session.scalars(select(Delivery).order_by(Delivery.id.desc()))]
    first = desk.outbox(session)
    assert len(first.rows) == ROWS < len(everything)
    listed, older = [row.id for row in first.rows], first.older
    while older is not None:
        page = desk.outbox(session, None, older)
        listed, older = [*listed, *(row.id for row in page.rows)], page.older
    assert listed == everything
    assert readers


def test_deliveries_are_counted_by_state(session: Session, ana: Enrollment):
    counted = desk.counts(session)
    assert counted[DeliveryState.PLANNED] >= 1
    assert sum(counted.values()) == len(session.scalars(select(Delivery)).all())


def test_the_most_overdue_mail_tells_how_long_it_waits(session: Session, ana: Enrollment):
    due = delivery(session, ana, "trust").due_at
    assert due is not None
    session.execute(update(Delivery).where(Delivery.lesson_id.is_(None)).values(due_at=None, state="sent"))
    assert desk.oldest_due(session, due - timedelta(minutes=1)) is None
    assert desk.oldest_due(session, due + timedelta(minutes=7)) == timedelta(minutes=7)


def test_it_is_counted_who_waits_for_a_lesson_and_who_is_on_the_way(session: Session, ana: Enrollment):
    awaited, had = delivery(session, ana, "trust"), delivery(session, ana, "welcome")
    assert awaited.lesson_id and had.lesson_id
    assert (desk.waiting_for(session, awaited.lesson_id), desk.waiting_for(session, had.lesson_id)) == (1, 0)
    assert desk.on_the_way(session, ana.course_id) == 1


def test_a_failed_mail_is_sent_again_and_only_once(session: Session, ana: Enrollment):
    row = delivery(session, ana, "trust")
    let_it_be(session, row, DeliveryState.FAILED, attempts=4)
    assert verdicts.send_again(session, row.id, LATER)
    session.expire_all()
    assert (row.state, row.due_at, row.attempts) == (DeliveryState.PLANNED, LATER, 0)
    assert not verdicts.send_again(session, row.id, LATER)


def test_an_uncertain_mail_is_sent_again_when_an_admin_says_so(session: Session, ana: Enrollment):
    row = delivery(session, ana, "trust")
    let_it_be(session, row, DeliveryState.UNCERTAIN)
    assert desk.outbox(session, DeliveryState.UNCERTAIN).rows[0].held
    assert verdicts.send_again(session, row.id, LATER)
    session.expire_all()
    assert (row.state, row.due_at) == (DeliveryState.UNCERTAIN, LATER)
    assert not desk.outbox(session, DeliveryState.UNCERTAIN).rows[0].held


def test_an_uncertain_mail_that_counts_as_sent_lets_the_reader_go_on(session: Session):
    course = publish_course(session, "welcome: immediately", "trust: 1 day")
    bo = join(session, course, "bo@example.org", MONDAY)
    row = delivery(session, bo, "welcome")
    let_it_be(session, row, DeliveryState.UNCERTAIN, begun_at=LATER)
    planning.advance(session, bo.id, LATER)
    assert verdicts.count_as_sent(session, row.id, LATER)
    session.expire_all()
    assert (row.state, row.sent_at) == (DeliveryState.SENT, LATER)
    assert delivery(session, bo, "trust").state is DeliveryState.PLANNED
    assert not verdicts.count_as_sent(session, row.id, LATER)


def test_a_verdict_on_nothing_is_not_found(session: Session):
    for verdict in (verdicts.send_again, verdicts.count_as_sent):
        with pytest.raises(NotFound):
            verdict(session, 12345, LATER)


def test_a_test_is_planned_for_the_admin_who_asks(session: Session, ana: Enrollment):
    admin = add(session, "robin@example.org", LATER)
    place = find_place(open_draft(session, find_course(session, "small"), LATER), "trust")
    compiled = Compiled("digest-of-a-test", "Trust", "<p>", "text", (), "by hand")
    row = plan_test(session, admin, place, (compiled, {"reader": {"name": "Ana"}}), LATER)
    assert (row.kind, row.admin_id, row.reader_id, row.due_at, row.priority) == ("test", admin.id, None, LATER, 0)
    (shown,) = (each for each in desk.outbox(session).rows if each.kind == "test")
    assert (shown.recipient, shown.reader, shown.course, shown.lesson) == ("robin@example.org", None, "small", "trust")

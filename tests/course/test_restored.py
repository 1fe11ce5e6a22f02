"""What a restored database does not know, counted as sent."""

from datetime import timedelta

from course.database import Database
from course.models import Delivery, DeliveryState, Kind
from course.outbox import Leases, rescue
from course.restored import TRIP, count_as_sent, due_until, lost_until
from tests import factories
from tests.factories import MONDAY

DAY = timedelta(days=1)


def count_all(database: Database, until, now) -> int:
    counted = 0
    while True:
        with database.writing() as session:
            done = count_as_sent(session, until, now, 2)
        if not done:
            return counted
        counted += done


def test_what_was_due_and_what_followed_in_that_time_is_a_receipt_and_the_rest_is_planned(database: Database):
    with database.writing() as session:
        course = factories.publish_course(
            session, "welcome: immediately", "soon: 3 hours", "later: 1 day", "last: 1 week"
        )
        mine = factories.join(session, course)
        until = MONDAY + 2 * DAY
        assert due_until(session, until) == {Kind.LESSON: 1}
    now = until + timedelta(hours=1)
    assert count_all(database, until, now) == 3
    with database.reading() as session:
        found = {factories.key_of(session, row): row for row in factories.deliveries(session, mine, Kind.LESSON)}
        assert {key: str(row.state) for key, row in found.items()} == {
            "welcome": "sent", "soon": "sent", "later": "sent", "last": "planned",
        }  # fmt: skip
        assert found["soon"].sent_at == found["soon"].slot_at and found["soon"].compilation_id is not None
        assert found["last"].due_at is not None and found["last"].due_at > now


def test_what_a_worker_had_in_hand_counts_too_and_what_waits_for_somebody_does_not(database: Database):
    with database.writing() as session:
        course = factories.publish_course(session, "welcome: immediately", "later: 1 week")
        for name in ("claimed", "sending", "planned", "uncertain"):
            row = factories.planned(session, factories.join(session, course, f"{name}@example.org"))
            row.due_at, row.state, row.repeats = None, DeliveryState(name), 1 if name == "uncertain" else 0
    assert count_all(database, MONDAY + DAY, MONDAY + DAY) == 2
    with database.reading() as session:
        rows = session.query(Delivery).filter(Delivery.kind == Kind.LESSON, Delivery.due_at.is_(None)).all()
        assert sorted(str(row.state) for row in rows) == ["planned", "sent", "sent", "uncertain"]


def test_what_was_uncertain_when_the_backup_was_made_is_not_repeated(database: Database):
    with database.writing() as session:
        course = factories.publish_course(session, "welcome: immediately", "later: 1 week")
        row = factories.planned(session, factories.join(session, course))
        row.due_at, row.begun_at, row.state, row.lease_until = None, MONDAY, DeliveryState.UNCERTAIN, MONDAY
    with database.reading() as session:
        assert due_until(session, MONDAY + DAY) == {Kind.LESSON: 1}
    assert count_all(database, MONDAY + DAY, MONDAY + DAY) == 1
    with database.writing() as session:
        assert sum(rescue(session, MONDAY + DAY, Leases(), repeat=True).values()) == 0
        assert {row.state for row in session.query(Delivery)} == {DeliveryState.SENT, DeliveryState.PLANNED}


def test_the_lost_time_lasted_a_little_longer_than_its_last_mark_says():
    assert lost_until(MONDAY, MONDAY + DAY) == MONDAY + TRIP, "a trip leaves its mark when it starts"
    assert lost_until(MONDAY, MONDAY + TRIP / 2) == MONDAY + TRIP / 2, "what is to come was not sent"
    assert lost_until(None, MONDAY) == MONDAY, "nobody knows"

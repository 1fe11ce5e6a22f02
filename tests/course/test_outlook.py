"""The coming days from real rows: what is planned and what follows, before and after it really happens."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from course import due_rows, wishes
from course.models import Delivery, Kind
from course.publishing import pause_course
from course.simulation.outlook import Outlook, Question, house_zone, outlook
from tests.course.test_gates import asking
from tests.factories import MONDAY, SOON, at, join, publish_course, send_due

LESSONS = ("welcome: immediately", "trust: 1 day", "space: 2 days", "end: 3 days")
PEOPLE = (("ana", "America/New_York", ""), ("bo", "Asia/Kathmandu", "18:00"), ("cy", "Europe/Berlin", "07:30"))
WEEK = Question(UTC, days=7)


@pytest.fixture
def course(session):
    """Three readers in three zones, who have had the first lesson."""
    made = publish_course(session, *LESSONS)
    for name, zone, hour in PEOPLE:
        join(session, made, f"{name}@example.org", timezone=zone, hour=hour)
    send_due(session, MONDAY + SOON)
    return made


def hours(found: Outlook) -> Counter:
    """The hours in which something leaves."""
    return Counter({hour: mails for hour, mails in found.load.hours.items() if mails})


def sent_hours(session, since: datetime, until: datetime) -> Counter:
    """What has left, by the hour, once the outbox has lived through those days."""
    while (due := due_rows.next_due(session)) is not None and due < until:
        send_due(session, due)
    left = session.scalars(select(Delivery.sent_at).where(Delivery.sent_at > since, Delivery.sent_at < until))
    return Counter((each.date(), each.hour) for each in left)


def test_what_is_foretold_is_what_happens(session, course):
    now, end = MONDAY + timedelta(hours=1), at("2027-01-11 00:00")
    found = outlook(session, WEEK, now)
    assert (found.planned, found.readers, found.held, found.one_in) == (3, 3, 0, 1)
    assert found.load.kinds == {"planned": 3, Kind.LESSON: 6, Kind.COMPLETION: 3}
    assert hours(found) == sent_hours(session, now, end)


def test_nothing_is_written(session, course):
    before = [(row.id, row.state, row.due_at) for row in session.scalars(select(Delivery).order_by(Delivery.id))]
    outlook(session, WEEK, MONDAY + timedelta(hours=1))
    assert not session.dirty
    assert [
        (row.id, row.state, row.due_at) for row in session.scalars(select(Delivery).order_by(Delivery.id))
    ] == before


def test_only_those_days_are_looked_at(session, course):
    found = outlook(session, Question(UTC, days=2), MONDAY + timedelta(hours=1))
    assert list(found.load.days) == list(found.days[1:])


def test_what_is_overdue_leaves_now(session, course):
    later = at("2027-01-05 16:20")
    found = outlook(session, WEEK, later)
    assert found.load.hours[later.date(), 16] == 3


def test_other_letters_that_are_planned_are_counted_too(session, course):
    wishes.send_again(session, session.scalars(select(Delivery)).first().enrollment, "welcome", "1", MONDAY + 2 * SOON)
    assert outlook(session, WEEK, MONDAY + timedelta(hours=1)).planned == 4


def test_who_waits_for_somebody_is_held(session, course):
    resting = session.scalars(select(Delivery).order_by(Delivery.id)).first().enrollment
    wishes.pause(session, resting, None, MONDAY + timedelta(minutes=5))
    found = outlook(session, WEEK, MONDAY + timedelta(hours=1))
    assert (found.planned, found.held, found.load.mails) == (2, 1, 8)


def test_a_course_that_rests_sends_no_lesson(session, course):
    other = publish_course(session, "alone: 1 day", slug="other")
    join(session, other, "di@example.org")
    pause_course(session, course, MONDAY + timedelta(minutes=5))
    found = outlook(session, WEEK, MONDAY + timedelta(hours=1))
    assert (found.planned, found.held, found.readers) == (1, 3, 4)
    assert found.load.kinds == {"planned": 1, Kind.COMPLETION: 1}


def test_behind_a_gate_without_a_fallback_nothing_is_foretold(session):
    made = publish_course(session, "hello: 1 day", asking("try", "{done: I did}"), "after: 1 day")
    join(session, made)
    found = outlook(session, WEEK, MONDAY + timedelta(hours=1))
    assert found.load.mails == 2


def test_every_second_reader_stands_for_two(session, course):
    for number in range(9):
        join(session, course, f"more{number}@example.org", MONDAY + timedelta(minutes=number))
    send_due(session, MONDAY + timedelta(minutes=30))
    now = MONDAY + timedelta(hours=1)
    whole, half = outlook(session, WEEK, now), outlook(session, Question(UTC, 7, most_readers=6), now)
    assert (half.readers, half.one_in) == (12, 2)
    assert half.planned == whole.planned == 12
    assert half.load.mails == whole.load.mails == 48


def test_a_slow_relay_is_late_but_never_early(session, course):
    for number in range(9):
        join(session, course, f"more{number}@example.org", MONDAY + timedelta(minutes=number))
    send_due(session, MONDAY + timedelta(minutes=30))
    found = outlook(session, Question(UTC, 7, per_second=0.1), MONDAY + timedelta(hours=1))
    assert found.load.worst is not None
    # The ten in New York: their last lesson and, behind it, the letter that ends the course.
    assert (found.load.worst.mails, found.load.worst.lasted) == (20, timedelta(seconds=190))
    assert timedelta() <= found.load.late(0.01) < found.load.late(1.0) <= timedelta(seconds=190)


def test_a_house_counts_in_the_zone_of_its_oldest_course(session):
    assert house_zone(session) == "UTC"
    publish_course(session, timezone="Asia/Tokyo")
    assert house_zone(session) == "Asia/Tokyo"

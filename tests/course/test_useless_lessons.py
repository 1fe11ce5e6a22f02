"""A lesson that makes no sense after a date: it is skipped when its time comes too late, and takes nobody's day."""

from datetime import timedelta

import pytest

from course import outbox
from course.models import DeliveryState, EnrollmentState, Kind
from tests.factories import (
    at,
    begin,
    claim_lesson,
    deliveries,
    join,
    lesson,
    planned,
    publish_change,
    publish_course,
    send_due,
    send_next,
)

BEFORE = at("2027-01-01 00:00")


def here(text: str):
    return at(f"2027-01-{text}", "America/New_York")


def fair(wait: str = "1 day", until: str = "2027-01-06"):
    """An invitation to a fair that is over after that day."""
    return lesson("fair", wait, useless_after=until)


def lessons_of(session, mine) -> dict[str, DeliveryState]:
    return {row.lesson.key: row.state for row in deliveries(session, mine, Kind.LESSON)}


def after_the_first(session, *lessons):
    """A reader who got "a" on Tuesday, 5 January, at nine."""
    mine = join(session, publish_course(session, "a: 0 days", *lessons, at=BEFORE), now=here("05 08:00"))
    assert send_next(session, mine) == "a"
    return mine


@pytest.mark.parametrize(
    ("back", "comes"),
    [("06 09:00", "fair"), ("06 20:59", "fair"), ("06 21:01", None), ("07 09:00", None), ("09 15:00", None)],
)
def test_after_an_outage_it_comes_on_its_last_day_and_never_later(session, back, comes):
    mine = after_the_first(session, fair(), "b: 4 days")
    if comes:
        assert send_due(session, here(back)) == ["fair"]
        return
    # Who was down until the next lesson's day gets that one, late.
    assert send_due(session, here(back))[:1] == (["b"] if back == "09 15:00" else [])
    send_due(session, here("07 09:00"))
    assert lessons_of(session, mine)["fair"] is DeliveryState.SKIPPED


def test_what_was_skipped_is_a_receipt_whose_wait_counts_from_what_was_really_sent(session):
    mine = after_the_first(session, fair("2 days"), "b: 5 days")
    assert send_due(session, here("07 09:00")) == []
    assert lessons_of(session, mine) == {
        "a": DeliveryState.SENT, "fair": DeliveryState.SKIPPED, "b": DeliveryState.PLANNED,
    }  # fmt: skip
    assert planned(session, mine).due_at == here("10 09:00")


def test_the_day_on_which_it_was_skipped_is_not_taken(session):
    mine = after_the_first(session, fair("2 days"), "b: 51 hours")
    assert send_due(session, here("07 09:00")) == []
    assert planned(session, mine).due_at == here("07 12:00")
    assert send_due(session, here("07 12:00"))[:1] == ["b"]


def test_several_in_a_row_are_skipped_at_once(session):
    mine = after_the_first(
        session, fair("2 days"), lesson("afterwards", "2 days", useless_after="2027-01-06"), "b: 9 days"
    )
    send_due(session, here("07 09:00"))
    assert send_due(session, here("08 09:00")) == []
    assert list(lessons_of(session, mine).values())[1:3] == [DeliveryState.SKIPPED] * 2
    assert planned(session, mine).due_at == here("14 09:00")


def test_the_last_one_skipped_ends_the_course_all_the_same(session):
    mine = after_the_first(session, fair("2 days"))
    send_due(session, here("07 09:00"))
    assert mine.state is EnrollmentState.COMPLETED
    assert [row.state for row in deliveries(session, mine, Kind.COMPLETION)] == [DeliveryState.SENT]


def test_its_last_day_is_the_readers_own(session):
    course = publish_course(session, fair(), at=BEFORE)
    now = at("2027-01-05 09:00")  # in Apia it is ten in the evening
    zones = {"ana@example.org": "Pacific/Apia", "bo@example.org": "America/New_York"}
    apia, new_york = (join(session, course, email, now, timezone=zone) for email, zone in zones.items())
    late = at("2027-01-06 15:00")  # four in the morning of the 7th there, ten in the morning of the 6th here
    assert [planned(session, each).due_at <= late for each in (apia, new_york)] == [True, True]
    assert sorted(send_due(session, late)) == ["completion", "completion", "fair"]
    assert lessons_of(session, apia) == {"fair": DeliveryState.SKIPPED}
    assert lessons_of(session, new_york) == {"fair": DeliveryState.SENT}


def test_one_that_the_server_puts_off_past_its_day_does_not_come_any_more(session):
    mine = after_the_first(session, fair(), "b: 4 days")
    claimed = claim_lesson(session, mine, here("06 09:00"))
    assert begin(session, claimed, here("06 09:00"))
    outbox.put_back(session, outbox.hold_offered(session, claimed), "451 later", here("06 23:58"))
    session.flush()
    due = planned(session, mine).due_at
    assert due == here("06 23:58") + timedelta(minutes=5)
    assert send_due(session, here("07 09:00")) == []
    assert lessons_of(session, mine)["fair"] is DeliveryState.SKIPPED


def test_an_edit_that_gives_it_another_day_is_believed_at_once(session):
    course = publish_course(session, "a: 0 days", fair("3 days"), "b", at=BEFORE)
    mine = join(session, course, now=here("05 08:00"))
    assert send_next(session, mine) == "a"
    publish_change(session, course, "a: 0 days", fair("3 days", "2027-01-31"), "b", at=here("05 10:00"))
    assert send_due(session, here("08 09:00")) == ["fair"]


def test_what_was_skipped_does_not_come_when_it_makes_sense_again(session):
    course = publish_course(session, "a: 0 days", fair("2 days"), "b: 9 days", at=BEFORE)
    mine = join(session, course, now=here("05 08:00"))
    assert send_next(session, mine) == "a"
    assert send_due(session, here("07 09:00")) == []
    publish_change(session, course, "a: 0 days", fair("2 days", "2027-12-31"), "b: 9 days", at=here("07 10:00"))
    assert send_due(session, here("14 09:00"))[:1] == ["b"]

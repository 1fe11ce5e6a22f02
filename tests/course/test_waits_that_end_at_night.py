"""A wait by the stopwatch that ends in quiet hours, on a closed day, or late: when its mail really leaves."""

from datetime import timedelta

import pytest

from tests.factories import EVERY_DAY, at, join, lesson, planned, publish_course, send_due, send_next

NIGHT = "21:00-08:00"
WORKDAYS = "[mon, tue, wed, thu, fri]"
# wait, when the lesson before really left, when this one leaves; New York's wall, 2027, on weekdays
NIGHTS = {
    "ends by day": ("3 hours", "01-05 09:00", "01-05 12:00"),
    "ends a minute before the quiet": ("3 hours", "01-05 17:59", "01-05 20:59"),
    "ends as the quiet begins": ("3 hours", "01-05 18:00", "01-06 08:00"),
    "ends before midnight": ("3 hours", "01-05 20:30", "01-06 08:00"),
    "ends after midnight": ("90 minutes", "01-05 20:45", "01-06 08:00"),
    "ends as the quiet ends": ("12 hours", "01-05 20:00", "01-06 08:00"),
    "ends a minute after the quiet": ("12 hours", "01-05 20:01", "01-06 08:01"),
    "ends on Friday night: Saturday is closed": ("3 hours", "01-08 19:00", "01-11 09:00"),
    "ends on Saturday": ("20 hours", "01-08 19:00", "01-11 09:00"),
    "ends on Sunday night: Monday is open": ("50 hours", "01-08 20:30", "01-11 08:00"),
}
# Every day is open; the clocks change on 14 March and on 7 November.
CHANGES = {
    "over the change in spring": (NIGHT, "3 hours", "03-13 20:30", "03-14 08:00"),
    "an hour by the clock is jumped over": ("none", "3 hours", "03-13 23:30", "03-14 03:30"),
    "an hour by the clock comes twice": ("none", "3 hours", "11-07 00:30", "11-07 02:30"),
    "the quiet ends in the hour that is jumped over": ("21:00-02:30", "3 hours", "03-13 20:30", "03-14 03:30"),
}


def here(text: str):
    return at(f"2027-{text}", "America/New_York")


def sent_first(session, wait: str, left: str, **schedule: str):
    """A reader whose first lesson left then, because the course gives it at that hour or at once."""
    first = lesson("a", "immediately")
    course = publish_course(session, first, f"b: {wait}", "c: 1 day", at=at("2027-01-01 00:00"), **schedule)
    mine = join(session, course, now=here(left) - timedelta(seconds=1))
    assert send_next(session, mine, here(left)) == "a"
    return mine


@pytest.mark.parametrize(("wait", "left", "expected"), NIGHTS.values(), ids=NIGHTS)
def test_it_leaves_then_or_at_the_end_of_the_night_or_on_the_next_open_day(session, wait, left, expected):
    mine = sent_first(session, wait, left, quiet=NIGHT, weekdays=WORKDAYS)
    assert planned(session, mine).due_at == here(expected)
    assert send_due(session, here(expected) - timedelta(seconds=1)) == []
    assert send_due(session, here(expected)) == ["b"]


@pytest.mark.parametrize(("quiet", "wait", "left", "expected"), CHANGES.values(), ids=CHANGES)
def test_the_stopwatch_knows_no_clocks_but_the_night_does(session, quiet, wait, left, expected):
    mine = sent_first(session, wait, left, quiet=quiet, weekdays=EVERY_DAY)
    assert planned(session, mine).due_at == here(expected)
    assert send_due(session, here(expected)) == ["b"]


def test_it_may_come_on_a_day_that_is_taken_and_takes_that_day_for_the_next(session):
    mine = sent_first(session, "3 hours", "01-05 09:00", quiet=NIGHT)
    assert send_due(session, here("01-05 12:00")) == ["b"]
    assert planned(session, mine).due_at == here("01-06 09:00")


@pytest.mark.parametrize(
    ("back", "leaves"),
    [("01-05 20:59", "01-05 20:59"), ("01-05 21:30", "01-06 08:00"), ("01-06 03:00", "01-06 08:00")],
)
def test_a_worker_that_comes_back_at_night_waits_for_the_morning(session, back, leaves):
    mine = sent_first(session, "3 hours", "01-05 16:00", quiet=NIGHT)
    came = send_due(session, here(back))
    if back == leaves:
        assert came == ["b"]
        return
    assert came == []
    assert planned(session, mine).due_at == here(leaves)
    assert send_due(session, here(leaves)) == ["b"]


def test_each_readers_night_is_their_own(session):
    course = publish_course(session, "a: immediately", "b: 3 hours", quiet=NIGHT)
    now = at("2027-01-05 18:00")
    nights = {"ana@example.org": "Europe/Berlin", "bo@example.org": "America/New_York"}
    readers = [join(session, course, email, now, timezone=zone) for email, zone in nights.items()]
    assert [send_next(session, each, now + timedelta(seconds=5)) for each in readers] == ["a", "a"]
    dues = [planned(session, each).due_at for each in readers]
    assert dues == [at("2027-01-06 08:00", "Europe/Berlin"), now + timedelta(hours=3, seconds=5)]

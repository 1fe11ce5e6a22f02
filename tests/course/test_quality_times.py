"""When lessons really leave, on both databases: a row for each case of time that the product promises.

Each reader signs up, confirms, and gets every lesson at the due time of its planned row; what is compared is when.
"""

from datetime import time, timedelta

import pytest

from course import wishes
from course.enrollment import Signup, enroll
from course.errors import Refused
from course.models import Reader
from course.schedule import Wishes
from course.schedule.zones import zone
from tests.factories import at, join, planned, publish_change, publish_course, send_due, send_next

NEW_YORK = "America/New_York"
BEFORE = at("2026-01-01 00:00")
MINUTE = timedelta(minutes=1)
# zone, hour, confirmed (local), when the first lessons leave (UTC)
WALL_TIMES = {
    "New York in spring": (
        NEW_YORK, "09:00", "2027-03-13 00:00", ("2027-03-13 14:00", "2027-03-14 13:00", "2027-03-15 13:00"),
    ),
    "New York in autumn": (NEW_YORK, "09:00", "2027-11-06 00:00", ("2027-11-06 13:00", "2027-11-07 14:00")),
    "New York, an hour that is jumped over": (NEW_YORK, "02:30", "2027-03-13 12:00", ("2027-03-14 07:30",)),
    "New York, an hour that comes twice": (
        NEW_YORK, "01:30", "2027-11-06 12:00", ("2027-11-07 05:30", "2027-11-08 06:30"),
    ),
    "Berlin in spring": ("Europe/Berlin", "02:30", "2027-03-27 12:00", ("2027-03-28 01:30",)),
    "Berlin in autumn": ("Europe/Berlin", "02:30", "2027-10-30 12:00", ("2027-10-31 00:30", "2027-11-01 01:30")),
    "Kathmandu": ("Asia/Kathmandu", "09:00", "2027-01-10 00:00", ("2027-01-10 03:15",)),
    "Apia": ("Pacific/Apia", "09:00", "2027-01-10 00:00", ("2027-01-09 20:00",)),
    "Santiago, no midnight": ("America/Santiago", "00:00", "2026-09-05 12:00", ("2026-09-06 04:00",)),
    "Cairo, no midnight": ("Africa/Cairo", "00:00", "2027-04-29 12:00", ("2027-04-29 22:00",)),
    "a second before the hour": (NEW_YORK, "09:00", "2027-01-05 08:59:59", ("2027-01-05 14:00",)),
    "at the hour": (NEW_YORK, "09:00", "2027-01-05 09:00:00", ("2027-01-06 14:00",)),
    "late in the evening": (NEW_YORK, "09:00", "2027-01-05 23:59", ("2027-01-06 14:00",)),
    "Kiev, as it was spelled": ("Europe/Kiev", "09:00", "2027-01-10 00:00", ("2027-01-10 07:00",)),
    "Calcutta, as it was spelled": ("Asia/Calcutta", "09:00", "2027-01-10 00:00", ("2027-01-10 03:30",)),
}  # fmt: skip
# What no list of zones holds, whatever the system's zone data says of it.
NOWHERE = ("Mars/Base", "../etc/passwd", "localtime", "posixrules", "Factory", "a\0b", "\0")


def here(text: str):
    return at(text, NEW_YORK)


def a_course(session, *lessons: str, **schedule: str):
    return publish_course(session, *(lessons or ("a: 0 days", "b", "c")), at=BEFORE, **schedule)


def due(session, mine):
    return planned(session, mine).due_at


@pytest.mark.parametrize(("name", "hour", "confirmed", "expected"), WALL_TIMES.values(), ids=WALL_TIMES)
def test_a_daily_lesson_leaves_at_its_wall_time(session, name, hour, confirmed, expected):
    mine = join(session, a_course(session, hour=hour), now=at(confirmed, name), timezone=name)
    for key, instant in zip("abc", expected, strict=False):
        assert send_due(session, at(instant) - MINUTE) == []
        assert due(session, mine) == at(instant)
        assert send_due(session, at(instant))[:1] == [key]


@pytest.mark.parametrize("name", [NEW_YORK, "Asia/Kathmandu"])
def test_on_weekdays_only_the_days_are_the_readers_own(session, name):
    course = a_course(session, weekdays="[mon, tue, wed, thu, fri]")
    mine = join(session, course, now=at("2027-01-01 18:00", name), timezone=name)
    assert due(session, mine) == at("2027-01-04 09:00", name)


def test_who_moves_over_the_date_line_does_not_get_two_lessons_in_a_day(session):
    mine = join(session, a_course(session), now=here("2027-01-10 08:00"))
    assert send_next(session, mine, at("2027-01-10 14:00")) == "a"
    wishes.set_wishes(session, mine, Wishes("Pacific/Apia"), at("2027-01-10 15:00"))
    assert send_due(session, at("2027-01-11 19:59")) == []
    assert due(session, mine) == at("2027-01-11 20:00")


@pytest.mark.parametrize(
    ("hour", "new", "changed", "sent_today", "expected"),
    [
        ("10:00", time(8), "2027-01-05 09:00", False, "2027-01-05 09:00"),
        ("09:00", time(18), "2027-01-05 10:00", True, "2027-01-06 18:00"),
    ],
    ids=["earlier, and today's has not come", "later, and today's has come"],
)
def test_an_hour_that_is_moved_in_the_course_of_a_day(session, hour, new, changed, sent_today, expected):
    mine = join(session, a_course(session, hour=hour, quiet="21:00-08:00"), now=here("2027-01-05 07:00"))
    if sent_today:
        assert send_next(session, mine) == "a"
    wishes.set_wishes(session, mine, Wishes(None, new), here(changed))
    assert due(session, mine) == here(expected)
    assert send_due(session, here(expected)) == ["b" if sent_today else "a"]


@pytest.mark.parametrize("took", [0, 7], ids=["accepted at once", "accepted seven seconds later"])
def test_after_days_down_one_lesson_goes_and_the_next_keeps_its_hour(session, took):
    mine = join(session, a_course(session), now=here("2027-01-09 08:00"))
    assert send_next(session, mine) == "a"
    assert send_due(session, here("2027-01-12 15:00"), timedelta(seconds=took)) == ["b"]
    assert send_due(session, here("2027-01-13 08:59")) == []
    assert due(session, mine) == here("2027-01-13 09:00")


def test_fridays_lesson_that_was_missed_comes_on_monday_where_saturday_is_closed(session):
    course = a_course(session, "a: 0 days", "b", weekdays="[mon, tue, wed, thu, fri]")
    mine = join(session, course, now=here("2027-01-07 08:00"))
    assert send_next(session, mine) == "a"
    assert send_due(session, here("2027-01-09 08:00")) == []
    assert due(session, mine) == here("2027-01-11 09:00")
    assert send_due(session, here("2027-01-11 09:00"))[0] == "b"


def test_who_had_everything_still_gets_what_lay_ahead_when_it_is_swapped_with_the_last(session):
    course = publish_course(session, "a: 0 days", "b", "c", "d", at=BEFORE, ends="no")
    mine = join(session, course, now=here("2027-01-05 08:00"))
    assert [send_next(session, mine) for _ in "abcd"] == ["a", "b", "c", "d"]
    publish_change(session, course, "a: 0 days", "b", "c", "d", "e", at=here("2027-01-08 10:00"), ends="no")
    publish_change(session, course, "a: 0 days", "b", "c", "e", "d", at=here("2027-01-08 11:00"), ends="no")
    assert send_due(session, here("2027-01-09 09:00")) == ["e"]


def test_a_zone_that_is_none_is_refused_wherever_a_reader_can_name_one(session):
    course = a_course(session)
    mine = join(session, course, now=here("2027-01-05 08:00"))
    for name in NOWHERE:
        with pytest.raises(Refused) as refused:
            enroll(session, course.slug, Signup("bo@example.org", timezone=name), here("2027-01-05 08:00"))
        assert list(refused.value.reasons) == ["timezone"]
    for name in (*NOWHERE, ""):
        with pytest.raises(Refused) as refused:
            wishes.set_wishes(session, mine, Wishes(name), here("2027-01-05 08:00"))
        assert list(refused.value.reasons) == ["timezone"]
    assert due(session, mine) == here("2027-01-05 09:00")


@pytest.mark.parametrize("name", [*(each for each in NOWHERE if "\0" not in each), ""])
def test_a_zone_that_stands_in_the_table_all_the_same_stops_nobodys_lessons(session, name):
    course = a_course(session)
    mine = join(session, course, now=here("2027-01-05 08:00"))
    session.get_one(Reader, mine.reader_id).timezone = name
    assert zone(name) is None
    assert send_next(session, mine, here("2027-01-05 09:00")) == "a"
    wishes.set_wishes(session, mine, Wishes(name, time(10)), here("2027-01-05 11:00"))
    assert due(session, mine) == here("2027-01-06 10:00")

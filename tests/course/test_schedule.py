"""Each row says when a lesson must come, as an exact instant in UTC."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest

from course.schedule import (
    NoSlot,
    Past,
    Rules,
    Slot,
    Wishes,
    is_quiet,
    local_zone,
    slot,
)
from tests.course.asking import NEW_YORK, NIGHT, WORKDAYS, clock, local, rules, sent, step, utc, wishes


def daily(confirmed: datetime, rules: Rules, wishes: Wishes) -> Iterator[Slot]:
    """A course of one lesson a day, each sent the moment it is due."""
    past, wait = Past(confirmed), step("0 days")
    while True:
        answer = slot(wait, rules, wishes, past)
        yield answer
        past = Past(answer.at, answer.at, (*past.received, answer.at))
        wait = step("1 day")


@pytest.mark.parametrize(
    ("zone", "hour", "confirmed", "expected"),
    [
        (NEW_YORK, "09:00", "2027-03-13T05:00", ["2027-03-13T14:00", "2027-03-14T13:00", "2027-03-15T13:00"]),
        (NEW_YORK, "09:00", "2027-11-06T05:00", ["2027-11-06T13:00", "2027-11-07T14:00"]),
        (NEW_YORK, "02:30", "2027-03-13T12:00", ["2027-03-14T07:30", "2027-03-15T06:30"]),
        (NEW_YORK, "01:30", "2027-11-07T04:00", ["2027-11-07T05:30", "2027-11-08T06:30"]),
        ("Europe/Berlin", "02:30", "2027-03-27T12:00", ["2027-03-28T01:30", "2027-03-29T00:30"]),
        ("Europe/Berlin", "02:30", "2027-10-30T12:00", ["2027-10-31T00:30", "2027-11-01T01:30"]),
        ("Asia/Kathmandu", "09:00", "2027-01-09T20:00", ["2027-01-10T03:15"]),
        ("Pacific/Apia", "09:00", "2027-01-09T11:00", ["2027-01-09T20:00"]),
        ("America/Santiago", "00:00", "2026-09-05T12:00", ["2026-09-06T04:00", "2026-09-07T03:00"]),
        ("Africa/Cairo", "00:00", "2027-04-29T12:00", ["2027-04-29T22:00", "2027-04-30T21:00"]),
        ("Europe/Kiev", "09:00", "2027-01-10T00:00", ["2027-01-10T07:00"]),
        ("Asia/Calcutta", "09:00", "2027-01-10T00:00", ["2027-01-10T03:30"]),
    ],
)
def test_a_daily_lesson_keeps_its_wall_time(zone, hour, confirmed, expected):
    course = daily(utc(confirmed), rules(hour), wishes(zone))
    assert [next(course).at for _ in expected] == [utc(instant) for instant in expected]


def test_a_lesson_inside_the_repeated_hour_comes_once():
    slots = daily(local("2027-11-06T12:00"), rules("01:30"), wishes())
    assert [next(slots).local.isoformat() for _ in range(2)] == [
        "2027-11-07T01:30:00-04:00",
        "2027-11-08T01:30:00-05:00",
    ]


@pytest.mark.parametrize(
    ("wait", "anchor", "expected"),
    [
        ("0 days", "2027-01-05T08:59:59", "2027-01-05T09:00"),
        ("0 days", "2027-01-05T09:00:00", "2027-01-06T09:00"),
        ("0 days", "2027-01-05T23:59:00", "2027-01-06T09:00"),
        ("1 day", "2027-01-05T08:59:59", "2027-01-06T09:00"),
        ("2 days", "2027-01-05T23:59:00", "2027-01-07T09:00"),
        ("1 week", "2027-01-05T09:00:00", "2027-01-12T09:00"),
        ("on 2027-02-01", "2027-01-05T09:00", "2027-02-01T09:00"),
        ("on 2027-01-05", "2027-01-05T08:00", "2027-01-05T09:00"),
        ("on 2027-01-05", "2027-01-05T10:00", "2027-01-06T09:00"),
        ("on 2026-12-24", "2027-01-05T10:00", "2027-01-06T09:00"),
        ("next tuesday", "2027-01-05T08:00", "2027-01-12T09:00"),
        ("next wednesday", "2027-01-05T23:00", "2027-01-06T09:00"),
        ("next monday", "2027-01-05T09:00", "2027-01-11T09:00"),
        ("90 minutes", "2027-01-05T22:10", "2027-01-05T23:40"),
        ("6 hours", "2027-03-13T22:00", "2027-03-14T05:00"),
        ("immediately", "2027-01-05T22:10:00", "2027-01-05T22:10:00.000001"),
    ],
)
def test_every_kind_of_wait_counts_from_the_anchor(wait, anchor, expected):
    assert slot(step(wait), rules(), wishes(), Past(local(anchor))).at == local(expected)


def test_the_hour_is_the_lessons_else_the_readers_else_the_courses():
    past = Past(local("2027-01-05T05:00"))
    hours = [
        slot(step("0 days", lesson), rules("09:00"), wishes(hour=reader), past).local.hour
        for lesson, reader in [("11:00", "10:00"), (None, "10:00"), (None, None), ("00:00", "10:00")]
    ]
    assert hours == [11, 10, 9, 0]


@pytest.mark.parametrize(
    ("wait", "pace", "days"),
    [
        ("2 days", 2.0, 4),
        ("3 days", 1.5, 5),
        ("3 days", 0.5, 2),
        ("1 day", 0.25, 1),
        ("0 days", 3.0, 0),
        ("1 week", 0.5, 4),
        ("1 week", 1.5, 11),
        ("50 days", 1.1, 55),
        ("on 2027-01-07", 2.0, 2),
        ("next thursday", 2.0, 2),
    ],
)
def test_the_pace_scales_days_and_weeks_only(wait, pace, days):
    answer = slot(step(wait), rules(), wishes(pace=pace), Past(local("2027-01-05T08:00")))
    assert answer.at == local("2027-01-05T09:00") + timedelta(days=days)


def test_the_pace_leaves_hours_alone():
    anchor = local("2027-01-05T08:00")
    assert slot(step("6 hours"), rules(), wishes(pace=2), Past(anchor)).at == anchor + timedelta(hours=6)


@pytest.mark.parametrize(
    ("wait", "anchor", "changes", "expected", "why"),
    [
        (
            "0 days",
            "2027-01-01T18:00",
            {"weekdays": WORKDAYS},
            "2027-01-04T09:00",
            ("09:00 had passed that day.", "Sat and Sun are closed."),
        ),
        ("1 day", "2027-01-01T08:00", {"weekdays": WORKDAYS}, "2027-01-04T09:00", ("Sat and Sun are closed.",)),
        ("next sunday", "2027-01-01T08:00", {"weekdays": WORKDAYS}, "2027-01-04T09:00", ("Sun is closed.",)),
        (
            "1 day",
            "2027-12-23T08:00",
            {"skip": ((date(2027, 12, 24), date(2027, 12, 26)),)},
            "2027-12-27T09:00",
            ("The course rests from 2027-12-24 to 2027-12-26.",),
        ),
        (
            "on 2027-12-24",
            "2027-12-01T08:00",
            {"skip": ((date(2027, 12, 24), date(2027, 12, 24)),), "weekdays": WORKDAYS},
            "2027-12-27T09:00",
            ("The course rests on 2027-12-24.", "Sat and Sun are closed."),
        ),
        ("3 hours", "2027-01-05T20:00", {"quiet": NIGHT}, "2027-01-06T08:00", None),
        ("3 hours", "2027-01-05T03:00", {"quiet": NIGHT}, "2027-01-05T08:00", None),
        ("3 hours", "2027-01-05T05:00", {"quiet": NIGHT}, "2027-01-05T08:00", ()),
        ("3 hours", "2027-01-05T18:00", {"quiet": NIGHT}, "2027-01-06T08:00", None),
        ("3 hours", "2027-01-05T17:59", {"quiet": NIGHT}, "2027-01-05T20:59", ()),
        ("3 hours", "2027-01-05T12:00", {"quiet": (time(13), time(16))}, "2027-01-05T16:00", None),
        ("3 hours", "2027-01-01T22:00", {"weekdays": WORKDAYS}, "2027-01-04T09:00", ("Sat and Sun are closed.",)),
        ("3 hours", "2027-01-01T20:00", {"weekdays": WORKDAYS, "quiet": NIGHT}, "2027-01-04T09:00", None),
        ("20 minutes", "2027-11-07T00:50", {"quiet": (time(22), time(1, 30))}, "2027-11-07T01:30", None),
    ],
)
def test_a_closed_day_or_a_quiet_hour_pushes_the_slot(wait, anchor, changes, expected, why):
    answer = slot(step(wait), rules(**changes), wishes(), Past(local(anchor)))
    assert answer.at == local(expected)
    assert why is None or answer.why == why


def test_quiet_hours_end_in_the_round_of_the_repeated_hour_that_we_are_in():
    anchor = utc("2027-11-07T06:05")  # 01:05, the second time
    answer = slot(step("5 minutes"), rules(quiet=(time(22), time(1, 30))), wishes(), Past(anchor))
    assert answer.at == utc("2027-11-07T06:30")


def test_quiet_hours_whose_end_is_jumped_over_end_when_it_would_have_been():
    answer = slot(step("1 hour"), rules(quiet=(time(22), time(2, 30))), wishes(), Past(local("2027-03-14T00:50")))
    assert answer.at == utc("2027-03-14T07:30")


def test_quiet_hours_of_nearly_a_day_are_left_at_the_end_that_is_not_quiet_again():
    quiet = (time(3, 15), time(2, 30))
    answer = slot(step("1 hour"), rules(quiet=quiet), wishes(), Past(local("2027-03-13T12:00")))
    assert answer.at == local("2027-03-15T02:30")


@pytest.mark.parametrize(
    ("hour", "quiet", "expected"),
    [
        ("22:00", NIGHT, "2027-01-07T08:00"),
        ("06:00", NIGHT, "2027-01-06T08:00"),
        ("08:00", NIGHT, "2027-01-06T08:00"),
        ("21:00", NIGHT, "2027-01-07T08:00"),
        ("13:00", (time(12), time(14)), "2027-01-06T14:00"),
        ("13:00", (time(13), time(13)), "2027-01-06T13:00"),
    ],
)
def test_an_hour_inside_quiet_hours_moves_to_their_end(hour, quiet, expected):
    answer = slot(step("1 day", hour), rules(quiet=quiet), wishes(), Past(local("2027-01-05T12:00")))
    assert answer.at == local(expected)


def test_the_open_day_is_the_one_on_which_a_moved_hour_ends():
    friday = Past(local("2027-01-07T12:00"))
    answer = slot(step("1 day", "22:00"), rules(quiet=NIGHT, weekdays=WORKDAYS), wishes(), friday)
    assert answer.at == local("2027-01-11T08:00")
    assert answer.why == ("Sat and Sun are closed.", "22:00 lies in the quiet hours, so it waits until 08:00.")


def test_a_day_on_which_a_lesson_came_is_taken_for_day_based_ones_only():
    past = Past(local("2027-01-05T07:00"), None, (local("2027-01-05T07:00"),))
    by_days, by_hours = (slot(step(wait), rules(), wishes(), past) for wait in ("0 days", "3 hours"))
    assert (by_days.at, by_days.why) == (local("2027-01-06T09:00"), ("You already get a lesson that day.",))
    assert by_hours.at == local("2027-01-05T10:00")


def test_the_gap_lies_between_slots_not_between_seconds_of_acceptance():
    moved_earlier = slot(step("1 day"), rules("08:00"), wishes(), sent(local("2027-01-05T18:00")))
    assert moved_earlier.at == local("2027-01-07T08:00")
    assert moved_earlier.why == ("Two lessons lie at least 18 hours apart.",)
    accepted_late = sent(local("2027-01-05T20:59"), slot_at=local("2027-01-05T09:00"))
    assert slot(step("1 day"), rules(), wishes(), accepted_late).at == local("2027-01-06T09:00")


def test_exactly_the_gap_is_enough():
    past = sent(local("2027-01-05T15:00"))
    assert slot(step("1 day"), rules("09:00"), wishes(), past).at == local("2027-01-06T09:00")
    assert slot(step("1 day"), rules("08:59"), wishes(), past).at == local("2027-01-07T08:59")


def test_a_reader_who_flies_over_the_date_line_is_not_mailed_six_hours_later():
    moved = slot(step("1 day"), rules(), wishes("Pacific/Apia"), sent(utc("2027-01-10T14:00")))
    assert moved.at == utc("2027-01-11T20:00")


@pytest.mark.parametrize("name", ["Mars/Base", "", "../etc/passwd", "localtime", "Factory", "a\0b", None])
def test_an_unknown_zone_falls_back_to_the_courses_and_says_so(name):
    answer = slot(step("0 days"), rules(), wishes(name), Past(local("2027-01-05T05:00")))
    assert (answer.at, answer.zone_unknown) == (local("2027-01-05T09:00"), True)
    assert answer.why == ("Your time zone is not known; America/New_York is used.",)


def test_a_course_whose_own_zone_is_unknown_stops_nobody():
    course = Rules(time(9), "Mars/Base")
    assert slot(step("0 days"), course, Wishes(), Past(utc("2027-01-05T05:00"))).at == utc("2027-01-05T09:00")
    known = slot(step("0 days"), course, wishes(), Past(utc("2027-01-05T05:00")))
    assert (known.at, known.zone_unknown) == (utc("2027-01-05T14:00"), False)


def test_a_jumped_hour_is_explained():
    answer = slot(step("1 day"), rules("02:30"), wishes(), Past(local("2027-03-13T12:00")))
    assert answer.why == ("02:30 does not exist on that day; the clock jumps, so 1 hour later.",)
    half = slot(step("1 day"), rules("02:00"), wishes("Australia/Lord_Howe"), Past(utc("2027-10-02T03:00")))
    assert half.why == ("02:00 does not exist on that day; the clock jumps, so 30 minutes later.",)


def test_a_cohort_date_that_has_passed_is_explained():
    answer = slot(step("on 2026-12-24"), rules(), wishes(), Past(local("2027-01-05T08:00")))
    assert answer.why == ("2026-12-24 had passed, so it is the next open day.",)


def test_no_open_day_within_a_year_is_an_error_that_says_why():
    never = rules(skip=((date(2027, 1, 6), date(2028, 1, 7)),))
    with pytest.raises(NoSlot, match="The course rests from 2027-01-06 to 2028-01-07"):
        slot(step("1 day"), never, wishes(), Past(local("2027-01-05T08:00")))
    just = rules(skip=((date(2027, 1, 6), date(2028, 1, 6)),))
    assert slot(step("1 day"), just, wishes(), Past(local("2027-01-05T08:00"))).at == local("2028-01-07T09:00")
    with pytest.raises(NoSlot):
        slot(step("6 hours"), rules(weekdays=frozenset()), wishes(), Past(local("2027-01-05T08:00")))


def test_a_wait_beyond_the_calendar_is_no_slot_rather_than_a_crash():
    with pytest.raises(NoSlot, match="calendar"):
        slot(step("9 days"), rules(), wishes(pace=1e6), Past(local("2027-01-05T08:00")))


def test_a_naive_anchor_is_refused_instead_of_read_as_this_machines_time():
    with pytest.raises(ValueError, match="aware"):
        Past(datetime(2027, 1, 5))  # noqa: DTZ001


def test_quiet_hours_include_their_start_and_not_their_end():
    assert [is_quiet(clock(at), NIGHT) for at in ("20:59", "21:00", "00:00", "07:59", "08:00")] == [
        False, True, True, True, False,
    ]  # fmt: skip
    assert not is_quiet(time(3), None)


def test_days_are_counted_in_the_readers_zone_else_the_courses():
    assert local_zone(rules(), wishes("Asia/Tokyo")).key == "Asia/Tokyo"
    assert local_zone(rules(), wishes("Mars/Base")).key == NEW_YORK

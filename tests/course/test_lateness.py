"""What becomes of a lesson whose slot has passed, that is planned anew, or that today has no room for."""

from datetime import date

import pytest

from course.schedule import Past, latest_recurrence, slot, useless, when_capped, when_late, when_replanned
from tests.course.asking import NIGHT, WORKDAYS, local, rules, sent, step, utc, wishes

LATE = [
    # wait, slot, now, rules, received, expected
    ("1 day", "2027-01-10T09:00", "2027-01-10T09:00", {}, [], "now"),
    ("1 day", "2027-01-10T09:00", "2027-01-10T08:59", {}, [], "2027-01-10T09:00"),
    ("1 day", "2027-01-10T09:00", "2027-01-12T15:00", {}, [], "now"),
    ("1 day", "2027-01-10T09:00", "2027-01-10T21:00", {}, [], "now"),
    ("1 day", "2027-01-10T09:00", "2027-01-10T21:01", {}, [], "2027-01-11T09:00"),
    ("1 day", "2027-01-10T18:00", "2027-01-11T05:00", {"hour": "18:00"}, [], "now"),
    ("1 day", "2027-01-10T18:00", "2027-01-11T05:00", {"hour": "18:00", "quiet": NIGHT}, [], "2027-01-11T18:00"),
    ("1 day", "2027-01-08T09:00", "2027-01-09T10:00", {"weekdays": WORKDAYS}, [], "2027-01-11T09:00"),
    ("1 day", "2027-01-08T18:00", "2027-01-09T01:00", {"hour": "18:00", "weekdays": WORKDAYS}, [], "2027-01-11T18:00"),
    ("1 day", "2027-01-10T09:00", "2027-01-10T10:00", {}, ["2027-01-10T07:00"], "2027-01-11T09:00"),
    ("6 hours", "2027-01-10T09:00", "2027-01-10T10:00", {}, ["2027-01-10T07:00"], "now"),
    ("6 hours", "2027-01-10T20:59", "2027-01-10T21:01", {"quiet": NIGHT}, [], "2027-01-11T08:00"),
    ("6 hours", "2027-01-10T15:00", "2027-01-11T08:30", {}, [], "2027-01-11T09:00"),
    ("6 hours", "2027-01-10T15:00", "2027-01-11T12:00", {}, [], "now"),
    ("immediately", "2027-01-10T09:00", "2027-01-12T23:00", {"quiet": NIGHT}, ["2027-01-12T22:59"], "now"),
    ("1 day", "2027-01-10T08:00", "2027-01-11T07:00", {"hour": "22:00", "quiet": NIGHT}, [], "2027-01-11T08:00"),
    ("1 day", "2027-01-10T08:00", "2027-01-12T09:00", {"hour": "22:00", "quiet": NIGHT}, [], "now"),
]


@pytest.mark.parametrize(("wait", "slot_at", "now", "changes", "received", "expected"), LATE)
def test_a_late_lesson_goes_now_or_at_the_next_slot(wait, slot_at, now, changes, received, expected):
    past = Past(local("2027-01-07T09:00"), local("2027-01-07T09:00"), tuple(map(local, received)))
    answer = when_late(local(slot_at), step(wait), rules(**changes), wishes(), past, local(now))
    assert answer == local(now if expected == "now" else expected)


def test_after_three_days_down_a_reader_gets_one_lesson_and_the_rest_moves():
    before = sent(local("2027-01-09T09:00"))
    missed = slot(step("1 day"), rules(), wishes(), before).at
    back = local("2027-01-12T15:00")
    assert when_late(missed, step("1 day"), rules(), wishes(), before, back) == back
    counted = latest_recurrence(missed, step("1 day"), rules(), wishes(), back)
    assert counted == local("2027-01-12T09:00")
    for accepted in (back, local("2027-01-12T15:00:07")):
        following = slot(step("1 day"), rules(), wishes(), sent(accepted, counted))
        assert following.at == local("2027-01-13T09:00")


def test_a_late_lesson_that_is_pushed_keeps_the_gap():
    past = Past(local("2027-01-09T09:00"), local("2027-01-10T20:00"))
    answer = when_late(local("2027-01-09T10:00"), step("1 day"), rules(), wishes(), past, local("2027-01-10T23:00"))
    assert answer == local("2027-01-12T09:00")


@pytest.mark.parametrize(
    ("hour", "now", "past", "quiet", "expected"),
    [
        ("08:00", "2027-01-05T09:00", sent(local("2027-01-04T10:00")), NIGHT, "now"),
        ("18:00", "2027-01-05T10:00", sent(local("2027-01-05T09:00")), NIGHT, "2027-01-06T18:00"),
        ("08:00", "2027-01-05T20:00", sent(local("2027-01-04T10:00")), None, "now"),
        ("08:00", "2027-01-05T20:01", sent(local("2027-01-04T10:00")), None, "2027-01-06T08:00"),
        ("18:00", "2027-01-05T22:00", sent(local("2027-01-04T10:00")), NIGHT, "2027-01-06T18:00"),
        ("18:00", "2027-01-05T10:00", sent(local("2027-01-04T10:00")), NIGHT, "2027-01-05T18:00"),
    ],
)
def test_a_plan_made_anew_asks_the_new_slot_itself(hour, now, past, quiet, expected):
    answer = when_replanned(step("1 day"), rules(hour, quiet=quiet), wishes(), past, local(now))
    assert answer.at == local(now if expected == "now" else expected)


def test_a_lesson_that_goes_now_still_counts_from_its_slot():
    now = local("2027-01-05T15:00")
    answer = when_replanned(step("1 day"), rules("08:00"), wishes(), sent(local("2027-01-04T10:00")), now)
    assert (answer.at, answer.local, answer.late_for) == (now, now, local("2027-01-05T08:00"))
    assert answer.why == ("08:00 on 2027-01-05 has passed, so it goes now.",)
    following = slot(step("1 day"), rules("08:00"), wishes(), sent(now, answer.slot_at))
    assert following.at == local("2027-01-06T08:00")


def test_immediately_goes_now_however_late_the_plan_is_made():
    night = local("2027-01-09T23:00")
    answer = when_replanned(step("immediately"), rules(quiet=NIGHT), wishes(), sent(local("2027-01-01T10:00")), night)
    assert answer.at == night


@pytest.mark.parametrize(
    ("wait", "now", "expected"),
    [
        ("1 day", "2027-01-05T09:00", "2027-01-06T09:00"),
        ("1 day", "2027-01-05T08:00", "2027-01-06T09:00"),
        ("6 hours", "2027-01-05T23:59", "2027-01-06T09:00"),
        ("1 day", "2027-01-08T09:00", "2027-01-11T09:00"),
    ],
)
def test_a_used_up_day_pushes_to_the_hour_of_the_next_open_day(wait, now, expected):
    past = sent(local("2027-01-04T09:00"))
    assert when_capped(step(wait), rules(weekdays=WORKDAYS), wishes(), past, local(now)).at == local(expected)


def test_a_lesson_is_useless_from_the_local_day_after_its_last():
    until = step("1 day", useless_after=date(2027, 1, 5))
    assert not useless(until, wishes(), rules(), local("2027-01-05T23:59"))
    assert useless(until, wishes(), rules(), local("2027-01-06T00:00"))
    assert useless(until, wishes("Pacific/Apia"), rules(), utc("2027-01-05T11:00"))
    assert not useless(step("1 day"), wishes(), rules(), local("2099-01-01T00:00"))

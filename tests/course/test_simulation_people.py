"""The imagined readers: plausible, within their days, and the same for the same seed."""

from collections import Counter
from dataclasses import replace
from datetime import date, time

import pytest

from course.schedule import known_zone
from course.simulation.people import people
from tests.factories import at, course_source

START = date(2027, 3, 1)


def some(readers: int = 400, days: int = 20, seed: int = 1, **course: str):
    return list(people(course_source(**course), START, days, readers, seed))


def test_the_same_seed_gives_the_same_people_and_another_one_others():
    assert some(seed=7) == some(seed=7) != some(seed=8)


@pytest.mark.parametrize("days", [1, 2, 20])
@pytest.mark.parametrize("timezone", ["America/New_York", "Pacific/Auckland"])
def test_everybody_signs_up_within_the_days_of_the_course_and_confirms_after(days: int, timezone: str):
    everybody = some(days=days, timezone=timezone)
    first, last = at("2027-03-01", timezone), at(f"2027-03-{1 + days:02d}", timezone)
    assert all(first <= each.asked_at < last for each in everybody)
    assert all(each.asked_at < each.confirmed_at for each in everybody)


def test_people_live_in_many_places_and_a_launch_brings_more_of_them():
    everybody = some()
    zones = Counter(each.timezone for each in everybody)
    assert len(zones) > 15
    assert all(name is None or known_zone(name) for name in zones)
    first_days = sum(each.asked_at < at("2027-03-04", "America/New_York") for each in everybody)
    assert 120 < first_days < 220


def test_nobody_wants_mail_in_the_quiet_hours():
    hours = {each.hour for each in some(readers=2000, quiet="20:00-08:00")}
    assert {"06:30", "07:00", "07:30", "20:00", "21:30"}.isdisjoint(hours)
    assert "08:00" in hours
    assert all(hour is None or time.fromisoformat(hour) for hour in hours)


def test_readers_ask_for_nothing_that_their_course_does_not_allow():
    strict = replace(course_source(), reader_may=frozenset())
    everybody = list(people(strict, START, 20, 200, 1))
    assert {(each.timezone, each.hour, each.pace, each.rests) for each in everybody} == {(None, None, 1.0, None)}


def test_some_rest_and_some_never_say_that_they_are_done():
    everybody = some(readers=2000)
    resting = [each for each in everybody if each.rests]
    assert 50 < len(resting) < 150
    assert all(each.rests[0] >= each.confirmed_at and each.rests[1] > each.rests[0].date() for each in resting)
    assert 400 < sum(each.done_after is None for each in everybody) < 600

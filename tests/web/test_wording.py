"""Times in words, and time zones as people look for them."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from course.schedule.waits import parse_wait
from course.schedule.zones import known_zone
from web.public import wording
from web.public.places import city, zone_words, zones
from web.public.stamp import Stamps

NOON = datetime(2027, 1, 10, 12, tzinfo=UTC)


def test_a_moment_names_day_hour_and_place():
    at = datetime(2027, 1, 12, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    assert wording.moment(at, "Europe/Berlin", NOON) == "Tuesday, 12 January at 09:00, Berlin time"


def test_another_year_is_said():
    assert wording.day(date(2028, 2, 29), date(2027, 1, 10)) == "Tuesday, 29 February 2028"


@pytest.mark.parametrize(
    ("wait", "first", "words"),
    [
        ("immediately", True, "At once, when you have confirmed"),
        ("immediately", False, "Together with the one before"),
        ("2 days", True, "2 days after you have confirmed"),
        ("1 week", False, "1 week later"),
        ("0 days", True, "At your next hour"),
        ("next monday", False, "On the next Monday"),
        ("on 2027-03-28", False, "On 28 March 2027"),
    ],
)
def test_waits_in_words(wait: str, first: bool, words: str):
    assert wording.when_it_comes(parse_wait(wait), first=first) == words


@pytest.mark.parametrize(
    ("waits", "words"),
    [
        (["immediately", "2 days", "1 week"], "over 9 days"),
        (["immediately", "2 weeks", "2 weeks"], "over 4 weeks"),
        (["0 days", "12 hours", "36 hours"], "over 2 days"),
        (["immediately"], ""),
        (["0 days", "next monday"], ""),
    ],
)
def test_how_long_a_course_takes(waits: list[str], words: str):
    assert wording.span(parse_wait(wait) for wait in waits) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (range(7), "Every day of the week"),
        (range(5), "Monday to Friday"),
        ([1], "Tuesdays"),
        ([5, 6, 0], "Mondays, Saturdays and Sundays"),
    ],
)
def test_open_days_in_words(days, words: str):
    assert wording.open_days(frozenset(days)) == words


def test_one_lesson_is_singular():
    assert (wording.lessons(1), wording.lessons(5)) == ("1 lesson", "5 lessons")
    assert wording.clock(time(7, 30)) == "07:30"


def test_places_are_called_as_people_call_them():
    assert city("America/Argentina/Buenos_Aires") == "Buenos Aires"
    assert city("America/St_Johns") == "St. John's"
    assert zone_words("Europe/Berlin") == "Berlin time"
    assert zone_words("UTC") == "UTC"


def test_every_choice_of_a_zone_is_one_that_the_domain_accepts():
    choices = [zone for _, entries in zones().regions for zone, _ in entries]
    assert len(choices) == len(set(choices)) > 300
    assert all(map(known_zone, choices))
    assert zones().holds("Europe/Berlin")
    assert not zones().holds("Mars/Base")


def test_a_form_that_comes_back_within_a_blink_is_too_quick():
    stamps = Stamps("k" * 32, seconds=2)
    opened = stamps.make(NOON)
    assert stamps.too_quick(opened, NOON.replace(second=1))
    assert not stamps.too_quick(opened, NOON.replace(second=2))


def test_a_stamp_that_is_not_ours_is_too_quick_and_none_at_all_is_not():
    stamps = Stamps("k" * 32, seconds=2)
    assert stamps.too_quick(Stamps("x" * 32, 2).make(NOON), NOON.replace(hour=13))
    assert stamps.too_quick("0", NOON)
    assert not stamps.too_quick("", NOON)


@pytest.mark.parametrize(
    ("text", "name", "shown"),
    [
        ("Make room", "Ana", "Make room"),
        ('{{ reader.name | fallback("You") }}, make room', "Ana", "Ana, make room"),
        ('{{ reader.name | fallback("You") }}, make room', "", "You, make room"),
        ("{{ reader.name }}<b>", "<i>", "<i><b>"),
        ("{{ broken", "Ana", "{{ broken"),
    ],
)
def test_a_line_of_an_author_is_shown_without_its_tags(text: str, name: str, shown: str):
    assert wording.line(text, name) == shown

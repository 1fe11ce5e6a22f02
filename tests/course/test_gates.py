"""A lesson that asks for a sign of life, and the one that waits behind it."""

from datetime import timedelta

import pytest

from course import wishes
from course.errors import NotFound
from course.folder import parse_lesson
from course.models import DeliveryState
from course.progress import page
from tests.factories import MONDAY, SOON, at, join, planned, publish_course, send_due, send_next

NEW_YORK = "America/New_York"


def here(text: str):
    return at(text, NEW_YORK)


def asking(key: str, asks: str):
    text = f"---\nid: {key}\nsubject: About {key}\nstatus: published\nwait: immediately\nasks: {asks}\n---\n\nDo it.\n"
    return parse_lesson(text, f"{key}.md")


@pytest.fixture
def waiting(session):
    """Ana has had a lesson that asks for a sign, and has given none."""
    course = publish_course(session, asking("try", "{done: I have done it}"), "after: 1 day")
    ana = join(session, course)
    assert send_due(session, MONDAY + SOON) == ["try"]
    return ana


def test_the_next_lesson_waits_for_the_sign(session, waiting):
    assert planned(session, waiting).due_at is None
    assert send_due(session, here("2027-02-01 09:00")) == []


def test_after_the_sign_it_takes_its_ordinary_slot_and_never_an_earlier_one(session, waiting):
    wishes.say_done(session, waiting, "try", MONDAY + timedelta(hours=1))
    assert planned(session, waiting).due_at == here("2027-01-05 09:00")


def test_a_late_sign_takes_the_slot_that_follows(session, waiting):
    wishes.say_done(session, waiting, "try", here("2027-01-08 23:30"))
    assert planned(session, waiting).due_at == here("2027-01-09 09:00")
    assert send_due(session, here("2027-01-09 09:00")) == ["after", "completion"]


def test_a_second_sign_changes_nothing(session, waiting):
    wishes.say_done(session, waiting, "try", MONDAY + timedelta(hours=1))
    before = planned(session, waiting).due_at
    wishes.say_done(session, waiting, "try", MONDAY + timedelta(hours=9))
    assert planned(session, waiting).due_at == before


def test_a_sign_for_a_lesson_that_never_came_is_not_taken(session, waiting):
    with pytest.raises(NotFound):
        wishes.say_done(session, waiting, "after", MONDAY)


def test_asking_for_the_next_lesson_opens_no_gate(session, waiting):
    assert not wishes.ask_next_now(session, waiting, "after", MONDAY + timedelta(hours=1))
    assert send_due(session, MONDAY + timedelta(hours=2)) == []


def test_a_gate_with_a_fallback_opens_by_itself(session):
    course = publish_course(session, asking("try", "{done: I have done it, fallback: 5 days}"), "after: 1 day")
    ana = join(session, course)
    send_due(session, MONDAY + SOON)
    # Monday 03:00 in New York and five days: Saturday 03:00, so the lesson comes at that day's hour.
    assert planned(session, ana).due_at == here("2027-01-09 09:00")
    assert send_next(session, ana) == "after"


def test_days_of_a_fallback_are_days_of_the_calendar(session):
    course = publish_course(session, asking("try", "{done: Done, fallback: 1 day}"), "after: 1 day")
    ana = join(session, course, now=here("2027-01-04 09:00"))
    send_due(session, here("2027-01-04 09:00") + SOON)
    # Sent a few seconds after nine: the next day's nine o'clock is a day later all the same.
    assert planned(session, ana).due_at == here("2027-01-05 09:00")


def test_the_reader_page_says_what_is_asked_until_it_is_done(session, waiting):
    asked = page(session, waiting).asked
    assert asked is not None
    assert (asked.lesson_key, asked.words) == ("try", "I have done it")
    wishes.say_done(session, waiting, "try", MONDAY + timedelta(hours=1))
    assert page(session, waiting).asked is None
    assert planned(session, waiting).state is DeliveryState.PLANNED

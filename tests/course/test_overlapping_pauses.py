"""A reader rests while the whole course rests, or the other way round: each time counts once, in its own way.

The course of these tests gives "a" on Tuesday, 5 January 2027, at nine in the morning in New York.
"""

from dataclasses import dataclass
from datetime import date

import pytest

from course import planning, wishes
from course.models import EnrollmentState
from course.publishing import pause_course, resume_course
from course.schedule.zones import zone
from tests.factories import at, do_chores, join, planned, publish_course, send_due, send_next


def here(text: str):
    return at(f"2027-01-{text}", "America/New_York")


def day_of(instant):
    return instant.astimezone(zone("America/New_York")).date()


@dataclass(frozen=True)
class Rests:
    """When the course and the reader rest ("DD HH:MM"), and when "b" comes for each way in which the course goes on."""

    wait: str
    course: tuple[str, str]
    reader: tuple[str, str]
    original: str
    restart: str
    active: str


RESTS = {
    # Thursday, Friday and Saturday morning are lost, Friday's not twice.
    "the reader's inside the course's": Rests(
        "3 days", ("06 10:00", "09 10:00"), ("07 10:00", "08 10:00"), "10 09:00", "12 09:00", "11 09:00"
    ),
    # Thursday morning is lost to the course; what the reader rested beside it keeps its dates.
    "the course's inside the reader's": Rests(
        "5 days", ("06 10:00", "07 10:00"), ("05 12:00", "08 12:00"), "10 09:00", "12 09:00", "11 09:00"
    ),
    "the course's inside the reader's, who comes back too late": Rests(
        "2 days", ("05 10:00", "06 10:00"), ("05 09:30", "10 12:00"), "11 09:00", "11 09:00", "11 09:00"
    ),
    "the reader's begins first": Rests(
        "4 days", ("07 10:00", "08 10:00"), ("06 10:00", "07 12:00"), "09 09:00", "12 09:00", "10 09:00"
    ),
    "the reader's ends last": Rests(
        "4 days", ("06 10:00", "07 12:00"), ("07 10:00", "08 10:00"), "09 09:00", "11 09:00", "10 09:00"
    ),
    "the reader's inside the course's, hours": Rests(
        "30 hours", ("05 10:00", "05 20:00"), ("05 12:00", "05 14:00"), "06 15:00", "07 02:00", "07 01:00"
    ),
    "the course's inside the reader's, hours": Rests(
        "30 hours", ("05 12:00", "05 14:00"), ("05 10:00", "05 20:00"), "06 15:00", "06 20:00", "06 17:00"
    ),
}
MODES = ("original", "restart", "active")


def live_through(session, rests: Rests, mode: str):
    """Both rest and come back, in the order in which it happens; gives the course and the enrollment."""
    course = publish_course(session, "a", f"b: {rests.wait}", "c: 1 day")
    mine = join(session, course)
    assert send_next(session, mine, here("05 09:00")) == "a"
    acts = {
        rests.course[0]: lambda now: pause_course(session, course, now),
        rests.course[1]: lambda now: resume_course(session, course, mode, now),
        rests.reader[0]: lambda now: wishes.pause(session, mine, None, now),
        rests.reader[1]: lambda now: wishes.resume(session, mine, now),
    }
    for when in sorted(acts):
        assert send_due(session, here(when)) == [], "nothing comes while anybody rests"
        acts[when](here(when))
        do_chores(session, here(when))
    return course, mine


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("rests", RESTS.values(), ids=RESTS)
def test_pauses_that_overlap_count_once(session, rests, mode):
    _, mine = live_through(session, rests, mode)
    expected = here(getattr(rests, mode))
    assert planned(session, mine).due_at == expected
    planning.advance(session, mine.id, here(max(rests.course[1], rests.reader[1])))
    assert planned(session, mine).due_at == expected, "one reader alone is planned as all are"
    assert send_due(session, expected) == ["b"], "one lesson, and no more on that day"
    assert day_of(planned(session, mine).due_at) > day_of(expected)


@pytest.mark.parametrize("mode", MODES)
def test_a_readers_day_that_comes_while_the_course_rests_wakes_nobody(session, mode):
    course = publish_course(session, "a", "b: 2 days", "c: 1 day")
    mine = join(session, course)
    assert send_next(session, mine, here("05 09:00")) == "a"
    wishes.pause(session, mine, date(2027, 1, 8), here("05 12:00"))
    pause_course(session, course, here("06 10:00"))
    assert send_due(session, here("08 09:00")) == []
    resume_course(session, course, mode, here("09 10:00"))
    do_chores(session, here("09 10:00"))
    due = here({"original": "10 09:00", "restart": "11 09:00", "active": "10 09:00"}[mode])
    assert planned(session, mine).due_at == due
    assert send_due(session, due) == ["b"]
    assert mine.state is EnrollmentState.ACTIVE


@pytest.mark.parametrize("mode", MODES)
def test_a_course_that_goes_on_wakes_no_reader_who_rests(session, mode):
    course = publish_course(session, "a", "b: 2 days", "c: 1 day")
    mine = join(session, course)
    assert send_next(session, mine, here("05 09:00")) == "a"
    pause_course(session, course, here("05 12:00"))
    wishes.pause(session, mine, date(2027, 1, 14), here("05 13:00"))
    resume_course(session, course, mode, here("06 10:00"))
    do_chores(session, here("06 10:00"))
    assert planned(session, mine).due_at == here("14 09:00")
    assert send_due(session, here("13 23:00")) == []
    assert send_due(session, here("14 09:00")) == ["b"]
    assert planned(session, mine).due_at == here("15 09:00")


def test_nothing_that_a_reader_asks_for_comes_while_the_course_rests(session):
    course = publish_course(session, "a", "b: 2 days")
    mine = join(session, course)
    assert send_next(session, mine, here("05 09:00")) == "a"
    pause_course(session, course, here("05 10:00"))
    assert not wishes.ask_next_now(session, mine, "b", here("05 11:00"))
    assert send_due(session, here("05 11:00")) == []

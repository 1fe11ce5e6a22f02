"""A cap on the lessons that one reader gets in a day, over all courses."""

from course.models import DeliveryState
from tests.factories import MONDAY, SOON, at, join, planned, publish_course, send_due


def here(text: str):
    return at(text, "America/New_York")


def test_the_second_course_waits_for_the_next_day(session):
    first = publish_course(session, "one: immediately", "two: 1 day", slug="first", cap="1")
    second = publish_course(session, "three: immediately", "four: 1 day", slug="second", cap="1")
    ana = join(session, first)
    other = join(session, second)
    assert sorted(send_due(session, MONDAY + SOON)) == ["one"]
    assert planned(session, other).due_at == here("2027-01-05 09:00")
    days = [send_due(session, here(f"2027-01-0{day} 09:00")) for day in (5, 6, 7)]
    lessons = [[key for key in day if key != "completion"] for day in days]
    assert [len(day) for day in lessons] == [1, 1, 1]
    assert sorted(key for day in lessons for key in day) == ["four", "three", "two"]
    assert ana.state == other.state == "completed"


def test_without_a_cap_both_come(session):
    for slug in ("first", "second"):
        join(session, publish_course(session, "one: immediately", "two: 1 day", slug=slug))
    assert send_due(session, MONDAY + SOON) == ["one", "one"]


def test_a_cap_of_one_course_counts_what_others_sent(session):
    open_course = publish_course(session, "one: immediately", slug="open", ends="no")
    capped = publish_course(session, "three: immediately", slug="capped", cap="1")
    join(session, open_course)
    assert send_due(session, MONDAY + SOON) == ["one"]
    ana = join(session, capped)
    assert send_due(session, MONDAY + SOON + SOON) == []
    assert planned(session, ana).state is DeliveryState.PLANNED

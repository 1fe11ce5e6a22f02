"""The dates of a course for somebody imagined, and the reasons beside them."""

from course.schedule import Wishes
from course.timeline import HELD, NOW, SENT, imagined, sequence_of, timeline
from tests.course.test_gates import asking
from tests.factories import MONDAY, at, course_source

NEW_YORK = Wishes("America/New_York")


def here(text: str):
    return at(text, "America/New_York")


def stops(source, confirmed, sent=None, now=None, wishes=NEW_YORK):
    return list(timeline(imagined(sequence_of(source, MONDAY), confirmed, wishes, sent or {}), now))


def test_dates_keep_their_hour_across_the_change_of_clocks():
    came = stops(course_source("a: immediately", "b: 1 day", "c: 1 day"), here("2027-03-12 22:00"))
    assert [stop.due for stop in came][1:] == [here("2027-03-13 09:00"), here("2027-03-14 09:00")]
    assert [f"{stop.local:%H:%M %Z}" for stop in came] == ["22:00 EST", "09:00 EST", "09:00 EDT"]


def test_every_date_says_why():
    source = course_source("a: immediately", "b: 2 days", "c: 6 hours", weekdays="[mon, tue, wed, thu, fri]")
    came = stops(source, here("2027-01-07 18:00"))
    assert came[0].why == ("Immediately after confirmation.",)
    assert came[1].why[0] == "2 days after the lesson before, at 09:00."
    assert any("Sat" in why for why in came[1].why)
    assert came[2].why[0] == "6 hours after the lesson before."


def test_what_was_sent_stands_first_and_the_rest_counts_from_it():
    source = course_source("a: immediately", "b: 1 day", "c: 1 day")
    came = stops(source, here("2027-01-04 08:00"), {"a": here("2027-01-04 08:00"), "b": here("2027-01-06 15:00")})
    assert [(stop.lesson, stop.sent) for stop in came] == [("a", True), ("b", True), ("c", False)]
    assert came[0].why == (SENT,)
    assert came[2].due == here("2027-01-07 09:00")


def test_after_an_outage_one_lesson_comes_now_and_the_next_at_its_hour():
    source = course_source("a: immediately", "b: 1 day", "c: 1 day")
    noon = here("2027-01-12 15:00")
    came = stops(source, here("2027-01-09 08:00"), {"a": here("2027-01-09 08:00")}, here("2027-01-10 15:00"))
    assert (came[1].due, came[1].why) == (here("2027-01-10 15:00"), (NOW,))
    late = stops(source, here("2027-01-09 08:00"), {"a": here("2027-01-09 08:00")}, noon)
    assert late[1].due == here("2027-01-13 09:00")
    assert late[2].due == here("2027-01-14 09:00")


def test_a_lesson_behind_a_closed_gate_has_no_date():
    source = course_source(asking("try", "{done: Done}"), "after: 1 day")
    came = stops(source, MONDAY, {"try": MONDAY}, MONDAY)
    assert (came[1].due, came[1].why) == (None, (HELD,))

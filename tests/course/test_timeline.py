"""The dates of a course for somebody imagined, and the reasons beside them."""

from course.schedule import Wishes
from course.timeline import (
    BEHIND,
    FALLBACK,
    HELD,
    MISSED,
    NOW,
    PUSHED,
    SENT,
    Planned,
    imagined,
    sequence_of,
    timeline,
)
from tests.course.test_gates import asking
from tests.factories import MONDAY, at, course_source, lesson

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
    assert [(stop.due, stop.why[0]) for stop in late[1:2]] == [(noon, NOW)]
    assert late[2].due == here("2027-01-13 09:00")
    night = stops(source, here("2027-01-09 08:00"), {"a": here("2027-01-09 08:00")}, here("2027-01-12 22:00"))
    assert [(stop.due, stop.why[0]) for stop in night[1:2]] == [(here("2027-01-13 09:00"), MISSED)]
    assert night[2].due == here("2027-01-14 09:00")


def test_what_was_sent_late_counts_from_the_slot_that_came_round_last():
    source = course_source("a: 0 days", "b: 1 day", "c: 1 day")
    sent = {"a": here("2027-01-09 09:00"), "b": here("2027-01-12 15:00:07")}
    assert stops(source, here("2027-01-09 08:00"), sent)[2].due == here("2027-01-13 09:00")


def test_a_lesson_that_makes_no_sense_any_more_is_skipped_and_is_no_anchor():
    source = course_source("a: 0 days", lesson("b", "3 days", useless_after="2027-01-06"), "c: 1 day")
    came = stops(source, here("2027-01-04 08:00"))
    assert [(stop.lesson, stop.due) for stop in came[1:]] == [("b", None), ("c", here("2027-01-08 09:00"))]
    assert came[1].why == ("It makes no sense after 2027-01-06, so it is skipped.",)
    late = stops(source, here("2027-01-04 08:00"), {"a": here("2027-01-04 09:00")}, here("2027-01-07 10:00"))
    assert late[2].due == here("2027-01-08 09:00")


def test_a_gate_that_nobody_opens_opens_by_itself_or_never():
    source = course_source(asking("try", "{done: Done, fallback: 5 days}"), "after: 1 day", "last: 1 day")
    came = stops(source, here("2027-01-04 08:00"))
    assert [stop.due for stop in came[1:]] == [here("2027-01-09 09:00"), here("2027-01-10 09:00")]
    assert FALLBACK in came[1].why
    never = stops(course_source(asking("try", "{done: Done}"), "after: 1 day", "last: 1 day"), MONDAY)
    assert [(stop.due, stop.why) for stop in never[1:]] == [(None, (HELD,)), (None, (BEHIND,))]


def test_a_real_row_says_its_own_time():
    source = course_source("a: 0 days", "b: 1 day", "c: 1 day")
    standing = imagined(
        sequence_of(source, MONDAY), here("2027-01-04 08:00"), NEW_YORK, {"a": here("2027-01-04 09:00")}
    )
    pushed = here("2027-01-07 09:00")
    came = list(timeline(standing, here("2027-01-05 08:00"), Planned(pushed, pushed)))
    assert [(stop.due, stop.why) for stop in came[1:2]] == [(pushed, (PUSHED,))]
    assert came[2].due == here("2027-01-08 09:00")
    ordinary = here("2027-01-05 09:00")
    came = list(timeline(standing, here("2027-01-05 08:00"), Planned(ordinary, ordinary)))
    assert came[1].why == ("1 day after the lesson before, at 09:00.",)
    held = list(timeline(standing, here("2027-01-05 08:00"), Planned(ordinary, None)))
    assert [stop.due for stop in held[1:]] == [None, None]


def test_a_lesson_behind_a_closed_gate_has_no_date():
    source = course_source(asking("try", "{done: Done}"), "after: 1 day")
    came = stops(source, MONDAY, {"try": MONDAY}, MONDAY)
    assert (came[1].due, came[1].why) == (None, (HELD,))

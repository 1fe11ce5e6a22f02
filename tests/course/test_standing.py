"""What is said of the dates to come, and that it comes true."""

import pytest

from course import enrollment, outbox, wishes
from course.standing import following, forecast, standing_of
from tests.factories import at, join, planned, publish_course, send_next


def here(text: str):
    return at(text, "America/New_York")


@pytest.mark.parametrize("accepted", ["2027-01-05 09:00", "2027-01-05 09:00:07", "2027-01-05 16:20"])
def test_what_a_letter_says_of_the_next_lesson_comes_true(session, accepted):
    mine = join(session, publish_course(session, "a", "b", "c: 2 days"))
    standing = standing_of(session, mine)
    lesson, slot = following(standing, standing.awaited, here(accepted))
    send_next(session, mine, here(accepted))
    assert (lesson.key, slot.at) == ("b", planned(session, mine).due_at) == ("b", here("2027-01-06 09:00"))


def test_it_comes_true_as_well_when_the_lesson_was_asked_for(session):
    mine = join(session, publish_course(session, "a: 5 days", "b", "c"))
    wishes.ask_next_now(session, mine, "a", here("2027-01-05 15:00"))
    standing = standing_of(session, mine)
    _, slot = following(standing, standing.awaited, here("2027-01-05 15:00"))
    send_next(session, mine, here("2027-01-05 15:00"))
    assert slot.at == planned(session, mine).due_at == here("2027-01-06 09:00")


def test_after_the_last_lesson_nothing_follows(session):
    mine = join(session, publish_course(session, "a"))
    standing = standing_of(session, mine)
    assert following(standing, standing.awaited, here("2027-01-05 09:00")) is None


def test_a_forecast_comes_true(session):
    course = publish_course(
        session, "a: 0 days", "b: next friday", "c: on 2027-01-20", "d: 6 hours", weekdays="[mon, wed, fri]"
    )
    mine = join(session, course)
    expected = [(lesson.key, slot.at) for lesson, slot in forecast(standing_of(session, mine))]
    came = []
    while outbox.open_lesson(session, mine.id) is not None:
        due = planned(session, mine).due_at
        came.append((send_next(session, mine), due))
    assert came == expected
    assert came[-1] == ("d", here("2027-01-20 15:00"))


def test_who_comes_back_awaits_the_same_lesson_with_a_wait_of_their_own(session):
    course = publish_course(session, "a", "b: 5 days", "c: 5 days")
    mine = join(session, course)
    send_next(session, mine)
    enrollment.leave(session, mine.handle, here("2027-01-05 10:00"))
    join(session, course, now=here("2027-01-05 11:00"))
    standing = standing_of(session, mine)
    waits = [(lesson.key, standing.step(lesson).wait.amount) for lesson in standing.sequence.lessons[1:2]]
    assert waits == [("b", 0)]
    assert [slot.at for _, slot in forecast(standing)] == [here("2027-01-06 09:00"), here("2027-01-11 09:00")]

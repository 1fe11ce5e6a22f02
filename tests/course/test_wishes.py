"""What readers ask for: a pause, another hour, zone or pace, the next lesson now, the course once more."""

from datetime import date, time, timedelta

import pytest

from course import enrollment, outbox, wishes
from course.errors import NotFound, Refused
from course.folder import parse_lesson
from course.models import DeliveryState, EnrollmentState, Kind
from course.publishing import pause_course
from course.schedule import Wishes
from tests.factories import (
    MONDAY,
    SOON,
    at,
    begin,
    claim_lesson,
    deliveries,
    join,
    key_of,
    lesson,
    planned,
    publish_change,
    publish_course,
    record_sent,
    send_due,
    send_next,
)


def here(text: str):
    return at(text, "America/New_York")


def due(session, mine):
    session.expire_all()
    return planned(session, mine).due_at


def test_a_pause_without_an_end_holds_until_the_reader_comes_back(session):
    mine = join(session, publish_course(session, "a", "b: 3 days"))
    send_next(session, mine)  # on Tuesday; b would come on Friday
    wishes.pause(session, mine, None, here("2027-01-06 10:00"))
    assert (mine.state, due(session, mine)) == (EnrollmentState.PAUSED, None)
    assert send_due(session, here("2027-01-08 09:00")) == []
    wishes.resume(session, mine, here("2027-01-08 12:00"))
    assert (mine.state, due(session, mine)) == (EnrollmentState.ACTIVE, here("2027-01-08 12:00"))
    assert send_due(session, here("2027-01-08 12:00")) == ["b", "completion"]


def test_who_comes_back_before_the_date_keeps_it_and_after_it_gets_one_lesson(session):
    mine = join(session, publish_course(session, "a", "b: 3 days", "c"))
    send_next(session, mine)
    wishes.pause(session, mine, None, here("2027-01-06 10:00"))
    wishes.resume(session, mine, here("2027-01-06 11:00"))
    assert due(session, mine) == here("2027-01-08 09:00")
    wishes.pause(session, mine, None, here("2027-01-06 12:00"))
    wishes.resume(session, mine, here("2027-01-20 12:00"))
    assert due(session, mine) == here("2027-01-21 09:00")
    assert send_due(session, here("2027-01-21 09:00")) == ["b"]
    assert due(session, mine) == here("2027-01-22 09:00")


def test_a_pause_with_an_end_is_over_by_itself(session):
    mine = join(session, publish_course(session, "a", "b: 1 day", quiet="21:00-08:00"))
    send_next(session, mine)
    wishes.pause(session, mine, date(2027, 1, 9), here("2027-01-05 10:00"))
    assert due(session, mine) == here("2027-01-09 09:00")
    assert send_due(session, here("2027-01-08 23:59")) == []
    assert send_due(session, here("2027-01-09 09:00")) == ["b", "completion"]
    assert mine.state is EnrollmentState.COMPLETED


def test_the_days_of_a_pause_are_the_readers_own(session):
    course = publish_course(session, "a: 5 days")
    mine = join(session, course, timezone="Pacific/Apia")
    now = at("2027-01-10 19:00")  # there it is the morning of the 11th
    for day in (date(2027, 1, 10), date(2027, 1, 11), date(2028, 1, 13)):
        with pytest.raises(Refused, match="within the coming year"):
            wishes.pause(session, mine, day, now)
    wishes.pause(session, mine, date(2027, 1, 12), now)
    assert mine.paused_until == at("2027-01-12 00:00", "Pacific/Apia")


def test_pausing_and_coming_back_twice_have_one_effect(session):
    mine = join(session, publish_course(session, "a"))
    wishes.resume(session, mine, MONDAY)
    wishes.pause(session, mine, None, MONDAY)
    wishes.pause(session, mine, date(2027, 1, 9), MONDAY + SOON)
    assert mine.paused_until is None
    wishes.resume(session, mine, MONDAY + SOON)
    wishes.resume(session, mine, MONDAY + 2 * SOON)
    assert (mine.state, due(session, mine)) == (EnrollmentState.ACTIVE, here("2027-01-05 09:00"))


def test_who_rests_with_nothing_left_gets_the_last_letter_when_the_rest_is_over(session):
    course = publish_course(session, "a", "b")
    mine = join(session, course)
    send_next(session, mine)
    wishes.pause(session, mine, date(2027, 1, 9), here("2027-01-05 10:00"))
    publish_change(session, course, "a", at=here("2027-01-05 11:00"))
    assert send_due(session, here("2027-01-08 12:00")) == []
    assert send_due(session, here("2027-01-09 00:00")) == ["completion"]


def test_the_next_lesson_comes_now_once_however_often_it_is_asked_for(session):
    mine = join(session, publish_course(session, "a: 0 days", "b: 9 days", "c: 1 day"))
    send_next(session, mine)
    now = here("2027-01-04 10:00")
    assert wishes.ask_next_now(session, mine, "b", now)
    assert not wishes.ask_next_now(session, mine, "b", now)
    assert send_due(session, now) == ["b"]  # on a day on which one had come
    assert not wishes.ask_next_now(session, mine, "b", now)
    assert (key_of(session, planned(session, mine)), due(session, mine)) == ("c", here("2027-01-05 09:00"))


def test_asking_for_another_lesson_than_the_next_does_nothing(session):
    mine = join(session, publish_course(session, "a", "b"))
    assert not wishes.ask_next_now(session, mine, "b", MONDAY)
    assert not wishes.ask_next_now(session, mine, "none", MONDAY)
    assert due(session, mine) == here("2027-01-05 09:00")


def test_what_is_asked_for_in_quiet_hours_comes_all_the_same(session):
    mine = join(session, publish_course(session, "a: 3 days", quiet="21:00-08:00"))
    assert wishes.ask_next_now(session, mine, "a", here("2027-01-04 23:30"))
    assert send_due(session, here("2027-01-04 23:30")) == ["a", "completion"]


def test_nothing_can_be_asked_for_in_a_pause(session):
    course = publish_course(session, "a", "b")
    mine = join(session, course)
    wishes.pause(session, mine, None, MONDAY)
    assert not wishes.ask_next_now(session, mine, "a", MONDAY)
    wishes.resume(session, mine, MONDAY)
    pause_course(session, course, MONDAY)
    assert not wishes.ask_next_now(session, mine, "a", MONDAY)


def test_what_was_asked_for_and_is_edited_meanwhile_still_comes_now(session):
    course = publish_course(session, "a: 5 days")
    mine = join(session, course)
    wishes.ask_next_now(session, mine, "a", MONDAY + SOON)
    publish_change(session, course, "a: 7 days", at=MONDAY + SOON)
    assert send_due(session, MONDAY + 2 * SOON) == ["a", "completion"]


def gated(session):
    """A reader who has received a lesson that asks for a sign of life."""
    text = lesson("a", "0 days").source.replace("status:", "asks: {done: I have done it}\nstatus:")
    mine = join(session, publish_course(session, parse_lesson(text, "a.md"), "b: 2 days"))
    send_next(session, mine)
    return mine


def test_a_gate_waits_for_the_click_and_then_takes_its_ordinary_slot(session):
    mine = gated(session)
    assert due(session, mine) is None
    assert not wishes.ask_next_now(session, mine, "b", here("2027-01-04 10:00"))
    wishes.say_done(session, mine, "a", here("2027-01-04 11:00"))
    wishes.say_done(session, mine, "a", here("2027-01-04 12:00"))
    assert due(session, mine) == here("2027-01-06 09:00")
    assert send_due(session, here("2027-01-06 09:00")) == ["b", "completion"]


def test_a_click_after_the_slot_brings_the_lesson_at_the_next_hour(session):
    mine = gated(session)
    assert send_due(session, here("2027-01-06 09:00")) == []
    wishes.say_done(session, mine, "a", here("2027-01-08 11:00"))
    assert due(session, mine) == here("2027-01-09 09:00")


def test_a_sign_for_a_lesson_that_never_came_is_not_found(session):
    mine = join(session, publish_course(session, "a"))
    with pytest.raises(NotFound):
        wishes.say_done(session, mine, "a", MONDAY)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Wishes("Europe/Berlin"), at("2027-01-07 09:00", "Europe/Berlin")),
        (Wishes(None, time(11, 30)), here("2027-01-07 11:30")),
        (Wishes(None, None, 2.0), here("2027-01-09 09:00")),
        (Wishes(None, None, 0.25), here("2027-01-06 09:00")),
    ],
)
def test_wishes_move_the_plans_of_all_courses(session, asked, expected):
    first, second = publish_course(session, "a", "b: 2 days"), publish_course(session, "a", "b: 2 days", slug="second")
    ana, too = join(session, first), join(session, second)
    send_due(session, here("2027-01-05 09:00"))
    wishes.set_wishes(session, ana, asked, here("2027-01-05 12:00"))
    assert (due(session, ana), due(session, too)) == (expected, expected)


@pytest.mark.parametrize(
    ("asked", "field"),
    [(Wishes("Mars/Base"), "timezone"), (Wishes(None, time(22)), "hour"), (Wishes(None, None, 9.0), "pace")],
)
def test_wishes_that_cannot_be_are_refused(session, asked, field):
    mine = join(session, publish_course(session, "a", quiet="21:00-08:00"))
    with pytest.raises(Refused) as refused:
        wishes.set_wishes(session, mine, asked, MONDAY)
    assert list(refused.value.reasons) == [field]


def test_wishes_that_change_nothing_make_no_plan_stale(session):
    mine = join(session, publish_course(session, "a"), timezone="Europe/Berlin")
    number = mine.reader.wishes_number
    wishes.set_wishes(session, mine, Wishes("Europe/Berlin"), MONDAY)
    assert mine.reader.wishes_number == number


def test_wishes_during_a_batch_are_noticed_at_begin(session):
    mine = join(session, publish_course(session, "a"))
    claimed = claim_lesson(session, mine, here("2027-01-05 09:00"))
    wishes.set_wishes(session, mine, Wishes(None, time(18)), here("2027-01-05 09:00"))
    assert not begin(session, claimed, here("2027-01-05 09:00:01"))
    assert due(session, mine) == here("2027-01-05 18:00")


@pytest.mark.parametrize(
    ("hour", "new", "changed", "sent_first", "expected"),
    [
        ("10:00", time(8), "2027-01-05 09:00", False, "2027-01-05 09:00"),
        ("09:00", time(18), "2027-01-05 10:00", True, "2027-01-06 18:00"),
    ],
)
def test_an_hour_changed_in_the_course_of_a_day(session, hour, new, changed, sent_first, expected):
    mine = join(session, publish_course(session, "a", "b", hour=hour, quiet="21:00-08:00"))
    if sent_first:
        send_next(session, mine)
    wishes.set_wishes(session, mine, Wishes(None, new), here(changed))
    assert due(session, mine) == here(expected)


def test_a_restart_is_a_new_run_from_the_beginning(session):
    course = publish_course(session, "a: 0 days")
    mine = join(session, course)
    assert wishes.restart(session, mine, MONDAY).id == mine.id  # not while it is under way
    send_next(session, mine)
    again = wishes.restart(session, mine, here("2027-01-05 10:00"))
    assert (again.run, again.state, again.handle != mine.handle) == (2, EnrollmentState.ACTIVE, True)
    assert due(session, again) == here("2027-01-06 09:00")
    assert wishes.restart(session, mine, here("2027-01-05 10:00")).id == again.id
    enrollment.leave(session, again.handle, here("2027-01-05 11:00"))
    assert wishes.restart(session, again, here("2027-01-05 12:00")).run == 3


def test_a_lesson_on_its_way_when_its_reader_rests_is_a_receipt_and_the_next_is_held(session):
    mine = join(session, publish_course(session, "a", "b"))
    claimed = claim_lesson(session, mine, here("2027-01-05 09:00"))
    assert begin(session, claimed, here("2027-01-05 09:00"))
    wishes.pause(session, mine, None, here("2027-01-05 09:00"))
    assert record_sent(session, claimed, here("2027-01-05 09:00:02"))
    assert outbox.open_lesson(session, mine.id).due_at is None
    states = [row.state for row in deliveries(session, mine, Kind.LESSON)]
    assert states == [DeliveryState.SENT, DeliveryState.PLANNED]
    wishes.resume(session, mine, here("2027-01-05 10:00") + timedelta(days=1))
    assert send_due(session, here("2027-01-06 10:00")) == ["b", "completion"]


def test_a_lesson_sent_again_is_a_mail_and_no_receipt(session):
    ana = join(session, publish_course(session, "welcome: immediately", "trust: 1 day"))
    send_due(session, MONDAY + SOON)
    before = planned(session, ana).due_at
    for press in ("one", "one", "two"):  # the same press twice is one wish
        wishes.send_again(session, ana, "welcome", press, MONDAY + 2 * SOON)
    assert send_due(session, MONDAY + 2 * SOON) == ["repeat", "repeat"]
    assert planned(session, ana).due_at == before


def test_only_what_came_is_sent_again_and_not_without_end(session):
    ana = join(session, publish_course(session, "welcome: immediately", "trust: 1 day"))
    send_due(session, MONDAY + SOON)
    with pytest.raises(NotFound):
        wishes.send_again(session, ana, "trust", "one", MONDAY + SOON)
    for press in range(wishes.MOST_REPEATS_A_DAY):
        wishes.send_again(session, ana, "welcome", str(press), MONDAY + SOON)
    with pytest.raises(Refused, match="enough for one day"):
        wishes.send_again(session, ana, "welcome", "once more", MONDAY + SOON)
    wishes.send_again(session, ana, "welcome", "tomorrow", MONDAY + SOON + timedelta(days=1, seconds=1))

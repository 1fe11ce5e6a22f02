"""Which lesson comes next and when, while authors change the course under its readers."""

from datetime import timedelta

import pytest

from course import outbox, planning, wishes
from course.models import DeliveryState, EnrollmentState, Kind, Revision
from course.publishing import PublishOptions
from course.schedule import Wishes
from tests.factories import (
    MONDAY,
    SOON,
    at,
    begin,
    claim_lesson,
    deliveries,
    do_chores,
    join,
    key_of,
    lesson,
    planned,
    publish_change,
    publish_course,
    send_due,
    send_next,
)

NEW_YORK = "America/New_York"


def here(text: str):
    return at(text, NEW_YORK)


def state_of(session, row):
    session.flush()
    session.refresh(row)
    return row.state


def rest_of(session, enrollment) -> list[str]:
    """The keys of all that still comes, each sent at its own due time."""
    keys = []
    while outbox.open_lesson(session, enrollment.id) is not None:
        keys.append(send_next(session, enrollment))
    return keys


def test_a_whole_course_comes_in_order_and_ends_with_a_letter(session):
    course = publish_course(session, "welcome: immediately", "trust: 1 day", "space: 2 days")
    ana = join(session, course)
    assert send_due(session, MONDAY + SOON) == ["welcome"]
    assert planned(session, ana).due_at == here("2027-01-05 09:00")
    assert send_due(session, here("2027-01-05 08:59")) == []
    assert send_due(session, here("2027-01-05 09:00")) == ["trust"]
    assert send_due(session, here("2027-01-07 09:00")) == ["space", "completion"]
    assert ana.state is EnrollmentState.COMPLETED


def test_the_wait_counts_from_what_was_really_sent(session):
    course = publish_course(session, "a: 0 days", "b: 2 days")
    ana = join(session, course)
    send_next(session, ana, here("2027-01-04 20:59"))
    assert planned(session, ana).due_at == here("2027-01-06 09:00")


def test_planning_twice_changes_nothing(session):
    ana = join(session, publish_course(session, "a: 1 day"))
    first = planned(session, ana)
    planning.advance(session, ana.id, MONDAY + timedelta(hours=1))
    rows = deliveries(session, ana, Kind.LESSON)
    assert [(row.id, row.due_at) for row in rows] == [(first.id, first.due_at)]


def test_a_lesson_put_in_ahead_of_a_reader_comes(session):
    course = publish_course(session, "a", "b", "c")
    ana = join(session, course)
    send_next(session, ana)
    publish_change(session, course, "a", "new", "b", "c", at=here("2027-01-05 10:00"))
    assert rest_of(session, ana) == ["new", "b", "c"]


def test_a_lesson_put_in_behind_a_reader_does_not_come_unless_the_admin_asks_for_it(session):
    course = publish_course(session, "a", "b", "c")
    ana = join(session, course)
    assert [send_next(session, ana), send_next(session, ana)] == ["a", "b"]
    publish_change(session, course, "a", "new", "b", "c", at=here("2027-01-06 10:00"))
    assert key_of(session, planned(session, ana)) == "c"
    wanted = PublishOptions(catch_up=frozenset({"newer"}))
    publish_change(session, course, "newer", "a", "new", "b", "c", at=here("2027-01-06 11:00"), options=wanted)
    assert rest_of(session, ana) == ["newer", "c"]


def test_a_new_lesson_that_is_swapped_behind_still_comes(session):
    course = publish_course(session, "a", "b", "c", "d", ends="no")
    ana = join(session, course)
    assert rest_of(session, ana) == ["a", "b", "c", "d"]
    publish_change(session, course, "a", "b", "c", "d", "e", at=here("2027-01-08 10:00"), ends="no")
    publish_change(session, course, "a", "b", "c", "e", "d", at=here("2027-01-08 11:00"), ends="no")
    assert rest_of(session, ana) == ["e"]


def test_swapping_and_appending_at_once_still_brings_the_new_one(session):
    course = publish_course(session, "a", "b", "c", "d")
    ana = join(session, course)
    assert [send_next(session, ana) for _ in range(3)] == ["a", "b", "c"]
    publish_change(session, course, "a", "b", "c", "e", "d", at=here("2027-01-07 10:00"))
    publish_change(session, course, "a", "b", "c", "d", "e", at=here("2027-01-07 11:00"))
    assert rest_of(session, ana) == ["d", "e"]


def test_moving_a_lesson_never_puts_it_behind_anybody_and_brings_nothing_twice(session):
    course = publish_course(session, "a", "b", "c", "d")
    ana = join(session, course)
    assert [send_next(session, ana), send_next(session, ana)] == ["a", "b"]
    publish_change(session, course, "d", "b", "a", "c", at=here("2027-01-06 10:00"))
    publish_change(session, course, "c", "a", "d", "b", at=here("2027-01-06 11:00"))
    assert rest_of(session, ana) == ["c", "d"]


def test_when_the_awaited_lesson_is_deleted_the_next_one_comes_and_the_time_waited_counts(session):
    course = publish_course(session, "a", "b: 3 days", "c: 2 days")
    ana = join(session, course)
    send_next(session, ana)  # on Tuesday
    publish_change(session, course, "a", "c: 2 days", at=here("2027-01-06 10:00"))
    assert planned(session, ana).due_at == here("2027-01-07 09:00")
    assert rest_of(session, ana) == ["c"]


def test_when_it_waited_long_enough_already_it_comes_when_the_window_of_undo_is_over(session):
    course = publish_course(session, "a", "b: 9 days", "c: 1 day")
    ana = join(session, course)
    send_next(session, ana)  # on Tuesday
    publish_change(session, course, "a", lesson("b", status="draft"), "c: 1 day", at=here("2027-01-06 10:00"))
    assert planned(session, ana).due_at == here("2027-01-06 10:05")
    assert rest_of(session, ana) == ["c"]


def test_a_lesson_published_again_is_a_new_publication(session):
    course = publish_course(session, "a", "b", "c")
    ana = join(session, course)
    send_next(session, ana)
    publish_change(session, course, "a", lesson("b", status="draft"), "c", "d", at=here("2027-01-05 10:00"))
    send_next(session, ana)
    publish_change(session, course, "a", "b", "c", "d", at=here("2027-01-06 10:00"))
    assert rest_of(session, ana) == ["d"]


def test_when_a_wait_changes_the_time_already_waited_counts(session):
    course = publish_course(session, "a", "b: 5 days")
    ana = join(session, course)
    send_next(session, ana)  # on Tuesday
    publish_change(session, course, "a", "b: 7 days", at=here("2027-01-08 10:00"))
    assert planned(session, ana).due_at == here("2027-01-12 09:00")
    publish_change(session, course, "a", "b: 6 hours", at=here("2027-01-08 11:00"))
    assert planned(session, ana).slot_at == here("2027-01-09 09:00")  # 20 hours ago, so the next open hour


def test_an_appended_lesson_does_not_come_to_who_has_finished(session):
    course = publish_course(session, "a")
    ana, ben = join(session, course), join(session, course, "ben@example.org", MONDAY + timedelta(days=1))
    assert send_next(session, ana) == "a"
    publish_change(session, course, "a", "b", at=here("2027-01-05 09:30"))
    assert outbox.open_lesson(session, ana.id) is None
    assert rest_of(session, ben) == ["a", "b"]


def test_a_course_still_being_written_keeps_readers_waiting_without_a_completion(session):
    course = publish_course(session, "a", ends="no")
    ana = join(session, course)
    send_next(session, ana)
    assert ana.state is EnrollmentState.ACTIVE
    assert deliveries(session, ana, Kind.COMPLETION) == []
    publish_change(session, course, "a", "b: 3 days", at=here("2027-01-06 10:00"), ends="no")
    assert planned(session, ana).due_at == here("2027-01-08 09:00")
    assert send_next(session, ana) == "b"
    publish_change(session, course, "a", "b: 3 days", at=here("2027-01-09 10:00"), ends="yes")
    assert ana.state is EnrollmentState.COMPLETED


def test_who_has_not_received_a_lesson_gets_its_new_text_and_the_delivery_says_which(session):
    course = publish_course(session, "a", lesson("b", body="Old."))
    ana, ben = join(session, course), join(session, course, "ben@example.org")
    assert [send_next(session, ana), send_next(session, ana)] == ["a", "b"]
    assert send_next(session, ben) == "a"
    publish_change(session, course, "a", lesson("b", body="New."), at=here("2027-01-06 09:01"))
    assert send_next(session, ben, here("2027-01-06 09:10")) == "b"
    texts = {
        each: session.get_one(Revision, deliveries(session, each, Kind.LESSON)[1].revision_id).source
        for each in (ana, ben)
    }
    assert "Old." in texts[ana]
    assert "New." in texts[ben]


def test_a_mail_that_was_put_back_carries_the_new_text_when_it_goes(session):
    course = publish_course(session, lesson("a", body="Old."))
    ana = join(session, course)
    moment = here("2027-01-05 09:00")
    mine = claim_lesson(session, ana, moment)
    assert begin(session, mine, moment)
    row = outbox.hold_offered(session, mine)
    assert row is not None
    outbox.put_back(session, row, "451 later", moment)
    old = row.compilation_id
    publish_change(session, course, lesson("a", body="New."), at=moment)
    assert planned(session, ana).compilation_id is None
    send_next(session, ana, here("2027-01-05 09:30"))
    assert row.compilation_id != old


def fail(session, enrollment, moment, *, begun=True):
    mine = claim_lesson(session, enrollment, moment)
    if begun:
        assert begin(session, mine, moment)
        row = outbox.hold_offered(session, mine)
    else:
        row = outbox.hold(session, mine)
    assert row is not None
    outbox.record_failed(session, row, "550 no")
    session.flush()
    return row


@pytest.mark.parametrize("begun", [True, False])
def test_a_failed_lesson_keeps_its_place_until_a_newer_revision(session, begun):
    course = publish_course(session, "a", "b")
    ana = join(session, course)
    row = fail(session, ana, here("2027-01-05 09:00"), begun=begun)
    planning.advance(session, ana.id, here("2027-01-06 09:00"))
    publish_change(session, course, "a", "b", "c", at=here("2027-01-06 10:00"))
    assert state_of(session, row) is DeliveryState.FAILED
    assert send_due(session, here("2027-01-09 09:00")) == []
    publish_change(session, course, lesson("a", body="Mended."), "b", "c", at=here("2027-01-09 10:00"))
    assert state_of(session, row) is DeliveryState.PLANNED
    assert rest_of(session, ana) == ["a", "b", "c"]


def test_a_failed_lesson_goes_again_when_an_admin_says_so(session):
    ana = join(session, publish_course(session, "a"))
    row = fail(session, ana, here("2027-01-05 09:00"))
    assert outbox.retry(session, row.id, here("2027-01-05 10:00"))
    assert not outbox.retry(session, row.id, here("2027-01-05 10:00"))
    assert send_due(session, here("2027-01-05 10:00")) == ["a", "completion"]


def test_a_failed_lesson_that_is_deleted_lets_the_reader_go_on(session):
    course = publish_course(session, "a", "b")
    ana = join(session, course)
    row = fail(session, ana, here("2027-01-05 09:00"))
    publish_change(session, course, "b", at=here("2027-01-05 10:00"))
    assert state_of(session, row) is DeliveryState.CANCELLED
    assert rest_of(session, ana) == ["b"]


def test_a_lesson_that_has_become_useless_is_a_receipt_and_no_anchor(session):
    course = publish_course(session, "a", lesson("fair", "2 days", useless_after="2027-01-06"), "c: 3 days")
    ana = join(session, course)
    send_next(session, ana)  # on Tuesday: the fair was on Wednesday, its lesson would come on Thursday
    assert send_due(session, here("2027-01-07 09:00")) == []
    skipped = deliveries(session, ana, Kind.LESSON)[1]
    assert (skipped.state, skipped.sent_at) == (DeliveryState.SKIPPED, here("2027-01-07 09:00"))
    assert planned(session, ana).due_at == here("2027-01-08 09:00")
    assert rest_of(session, ana) == ["c"]


def test_a_lesson_is_not_useless_yet_on_its_last_day(session):
    join(session, publish_course(session, lesson("fair", "1 day", useless_after="2027-01-05")))
    assert send_due(session, here("2027-01-05 09:00")) == ["fair", "completion"]


def test_who_joins_before_a_year_without_an_open_day_is_held_and_told_why(session):
    # Open when it is published, so that somebody would get it; closed for whoever comes at the end of January.
    course = publish_course(session, "a", skip="[2027-02-01..2027-12-31, 2028-01-01..2028-12-31]")
    ana = join(session, course, now=here("2027-01-31 12:00"))
    row = planned(session, ana)
    assert row.due_at is None
    assert "No day within 366 days" in (row.reply or "")
    publish_change(session, course, "a", at=here("2027-01-31 12:01"))
    do_chores(session, here("2027-01-31 12:01"))
    assert planned(session, ana).due_at == here("2027-02-01 09:00")


def test_who_moves_from_new_york_to_apia_waits_for_tomorrow_morning_there(session):
    course = publish_course(session, "a: 0 days", "b: 1 day")
    ana = join(session, course, now=at("2027-01-10 13:00"), timezone=NEW_YORK)
    send_next(session, ana, at("2027-01-10 14:00"))
    wishes.set_wishes(session, ana, Wishes("Pacific/Apia"), at("2027-01-10 15:00"))
    assert planned(session, ana).due_at == at("2027-01-11 20:00")

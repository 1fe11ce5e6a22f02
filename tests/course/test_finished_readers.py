"""Lessons that are added after readers have finished: they come only if the admin asks, spread over time, once."""

from datetime import timedelta

import pytest

from course import chores, enrollment, suppressions, wishes
from course.editions import Author, replace_draft
from course.folder import parse_lesson
from course.models import DeliveryState, EnrollmentState, Kind
from course.publishing import PublishOptions, count_finished, pause_course, resume_course, undo
from course.reopening import finished
from tests.factories import (
    MONDAY,
    at,
    course_source,
    deliveries,
    do_chores,
    join,
    key_of,
    lesson,
    planned,
    publish_change,
    publish_course,
    publish_draft,
    send_due,
)

ASKED = PublishOptions(finished=True)
LATER = "2027-02-01 12:00"


def here(text: str):
    return at(text, "America/New_York")


def finish(session, course, *emails, now=MONDAY, **form):
    """Readers who have had "a" and everything after it, and the letter about it."""
    mine = [join(session, course, f"{email}@example.org", now, **form) for email in emails]
    for hours in range(0, 96, 3):
        send_due(session, now + timedelta(hours=hours))
    assert {each.state for each in mine} == {EnrollmentState.COMPLETED}
    return mine


def plan(session, mine):
    row = planned(session, mine)
    return key_of(session, row), row.due_at


def letters(session, mine):
    return [row for row in deliveries(session, mine, Kind.COMPLETION) if row.state is not DeliveryState.CANCELLED]


def test_nobody_who_has_finished_gets_an_added_lesson_unasked(session):
    course = publish_course(session, "a")
    (ana,) = finish(session, course, "ana")
    publish_change(session, course, "a", "b", at=here(LATER))
    assert send_due(session, here("2027-03-01 12:00")) == []
    assert ana.state is EnrollmentState.COMPLETED


def test_asked_for_they_get_it_at_their_own_hour_and_no_second_letter(session):
    course = publish_course(session, "a")
    (ana,) = finish(session, course, "ana", timezone="Europe/Berlin", hour="18:00")
    publish_change(session, course, "a", "b: 2 weeks", at=here(LATER), options=ASKED)
    assert (ana.state, plan(session, ana)) == (EnrollmentState.ACTIVE, ("b", at("2027-02-02 18:00", "Europe/Berlin")))
    assert send_due(session, at("2027-02-02 18:00", "Europe/Berlin")) == ["b"]
    assert (ana.state, len(letters(session, ana))) == (EnrollmentState.COMPLETED, 1)
    assert ana.finished_at == at("2027-02-02 18:00", "Europe/Berlin")


def test_a_wait_that_is_not_over_yet_is_kept(session):
    course = publish_course(session, "a")
    (ana,) = finish(session, course, "ana")  # on Tuesday, 5 January
    publish_change(session, course, "a", "b: 2 weeks", at=here("2027-01-10 12:00"), options=ASKED)
    assert plan(session, ana) == ("b", here("2027-01-19 09:00"))


@pytest.mark.parametrize(
    ("wait", "due"),
    [
        ("immediately", "2027-02-02 09:00"),
        ("6 hours", "2027-02-02 09:00"),
        ("on 2027-02-20", "2027-02-20 09:00"),
        ("on 2027-01-20", "2027-02-02 09:00"),
        ("next friday", "2027-02-05 09:00"),
    ],
)
def test_whatever_the_wait_it_comes_at_an_hour_of_theirs(session, wait, due):
    course = publish_course(session, "a")
    (ana,) = finish(session, course, "ana")
    publish_change(session, course, "a", f"b: {wait}", at=here(LATER), options=ASKED)
    assert plan(session, ana) == ("b", here(due))


def test_nothing_is_claimable_before_the_publication_can_no_longer_be_undone(session):
    course = publish_course(session, "a")
    (ana,) = finish(session, course, "ana")
    publish_change(session, course, "a", "b", at=here("2027-02-01 08:58"), options=ASKED)
    assert plan(session, ana) == ("b", here("2027-02-02 09:00"))
    assert send_due(session, here("2027-02-01 09:02")) == []


def test_only_so_many_are_planned_for_an_hour_and_the_others_for_the_days_after(session, monkeypatch):
    monkeypatch.setattr(chores, "SLICE", 2)
    course = publish_course(session, "a", weekdays="[mon, tue, thu]")
    readers = finish(session, course, *"abcdefg")
    early = finish(session, course, "early", timezone="Europe/Berlin")
    options = PublishOptions(finished=True, an_hour=3)
    publish_change(session, course, "a", "b", at=here(LATER), options=options, weekdays="[mon, tue, thu]")
    dates = [plan(session, each)[1] for each in readers]
    tuesday, thursday, monday = (here(f"2027-02-{day} 09:00") for day in ("02", "04", "08"))
    assert dates == [tuesday] * 3 + [thursday] * 3 + [monday]
    assert plan(session, early[0])[1] == at("2027-02-02 09:00", "Europe/Berlin")
    # A later plan comes to the same answer: they stay apart.
    pause_course(session, course, here("2027-02-01 13:00"))
    resume_course(session, course, "original", here("2027-02-01 14:00"))
    do_chores(session, here("2027-02-01 14:00"))
    assert [plan(session, each)[1] for each in readers] == dates


def test_two_who_travel_the_same_ordinary_day_are_spread_too(session):
    course = publish_course(session, "a")
    readers = finish(session, course, "ana", "ben")
    options = PublishOptions(finished=True, an_hour=1)
    publish_change(session, course, "a", "b: on 2027-02-20", at=here(LATER), options=options)
    assert [plan(session, each)[1] for each in readers] == [here("2027-02-20 09:00"), here("2027-02-21 09:00")]


def test_undo_sends_them_home_again_as_if_nothing_had_been(session):
    course = publish_course(session, "a")
    (ana,) = finish(session, course, "ana")
    before = (ana.finished_at, ana.anchor_at, ana.anchor_wait)
    publish_change(session, course, "a", "b", at=here(LATER), options=ASKED)
    assert ana.state is EnrollmentState.ACTIVE
    undo(session, course, Author("Robin", here("2027-02-01 12:04")))
    do_chores(session, here("2027-02-01 12:04"))
    assert ana.state is EnrollmentState.COMPLETED
    assert (ana.finished_at, ana.anchor_at, ana.anchor_wait) == before
    assert send_due(session, here("2027-03-01 12:00")) == []
    publish_change(session, course, "a", "b", at=here("2027-03-01 12:00"), options=ASKED)
    assert plan(session, ana) == ("b", here("2027-03-02 09:00"))


def test_undo_before_the_chore_came_brings_nobody_back(session):
    course = publish_course(session, "a")
    (ana,) = finish(session, course, "ana")
    publish_draft_of(session, course, here(LATER), ASKED)
    undo(session, course, Author("Robin", here("2027-02-01 12:01")))
    do_chores(session, here("2027-02-01 12:01"))
    assert ana.state is EnrollmentState.COMPLETED
    assert chores.open_of(session, course.id) == []


def publish_draft_of(session, course, now, options):
    """Published, and the chores are left open."""
    draft = replace_draft(session, course, course_source("a", "b", slug=course.slug), Author("Robin", now))
    publish_draft(session, draft, now, options)


def test_what_was_added_earlier_without_asking_is_passed_over_also_after_it(session):
    course = publish_course(session, "a")
    (ana,) = finish(session, course, "ana")
    publish_change(session, course, "a", "not", at=here("2027-01-20 12:00"))
    publish_change(session, course, "a", "b", "not", at=here(LATER), options=ASKED)
    assert send_due(session, here("2027-02-02 09:00")) == ["b"]
    assert send_due(session, here("2027-03-02 09:00")) == []
    assert ana.state is EnrollmentState.COMPLETED


def test_undo_forgets_what_was_passed_over(session):
    course = publish_course(session, "a")
    (ana,) = finish(session, course, "ana")
    publish_change(session, course, "a", "not", at=here("2027-01-20 12:00"))
    publish_change(session, course, "a", "not", "b", at=here(LATER), options=ASKED)
    undo(session, course, Author("Robin", here("2027-02-01 12:04")))
    do_chores(session, here("2027-02-01 12:04"))
    assert ana.state is EnrollmentState.COMPLETED
    assert [row for row in deliveries(session, ana) if row.state is DeliveryState.SKIPPED] == []


def test_an_inserted_lesson_comes_to_them_only_if_it_is_asked_for_those_who_are_past_it(session):
    course = publish_course(session, "a", "z: 0 days")
    (ana,) = finish(session, course, "ana")
    publish_change(session, course, "a", "b", "z: 0 days", at=here(LATER), options=ASKED)
    assert ana.state is EnrollmentState.COMPLETED
    both = PublishOptions(finished=True, catch_up=frozenset({"c"}))
    publish_change(session, course, "a", "b", "c", "z: 0 days", at=here("2027-02-03 12:00"), options=both)
    assert plan(session, ana) == ("c", here("2027-02-04 09:00"))


def test_a_second_publication_while_the_first_still_brings_readers_back_forgets_neither(session):
    course = publish_course(session, "a")
    (ana,) = finish(session, course, "ana")
    publish_draft_of(session, course, here(LATER), ASKED)  # the chore is left open
    publish_change(session, course, "a", "b", "c", at=here("2027-02-01 12:01"), options=ASKED)
    assert send_due(session, here("2027-02-02 09:00")) == ["b"]
    assert send_due(session, here("2027-02-03 09:00")) == ["c"]
    assert len(letters(session, ana)) == 1


def test_who_takes_the_course_again_or_has_left_or_bounces_is_not_brought_back(session):
    course = publish_course(session, "a")
    again, left, gone, ben = finish(session, course, "again", "left", "gone", "ben")
    wishes.restart(session, again, here("2027-01-20 12:00"))
    enrollment.leave(session, left.handle, here("2027-01-20 12:00"))
    suppressions.suppress(session, gone.reader.digest, suppressions.BOUNCE, here("2027-01-20 12:00"))
    assert count_finished(session, course.id) == 2
    assert set(session.scalars(finished(course.id))) == {gone.id, ben.id}
    publish_change(session, course, "a", "b", at=here("2027-01-20 12:00"), options=ASKED)
    assert [each.state.value for each in (again, left, gone, ben)] == ["completed", "ended", "completed", "active"]


def test_while_the_course_rests_they_wait_and_then_come(session):
    course = publish_course(session, "a")
    (ana,) = finish(session, course, "ana")
    pause_course(session, course, here("2027-01-20 12:00"))
    publish_change(session, course, "a", "b", at=here(LATER), options=ASKED)
    assert plan(session, ana) == ("b", None)
    resume_course(session, course, "active", here("2027-02-10 12:00"))
    do_chores(session, here("2027-02-10 12:00"))
    assert send_due(session, here("2027-02-11 09:00")) == ["b"]


def test_a_gate_behind_their_last_lesson_still_asks_for_its_sign(session):
    first = lesson("a", body="Do it, and say so.")
    asking = first.source.replace("wait:", 'asks: {done: "I did it"}\nwait:')
    gate = parse_lesson(asking, "a.md")
    course = publish_course(session, gate)
    (ana,) = finish(session, course, "ana")
    publish_change(session, course, gate, "b", at=here(LATER), options=ASKED)
    assert plan(session, ana) == ("b", None)
    wishes.say_done(session, ana, "a", here("2027-02-03 12:00"))
    assert plan(session, ana) == ("b", here("2027-02-04 09:00"))

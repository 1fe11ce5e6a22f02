"""What a worker does with a lesson that it could not send in time."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from course import chores, outbox
from course.editions import Author, replace_draft
from course.models import Chore, Revision
from course.planning import advance
from course.publishing import replan_all
from tests.factories import (
    MONDAY,
    at,
    begin,
    claim_lesson,
    course_source,
    do_chores,
    join,
    lesson,
    planned,
    publish_course,
    publish_draft,
    send_due,
    send_next,
)


def here(text: str):
    return at(text, "America/New_York")


@pytest.mark.parametrize("took", [0, 7])
def test_after_days_down_a_reader_gets_one_lesson_and_the_rest_moves(session, took):
    mine = join(session, publish_course(session, "a: 0 days", "b", "c"), now=here("2027-01-09 08:00"))
    send_next(session, mine)
    back = here("2027-01-12 15:00")
    assert send_due(session, back, timedelta(seconds=took)) == ["b"]
    assert send_due(session, here("2027-01-12 23:00")) == []
    assert planned(session, mine).due_at == here("2027-01-13 09:00")
    assert send_due(session, here("2027-01-13 09:00")) == ["c", "completion"]


def test_fridays_lesson_missed_on_workdays_comes_on_monday_at_its_hour(session):
    mine = join(
        session, publish_course(session, "a", weekdays="[mon, tue, wed, thu, fri]"), now=here("2027-01-07 10:00")
    )
    assert send_due(session, here("2027-01-09 10:00")) == []
    assert planned(session, mine).due_at == here("2027-01-11 09:00")
    assert send_due(session, here("2027-01-11 09:00")) == ["a", "completion"]


@pytest.mark.parametrize(
    ("back", "goes"),
    [("20:59", "20:59"), ("21:00", "+09:00"), ("21:01", "+09:00")],
)
def test_late_the_same_day_is_not_too_late_until_it_is_quiet(session, back, goes):
    mine = join(session, publish_course(session, "a", quiet="21:00-08:00"))
    now = here(f"2027-01-05 {back}")
    came = send_due(session, now)
    if goes == back:
        assert came == ["a", "completion"]
    else:
        assert (came, planned(session, mine).due_at) == ([], here("2027-01-06 09:00"))


def test_nothing_goes_before_its_slot_even_when_a_row_says_so(session):
    mine = join(session, publish_course(session, "a"))
    planned(session, mine).due_at = here("2027-01-05 08:00")
    session.flush()
    assert send_due(session, here("2027-01-05 08:30")) == []
    assert planned(session, mine).due_at == here("2027-01-05 09:00")


def test_a_chore_is_one_persons_at_a_time_and_goes_on_where_it_was(session, monkeypatch):
    monkeypatch.setattr(chores, "SLICE", 1)
    course = publish_course(session, "a")
    for number in range(3):
        join(session, course, f"reader{number}@example.org")
    do_chores(session, MONDAY)
    replan_all(session, course, MONDAY)
    assert chores.count_open(session) == 1
    number, claim_id = chores.take(session) or (0, "")
    assert chores.step(session, number, claim_id, MONDAY)
    assert not chores.step(session, number, "somebody else's", MONDAY)
    chores.give_back(session, number, "somebody else's")
    assert chores.take(session) is None
    chores.give_back(session, number, claim_id)
    again = chores.take(session)
    assert again is not None
    assert not chores.step(session, number, claim_id, MONDAY)
    chore = session.scalars(select(Chore).where(Chore.id == number)).one()
    assert (chore.done, chore.total) == (1, 3)
    do_chores(session, MONDAY)
    while chores.step(session, *again, MONDAY):
        pass
    assert (chore.done, chore.state, chores.count_open(session)) == (3, "done", 0)


def test_the_gap_lies_between_slots_that_are_close_on_two_days(session):
    mine = join(
        session, publish_course(session, lesson("a", "0 days", hour="20:00"), lesson("b", "1 day", hour="08:00"))
    )
    send_next(session, mine)
    assert planned(session, mine).due_at == here("2027-01-06 08:00")


def test_a_row_of_an_older_edition_is_caught_at_begin_when_only_its_wait_has_changed(session):
    course = publish_course(session, "a", "b: 1 day")
    mine = join(session, course)
    send_next(session, mine)
    draft = replace_draft(session, course, course_source("a", "b: 4 days"), Author("Robin", MONDAY))
    publish_draft(session, draft, here("2027-01-05 12:00"))
    assert send_due(session, here("2027-01-06 09:00")) == []
    assert planned(session, mine).due_at == here("2027-01-09 09:00")


def test_a_row_that_the_chore_has_not_reached_carries_the_new_text_all_the_same(session):
    course = publish_course(session, lesson("a", body="Old."))
    mine = join(session, course)
    claimed = claim_lesson(session, mine, here("2027-01-05 09:00"))
    assert begin(session, claimed, here("2027-01-05 09:00"))
    outbox.put_back(session, outbox.hold_offered(session, claimed), "451 later", here("2027-01-05 09:00"))
    source = course_source(lesson("a", body="New."))
    publish_draft(session, replace_draft(session, course, source, Author("Robin", MONDAY)), here("2027-01-05 09:01"))
    advance(session, mine.id, here("2027-01-05 09:02"))
    row = planned(session, mine)
    assert row.compilation_id is None
    assert "New." in session.get_one(Revision, row.revision_id).source

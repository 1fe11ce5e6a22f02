"""Rows that a publication does not move flow on: slot and due time stay, however late, in the chore and at begin."""

from datetime import time, timedelta

import pytest

from course.consequences import consequences
from course.editions import Author, find_draft, open_draft, replace_draft
from course.outbox import release
from course.publishing import pause_course, resume_course, undo
from course.schedule import Wishes
from course.wishes import set_wishes
from tests.factories import (
    at,
    begin,
    claim_lesson,
    course_source,
    do_chores,
    join,
    key_of,
    planned,
    publish_change,
    publish_course,
    publish_draft,
    send_due,
    send_next,
)


def here(text: str):
    return at(text, "America/New_York")


def plan(session, mine):
    row = planned(session, mine)
    return key_of(session, row), row.slot_at, row.due_at


def late_reader(session, *lessons, **course):
    """A reader whose lesson "b" was due on Wednesday at nine, and did not go."""
    made = publish_course(session, *(lessons or ("a: 0 days", "b", "c")), **course)
    mine = join(session, made, now=here("2027-01-05 08:00"))
    send_next(session, mine)
    return made, mine


def new_text(session, course, now, *lessons):
    """Publish another subject of "c"; the chore is left open."""
    source = course_source(*(lessons or ("a: 0 days", "b", "c", "d")))
    publish_draft(session, replace_draft(session, course, source, Author("Robin", now)), now)


@pytest.mark.parametrize("by_chore", [True, False], ids=["chore", "begin"])
def test_a_lesson_days_late_goes_on_after_a_publication_that_does_not_move_it(session, by_chore):
    course, mine = late_reader(session)
    before, now = plan(session, mine), here("2027-01-08 15:00")
    new_text(session, course, now)
    if by_chore:
        do_chores(session, now)
        assert plan(session, mine) == before
        assert planned(session, mine).edition_id == course.published.id
    assert send_due(session, now) == ["b"]
    assert planned(session, mine).due_at == here("2027-01-09 09:00")


@pytest.mark.parametrize("by_chore", [True, False], ids=["chore", "begin"])
def test_a_lesson_days_late_that_the_publication_moves_takes_its_next_slot(session, by_chore):
    course, mine = late_reader(session)
    now = here("2027-01-08 22:00")
    new_text(session, course, now, "a: 0 days", "b: 4 days", "c")
    if by_chore:
        do_chores(session, now)
    assert send_due(session, now) == []
    assert plan(session, mine) == ("b", here("2027-01-09 09:00"), here("2027-01-09 09:00"))


def test_a_lesson_that_was_pushed_to_tomorrow_stays_there(session):
    course, mine = late_reader(session)
    assert send_due(session, here("2027-01-07 22:00")) == []  # b is more than twelve hours late
    pushed = plan(session, mine)
    assert pushed[1] == here("2027-01-08 09:00")
    new_text(session, course, here("2027-01-08 08:00"))
    do_chores(session, here("2027-01-08 08:00"))
    assert plan(session, mine) == pushed


def test_what_is_claimed_while_a_publication_leaves_it_alone_goes_with_the_new_text(session):
    course, mine = late_reader(session)
    taken = claim_lesson(session, mine, here("2027-01-08 15:00"))
    new_text(session, course, here("2027-01-08 15:00"))
    assert not begin(session, taken, here("2027-01-08 15:00"))
    assert plan(session, mine) == ("b", here("2027-01-06 09:00"), here("2027-01-08 15:00"))
    assert send_due(session, here("2027-01-08 15:00")) == ["b"]


def test_a_lesson_that_the_cap_pushed_stays_where_it_is(session):
    course, mine = late_reader(session, "a: 0 days", "b: 6 hours", "c", cap="1")
    assert send_due(session, here("2027-01-05 15:00")) == []
    pushed = plan(session, mine)
    assert pushed[1] == here("2027-01-06 09:00")
    publish_change(session, course, "a: 0 days", "b: 6 hours", "c", "d", at=here("2027-01-05 16:00"), cap="1")
    assert plan(session, mine) == pushed


def test_publishing_and_undoing_at_once_moves_nothing(session):
    course, mine = late_reader(session)
    before, now = plan(session, mine), here("2027-01-08 15:00")
    new_text(session, course, now, "a: 0 days", "c")
    undo(session, course, Author("Robin", now))
    do_chores(session, now)
    assert plan(session, mine) == before
    assert find_draft(session, course) is not None


def test_new_wishes_ask_the_slot_anew_even_if_a_publication_comes_before_the_answer(session):
    course, mine = late_reader(session)
    taken, now = claim_lesson(session, mine, here("2027-01-08 22:00")), here("2027-01-08 22:00")
    set_wishes(session, mine, Wishes("America/New_York", time(10)), now)  # b is in a worker's hands
    new_text(session, course, now)
    release(session, [taken], now)
    do_chores(session, now)
    assert plan(session, mine) == ("b", here("2027-01-09 10:00"), here("2027-01-09 10:00"))


@pytest.mark.parametrize("mode", ["original", "restart", "active"])
def test_the_end_of_a_pause_asks_every_slot_anew(session, mode):
    course, mine = late_reader(session)
    pause_course(session, course, here("2027-01-05 10:00"))
    resume_course(session, course, mode, here("2027-01-09 22:00"))
    do_chores(session, here("2027-01-09 22:00"))
    assert planned(session, mine).due_at == here("2027-01-10 09:00")


def test_a_wait_that_a_pause_made_longer_is_caught_at_begin_before_the_chore_comes(session):
    course = publish_course(session, "a: 0 days", "b: 4 days")
    mine = join(session, course, now=here("2027-01-05 08:00"))
    send_next(session, mine)  # on Tuesday; b would come on Saturday
    pause_course(session, course, here("2027-01-06 10:00"))
    resume_course(session, course, "active", here("2027-01-09 08:59"))  # two of its hours are lost
    assert send_due(session, here("2027-01-09 09:00")) == []
    assert planned(session, mine).due_at == here("2027-01-11 09:00")


def test_a_publication_right_after_a_pause_does_not_undo_what_the_pause_did(session):
    course = publish_course(session, "a: 0 days", "b: 4 days")
    mine = join(session, course, now=here("2027-01-05 08:00"))
    send_next(session, mine)
    pause_course(session, course, here("2027-01-06 10:00"))
    resume_course(session, course, "active", here("2027-01-09 08:59"))
    publish_draft(session, open_draft(session, course, here("2027-01-09 08:59")), here("2027-01-09 08:59"))
    do_chores(session, here("2027-01-09 08:59") + timedelta(seconds=10))
    assert planned(session, mine).due_at == here("2027-01-11 09:00")


def test_the_preview_says_so_too(session):
    course, _mine = late_reader(session)
    now = here("2027-01-08 15:00")
    draft = replace_draft(session, course, course_source("a: 0 days", "b", "c", "d"), Author("Robin", now))
    found = consequences(session, draft, now, undo=timedelta(minutes=5))
    assert (found.readers, found.moved) == (1, 0)


@pytest.mark.parametrize(("wait", "tried"), [("b", 3), ("b: 9 days", 0)], ids=["it stays", "it moves"])
def test_what_a_server_said_is_forgotten_with_the_day_on_which_it_said_so(session, wait, tried):
    course, mine = late_reader(session)
    row, now = planned(session, mine), here("2027-01-08 15:00")
    row.attempts, row.first_tried_at = 3, here("2027-01-06 09:00")
    session.flush()
    new_text(session, course, now, "a: 0 days", wait, "c", "d")
    do_chores(session, now)
    session.refresh(row)
    assert (row.attempts, row.first_tried_at is None) == (tried, not tried)

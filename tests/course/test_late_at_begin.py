"""What a worker does with a lesson that it could not send in time."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from course import chores
from course.models import Chore
from course.publishing import replan_all
from tests.factories import MONDAY, at, do_chores, join, planned, publish_course, send_due, send_next


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

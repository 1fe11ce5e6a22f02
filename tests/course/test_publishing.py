"""Publishing and taking it back; pausing a course and its three ways to go on."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from course import chores, outbox, planning
from course.database import Database
from course.editions import Author, find_draft, find_published, open_draft
from course.errors import Refused, Stale
from course.models import Chore, Compilation, DeliveryState, Edition, EditionState, EnrollmentState, Kind
from course.publishing import PublishOptions, pause_course, resume_course, undo
from course.sequence import published_sequence
from tests.factories import (
    MONDAY,
    SOON,
    at,
    begin,
    claim,
    claim_lesson,
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
    send_next,
)

NEW_YORK = "America/New_York"
WINDOW = timedelta(minutes=5)


def here(text: str):
    return at(text, NEW_YORK)


def plans(session, *readers):
    """What the planned rows say: which lesson, its slot, when a worker may take it."""
    rows = [planned(session, each) for each in readers]
    return [(key_of(session, row), row.slot_at, row.due_at) for row in rows]


def take_back(session, course, now):
    undo(session, course, Author("Robin", now))
    do_chores(session, now)


def test_publishing_swaps_what_readers_are_on_and_keeps_the_edition_before(session):
    course = publish_course(session, "a")
    first = find_published(session, course)
    second = publish_change(session, course, "a", "b", at=MONDAY + SOON)
    assert [each.key for each in published_sequence(session, course.id).lessons] == ["a", "b"]
    assert (first.state, second.state, second.previous_id) == (EditionState.RETIRED, EditionState.PUBLISHED, first.id)
    assert (second.number, find_draft(session, course)) == (2, None)


def test_a_draft_without_a_published_lesson_cannot_be_published(session):
    course = publish_course(session, "a")
    with pytest.raises(Refused, match="no published lesson"):
        publish_change(session, course, lesson("a", status="draft"), at=MONDAY)
    assert find_published(session, course).number == 1


def test_the_same_text_is_compiled_once(session):
    course = publish_course(session, "a")
    publish_change(session, course, "a", "b", at=MONDAY + SOON)
    assert len(session.scalars(select(Compilation)).all()) == 2 + 3  # two lessons, three letters


def test_a_draft_that_somebody_saved_while_it_was_compiled_is_not_published(database: Database):
    with database.writing() as session:
        course = publish_course(session, "a")
        draft_id = open_draft(session, course, MONDAY).id
    if database.is_sqlite:
        return  # there a writing transaction waits for the other to end before it reads
    with database.writing() as publisher:
        draft = publisher.get_one(Edition, draft_id)
        with database.writing() as other:
            other.get_one(Edition, draft_id).saves += 1
        with pytest.raises(Stale, match="while it was being published"):
            publish_draft(publisher, draft, MONDAY)


def test_undo_restores_every_plan(session):
    course = publish_course(session, "a", "b: 2 days", "c: 2 days")
    ana, ben, cem = (join(session, course, f"{day}@example.org", MONDAY + timedelta(days=day)) for day in (0, 2, 3))
    assert [send_next(session, ana), send_next(session, ana), send_next(session, ben)] == ["a", "b", "a"]
    before = plans(session, ana, ben, cem)
    publish_change(session, course, "new: 0 days", "a: 9 days", "c: 0 days", at=here("2027-01-08 08:00"))
    assert [key for key, _, _ in plans(session, ana, ben, cem)] == ["c", "c", "new"]
    take_back(session, course, here("2027-01-08 08:03"))
    assert plans(session, ana, ben, cem) == before
    assert find_published(session, course).number == 1
    assert find_draft(session, course).number == 3


def test_undo_brings_back_who_was_completed_because_the_awaited_lesson_was_deleted(session):
    course = publish_course(session, "a", "b: 5 days")
    ana = join(session, course)
    send_next(session, ana)
    before = plans(session, ana)
    publish_change(session, course, "a", at=here("2027-01-06 12:00"))
    assert ana.state is EnrollmentState.COMPLETED
    assert send_due(session, here("2027-01-06 12:04")) == []
    take_back(session, course, here("2027-01-06 12:04"))
    assert (ana.state, plans(session, ana)) == (EnrollmentState.ACTIVE, before)
    assert send_due(session, here("2027-01-06 12:30")) == []
    assert send_due(session, here("2027-01-10 09:00")) == ["b", "completion"]


def test_who_completed_because_of_a_deletion_gets_the_letter_when_the_window_is_over(session):
    course = publish_course(session, "a", "b: 5 days")
    ana = join(session, course)
    send_next(session, ana)
    publish_change(session, course, "a", at=here("2027-01-06 12:00"))
    assert send_due(session, here("2027-01-06 12:05")) == ["completion"]
    assert ana.state is EnrollmentState.COMPLETED


def test_undo_is_refused_after_its_window_and_for_the_first_publication(session):
    course = publish_course(session, "a")
    with pytest.raises(Refused, match="is over"):
        undo(session, course, Author("Robin", MONDAY))
    publish_change(session, course, "a", "b", at=MONDAY + SOON)
    with pytest.raises(Refused, match="is over"):
        undo(session, course, Author("Robin", MONDAY + SOON + WINDOW))


def test_undo_twice_does_not_go_further_back(session):
    course = publish_course(session, "a")
    publish_change(session, course, "a", "b", at=MONDAY + SOON)
    publish_change(session, course, "a", "b", "c", at=MONDAY + 2 * SOON)
    take_back(session, course, MONDAY + 3 * SOON)
    with pytest.raises(Refused):
        undo(session, course, Author("Robin", MONDAY + 4 * SOON))
    assert published_sequence(session, course.id).undo_until is None


def test_undo_leaves_a_draft_that_is_being_written_alone(session):
    course = publish_course(session, "a")
    publish_change(session, course, "a", "b", at=MONDAY + SOON)
    mine = open_draft(session, course, MONDAY + 2 * SOON)
    take_back(session, course, MONDAY + 3 * SOON)
    assert find_draft(session, course).id == mine.id


def test_a_lesson_published_and_taken_back_is_published_anew_the_next_time(session):
    course = publish_course(session, "a", "c")
    ana = join(session, course)
    send_next(session, ana)
    publish_change(session, course, "a", "b", "c", at=here("2027-01-06 08:00"))
    take_back(session, course, here("2027-01-06 08:01"))
    send_next(session, ana)  # c
    publish_change(session, course, "a", "b", "c", "d", at=here("2027-01-06 10:00"))
    assert outbox.open_lesson(session, ana.id) is None  # completed: b is behind, d was appended


def test_what_a_publication_moves_waits_for_the_window_and_the_rest_flows_on(session):
    course = publish_course(session, "a", "b: 3 days", "c: 1 day")
    ana, ben = join(session, course), join(session, course, "ben@example.org")
    assert [send_next(session, ana) for _ in range(2)] == ["a", "b"]  # b on Friday, c due on Saturday 09:00
    send_next(session, ben, here("2027-01-07 09:00"))
    moved, stays = planned(session, ben), planned(session, ana)
    publish_change(session, course, "a", "b: 1 day", "c: 1 day", at=here("2027-01-09 08:58"))
    assert stays.due_at == here("2027-01-09 09:00")
    assert moved.due_at == here("2027-01-09 09:03")
    assert send_due(session, here("2027-01-09 09:02")) == ["c", "completion"]
    assert send_due(session, here("2027-01-09 09:03")) == ["b"]


def test_a_row_that_the_chore_has_not_reached_is_caught_at_begin_and_waits_for_the_window_too(session):
    course = publish_course(session, "a", "b: 1 day", "c: 0 days")
    ana = join(session, course)
    send_next(session, ana)
    publish_change(session, course, "a", "c: 0 days", at=here("2027-01-06 08:59:30"))
    take_back(session, course, here("2027-01-06 08:59:40"))
    draft = find_draft(session, course)
    publish_draft(session, draft, here("2027-01-06 08:59:50"))
    assert [key for key, _, _ in plans(session, ana)] == ["b"]  # not replanned yet
    assert send_due(session, here("2027-01-06 09:00")) == []
    assert plans(session, ana) == [("c", here("2027-01-06 09:00"), here("2027-01-06 09:04:50"))]
    do_chores(session, here("2027-01-06 09:01"))
    assert send_due(session, here("2027-01-06 09:04:50")) == ["c", "completion"]


def test_a_publication_during_a_batch_catches_what_is_claimed(session):
    course = publish_course(session, "a", "b")
    ana = join(session, course)
    mine = claim_lesson(session, ana, here("2027-01-05 09:00"))
    publish_change(session, course, "b", at=here("2027-01-05 09:00"))
    assert not begin(session, mine, here("2027-01-05 09:00:01"))
    assert plans(session, ana)[0][0] == "b"


def test_replanning_goes_in_bounded_steps_and_a_second_publication_starts_it_over(session, monkeypatch):
    monkeypatch.setattr(chores, "SLICE", 2)
    course = publish_course(session, "a", "b")
    readers = [join(session, course, f"reader{n}@example.org") for n in range(5)]
    do_chores(session, MONDAY)
    publish_draft(session, open_draft(session, course, MONDAY), MONDAY + SOON)
    mine = chores.take(session)
    assert mine is not None
    assert chores.take(session) is None
    assert chores.step(session, *mine, MONDAY + SOON)
    chore = session.get_one(Chore, mine[0])
    assert (chore.done, chore.total) == (2, 5)
    publish_draft(session, open_draft(session, course, MONDAY), MONDAY + 2 * SOON)
    assert not chores.step(session, *mine, MONDAY + 2 * SOON)
    do_chores(session, MONDAY + 2 * SOON)
    edition_id = find_published(session, course).id
    assert {planned(session, each).edition_id for each in readers} == {edition_id}
    assert (chore.done, chore.state) == (5, "done")


@pytest.mark.parametrize(
    ("mode", "due"),
    [("original", "2027-01-10 09:00"), ("restart", "2027-01-12 09:00"), ("active", "2027-01-10 09:00")],
)
def test_a_paused_course_sends_nothing_and_goes_on_as_chosen(session, mode, due):
    course = publish_course(session, "a", "b: 3 days", "c: 1 day")
    ana = join(session, course)
    send_next(session, ana)  # on Tuesday; b would come on Friday, and two of its hours are lost
    pause_course(session, course, here("2027-01-07 10:00"))
    assert send_due(session, here("2027-01-08 09:00")) == []
    assert planned(session, ana).due_at is None
    resume_course(session, course, mode, here("2027-01-09 10:00"))
    do_chores(session, here("2027-01-09 10:00"))
    assert planned(session, ana).due_at == here(due)
    assert send_due(session, here(due)) == ["b"]


def test_a_slot_that_fell_into_the_pause_shortly_before_its_end_is_made_up_for_at_once(session):
    course = publish_course(session, "a", "b: 3 days", "c: 1 day")
    ana = join(session, course)
    send_next(session, ana)
    pause_course(session, course, here("2027-01-07 10:00"))
    resume_course(session, course, "original", here("2027-01-08 15:00"))
    do_chores(session, here("2027-01-08 15:00"))
    assert send_due(session, here("2027-01-08 15:00")) == ["b"]
    assert planned(session, ana).due_at == here("2027-01-09 09:00")


def test_an_unknown_way_to_go_on_is_refused_and_a_course_that_runs_is_left_alone(session):
    course = publish_course(session, "a")
    resume_course(session, course, "active", MONDAY)
    pause_course(session, course, MONDAY)
    pause_course(session, course, MONDAY + SOON)
    with pytest.raises(ValueError, match="later"):
        resume_course(session, course, "later", MONDAY + SOON)


def test_who_signs_up_during_a_pause_is_enrolled_and_waits(session):
    course = publish_course(session, "a: immediately")
    pause_course(session, course, MONDAY)
    ana = join(session, course, now=MONDAY + SOON)
    assert planned(session, ana).due_at is None
    assert send_due(session, MONDAY + 2 * SOON) == []
    resume_course(session, course, "active", MONDAY + 3 * SOON)
    do_chores(session, MONDAY + 3 * SOON)
    assert send_due(session, MONDAY + 4 * SOON) == ["a", "completion"]


def test_nobody_completes_a_course_while_it_is_paused(session):
    course = publish_course(session, "a")
    ana = join(session, course)
    mine = claim_lesson(session, ana, here("2027-01-05 09:00"))
    assert begin(session, mine, here("2027-01-05 09:00"))
    pause_course(session, course, here("2027-01-05 09:00"))
    outbox.record_sent(session, mine, "250", here("2027-01-05 09:00:01"))
    planning.advance(session, ana.id, here("2027-01-05 09:00:01"))
    assert deliveries(session, ana, Kind.COMPLETION) == []
    resume_course(session, course, "active", here("2027-01-05 12:00"))
    do_chores(session, here("2027-01-05 12:00"))
    assert send_due(session, here("2027-01-05 12:00")) == ["completion"]


def test_catching_up_comes_even_to_who_is_past_it(session):
    course = publish_course(session, "a", "b", "c")
    ana = join(session, course)
    assert [send_next(session, ana) for _ in range(2)] == ["a", "b"]
    options = PublishOptions(catch_up=frozenset({"new"}))
    publish_change(session, course, "a", "new", "b", "c", at=here("2027-01-06 10:00"), options=options)
    assert [send_next(session, ana) for _ in range(2)] == ["new", "c"]
    assert claim(session, here("2027-02-01 10:00")) != []
    assert deliveries(session, ana, Kind.COMPLETION)[0].state is DeliveryState.CLAIMED

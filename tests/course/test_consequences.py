"""What a publication would do to readers, said before it is done: and then it does just that."""

from datetime import timedelta

import pytest

from course.consequences import Effect, consequences
from course.editions import Author, open_draft, replace_draft
from course.folder import parse_lesson
from course.models import Delivery, Kind
from course.wishes import ask_next_now
from tests.factories import (
    MONDAY,
    SOON,
    at,
    course_source,
    deliveries,
    do_chores,
    join,
    lesson,
    newest,
    planned,
    publish_course,
    publish_draft,
    send_due,
)

UNDO = timedelta(minutes=5)
LESSONS = ("welcome: immediately", "trust: 1 day", "space: 2 days")


def here(text: str):
    return at(text, "America/New_York")


@pytest.fixture
def course(session):
    made = publish_course(session, *LESSONS)
    for name in ("ana", "bo", "cy"):
        join(session, made, f"{name}@example.org", name=name.title())
    send_due(session, MONDAY + SOON)
    return made


def would(session, course, *lessons: str, now=MONDAY + timedelta(hours=1), **changes: str):
    draft = replace_draft(session, course, course_source(*lessons, **changes), Author("Robin", now))
    return consequences(session, draft, now, undo=UNDO)


def test_an_untouched_draft_changes_nothing(session, course):
    found = consequences(session, open_draft(session, course, MONDAY), MONDAY + timedelta(hours=1), undo=UNDO)
    assert (found.readers, found.moved, found.examples) == (3, 0, [])


def test_a_longer_wait_moves_everybody_and_names_some(session, course):
    found = would(session, course, "welcome: immediately", "trust: 3 days", "space: 2 days")
    assert found.effects == {Effect.LATER: 3}
    assert found.largest_groups() == [("from Tue 05 Jan to Thu 07 Jan", 3)]
    example = found.examples[0]
    assert (example.name, example.before.local, example.after.local) == (
        "Ana",
        here("2027-01-05 09:00"),
        here("2027-01-07 09:00"),
    )


def test_a_deleted_lesson_is_replaced_by_the_one_after_it(session, course):
    found = would(session, course, "welcome: immediately", "space: 2 days")
    assert found.effects == {Effect.OTHER: 3}
    assert found.largest_groups() == [("“About space” next, on Wed 06 Jan", 3)]


def test_taking_everything_away_leaves_nothing_to_come(session, course):
    assert would(session, course, "welcome: immediately").effects == {Effect.NOTHING: 3}


def test_a_lesson_inserted_ahead_comes_next_and_one_inserted_behind_comes_never(session, course):
    ahead = would(session, course, "welcome: immediately", "pause: 1 day", "trust: 1 day", "space: 2 days")
    assert ahead.effects == {Effect.OTHER: 3}
    behind = would(session, course, "hello: immediately", *LESSONS)
    assert behind.effects == {Effect.SAME: 3}


def test_a_shorter_wait_that_is_over_comes_at_once_but_not_before_the_undo_is_over(session, course):
    now = MONDAY + timedelta(hours=1)
    found = would(session, course, "welcome: immediately", "trust: 10 minutes", "space: 2 days", now=now)
    assert found.effects == {Effect.AT_ONCE: 3}
    assert found.examples[0].after.local == now + UNDO


def test_what_was_foretold_is_what_happens(session, course):
    now = MONDAY + timedelta(hours=1)
    lessons = ("welcome: immediately", "pause: 2 days", "trust: 1 day", "space: 2 days")
    draft = replace_draft(session, course, course_source(*lessons), Author("Robin", now))
    foretold = {each.email: each.after.local for each in consequences(session, draft, now, undo=UNDO).examples}
    publish_draft(session, draft, now)
    do_chores(session, now)
    rows = session.query(Delivery).filter(Delivery.kind == Kind.LESSON, Delivery.due_at.is_not(None))
    assert {row.reader.email: row.due_at for row in rows} == foretold


def test_a_lesson_that_begins_to_ask_holds_who_had_it_and_one_that_stops_lets_them_go(session, course):
    welcome = lesson("welcome", "immediately")
    asking = parse_lesson(welcome.source.replace("wait:", "asks: {done: Done}\nwait:"), welcome.file_name)
    assert would(session, course, asking, *LESSONS[1:]).effects == {Effect.WAITS: 3}
    publish_draft(session, course.draft, MONDAY + timedelta(hours=1))
    do_chores(session, MONDAY + timedelta(hours=1))
    assert would(session, course, *LESSONS, now=MONDAY + timedelta(hours=2)).effects == {Effect.EARLIER: 3}


def test_what_was_asked_for_stays_as_it_is(session, course):
    ana = newest(session, "ana@example.org", course)
    assert ask_next_now(session, ana, "trust", MONDAY + timedelta(minutes=50))
    found = would(session, course, "welcome: immediately", "trust: 3 days", "space: 2 days")
    assert found.effects == {Effect.LATER: 2, Effect.SAME: 1}


def test_examples_are_ten_at_the_most(session):
    made = publish_course(session, *LESSONS)
    for number in range(12):
        join(session, made, f"reader{number}@example.org")
    found = would(session, made, "welcome: 2 days", "trust: 1 day", now=MONDAY + SOON)
    assert found.readers == 12
    assert len(found.examples) == 10


def test_a_reader_without_a_name_is_shown_by_address(session, course):
    nobody = join(session, course, "dee@example.org", MONDAY + SOON)
    assert planned(session, nobody)
    assert len(deliveries(session, nobody, Kind.LESSON)) == 1
    found = would(session, course, "welcome: 3 days", "trust: 3 days", "space: 2 days")
    assert "dee@example.org" in {example.email for example in found.examples if not example.name}

"""Readers in the same case are judged once, and that is the same as judging each of them by what really happened.

More crowds: `CROWDS=500 pytest tests/course/test_cases.py`.
"""

import os
from collections import Counter
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from course import outbox, planning
from course.cases import Cases
from course.consequences import Forecast, as_if_published, consequences, verdict_of
from course.editions import Author, replace_draft
from course.models import Delivery, Enrollment, Kind, Reader
from course.replanning import Run, replan_slice
from course.sequence import published_sequence, read_sequence
from course.standing import ON_THE_WAY, standing_of
from course.standings import OpenRow, Traveller, slices
from course.unmoved import Unmoved
from tests.course.crowds import NOW, Crowd
from tests.factories import publish_draft

UNDO = timedelta(minutes=5)
PLAN = (
    Delivery.enrollment_id, Delivery.lesson_id, Delivery.state, Delivery.slot_at, Delivery.due_at, Delivery.edition_id,
    Delivery.revision_id, Delivery.compilation_id, Delivery.wishes_number, Delivery.day_based, Delivery.asked,
    Delivery.priority, Delivery.attempts, Delivery.repeats, Delivery.reply, Delivery.reader_id, Delivery.created_at,
)  # fmt: skip


@pytest.fixture(params=range(int(os.environ.get("CROWDS", "4"))))
def crowd(session, request):
    return Crowd(session, request.param)


def on_their_way(session, course):
    mine = select(Enrollment).where(Enrollment.course_id == course.id, Enrollment.state.in_(ON_THE_WAY))
    return session.scalars(mine.order_by(Enrollment.id)).all()


def one_by_one(session, enrollment, sequence):
    """The reader as the ordinary way reads one: every receipt, every pause, every sign."""
    row = outbox.open_lesson(session, enrollment.id)
    standing = replace(standing_of(session, enrollment), sequence=sequence)
    number = session.get_one(Reader, enrollment.reader_id).wishes_number
    read = OpenRow(**{each.name: getattr(row, each.name) for each in fields(OpenRow)}) if row else None
    return Traveller(enrollment.id, enrollment.reader_id, number, standing, read)


def test_a_preview_says_of_each_reader_what_the_ordinary_way_says(session, crowd):
    draft = replace_draft(session, crowd.course, crowd.draft(), Author("Robin", NOW))
    before = published_sequence(session, crowd.course.id)
    after = as_if_published(read_sequence(session, draft.id), before, (), NOW)
    forecast = Forecast(before, Unmoved(session, NOW), NOW + UNDO)
    ordinary = {
        each.id: verdict_of(one_by_one(session, each, after), forecast) for each in on_their_way(session, crowd.course)
    }
    cases = Cases(session, NOW, lambda each: verdict_of(each, forecast))
    fast = {person.id: verdict for slice_ in slices(session, after) for person, verdict in cases.of(slice_)}
    assert fast == ordinary
    effects = Counter(each.effect for each in ordinary.values())
    assert consequences(session, draft, NOW, undo=UNDO).effects == effects


def test_a_replan_writes_for_each_reader_what_the_ordinary_way_writes(session, crowd):
    publish_draft(session, replace_draft(session, crowd.course, crowd.draft(), Author("Robin", NOW)), NOW)
    with session.begin_nested() as savepoint:
        replan_slice(session, Run(crowd.course.id, 0, 1000), NOW)
        fast = plans(session)
        savepoint.rollback()
    session.expire_all()
    for each in on_their_way(session, crowd.course):
        planning.advance(session, each.id, NOW, by_publication=True)
    assert fast == plans(session)


def plans(session):
    """Every row of every reader, and where they stand."""
    session.flush()
    rows = session.execute(select(*PLAN).where(Delivery.kind.in_((Kind.LESSON, Kind.COMPLETION)))).all()
    states = session.execute(select(Enrollment.id, Enrollment.state, Enrollment.finished_at)).all()
    return Counter(tuple(row) for row in rows), set(map(tuple, states))


def test_crowds_hold_many_readers_in_the_same_case(session):
    crowd = Crowd(session, 0)
    sequence = published_sequence(session, crowd.course.id)
    judged = []
    cases = Cases(session, NOW, judged.append)
    people = [person for slice_ in slices(session, sequence) for person, _ in cases.of(slice_)]
    assert len(judged) < 0.8 * len(people)

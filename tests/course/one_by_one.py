"""What becomes of many readers, twice: as those in the same case are judged once, and as each is judged alone."""

from collections import Counter
from dataclasses import fields, replace
from datetime import timedelta

from sqlalchemy import select

from course import outbox, planning
from course.cases import Cases
from course.consequences import Forecast, as_if_published, verdict_of
from course.models import Delivery, Enrollment, Kind, Reader
from course.replanning import Run, replan_slice
from course.sequence import published_sequence, read_sequence
from course.standing import ON_THE_WAY, standing_of
from course.standings import OpenRow, Traveller, slices
from course.unmoved import Unmoved

UNDO = timedelta(minutes=5)
PLAN = (
    Delivery.enrollment_id, Delivery.lesson_id, Delivery.state, Delivery.slot_at, Delivery.due_at, Delivery.edition_id,
    Delivery.revision_id, Delivery.compilation_id, Delivery.wishes_number, Delivery.day_based, Delivery.asked,
    Delivery.priority, Delivery.attempts, Delivery.repeats, Delivery.reply, Delivery.reader_id, Delivery.created_at,
)  # fmt: skip


def previews(session, course, draft, now):
    """What the draft would do to each enrollment: judged by cases, and alone."""
    before = published_sequence(session, course.id)
    after = as_if_published(read_sequence(session, draft.id), before, (), now)
    forecast = Forecast(before, Unmoved(session, now), now, now + UNDO)
    alone = {each.id: verdict_of(one_by_one(session, each, after), forecast) for each in on_their_way(session, course)}
    cases = Cases(session, now, lambda each: verdict_of(each, forecast))
    return {person.id: verdict for slice_ in slices(session, after) for person, verdict in cases.of(slice_)}, alone


def replans(session, course, now):
    """What stands in the tables after a publication: planned by slices, and alone, which stays."""
    with session.begin_nested() as savepoint:
        replan_slice(session, Run(course.id, 0, 1000), now)
        by_cases = plans(session)
        savepoint.rollback()
    session.expire_all()
    for each in on_their_way(session, course):
        planning.advance(session, each.id, now, by_publication=True)
    return by_cases, plans(session)


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


def plans(session):
    """Every row of every reader, and where they stand."""
    session.flush()
    rows = session.execute(select(*PLAN).where(Delivery.kind.in_((Kind.LESSON, Kind.COMPLETION)))).all()
    states = session.execute(select(Enrollment.id, Enrollment.state, Enrollment.finished_at)).all()
    return Counter(tuple(row) for row in rows), set(map(tuple, states))

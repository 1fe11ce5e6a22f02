"""Readers to whom a publication brings another lesson next: their planned row is cancelled, and another one planned.

What planning.advance does for one enrollment, for many with a handful of statements. Their enrollments are locked
first.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from course import outbox
from course.lines import Person
from course.models import Delivery, DeliveryState, Enrollment, Kind
from course.prepared import Bulk, types_of
from course.sequence import SequenceLesson
from course.standing import Answer
from course.standings import Traveller

ANOTHER = "Another lesson comes next."


@dataclass(frozen=True)
class Turn:
    """What the new row says, for everybody in the same case."""

    lesson_id: int
    values: dict[str, Any]


def is_turn(traveller: Traveller) -> bool:
    """Whether nothing is planned, or another lesson than the one that comes next, and nothing is under way."""
    row, awaited = traveller.row, traveller.standing.awaited
    if awaited is None:
        return False
    return row is None or (row.state is DeliveryState.PLANNED and row.lesson_id != awaited.lesson_id)


def turn_of(traveller: Traveller, lesson: SequenceLesson, said: Answer) -> Turn:
    """The new row, as planning would write it after a publication."""
    sequence = traveller.standing.sequence
    at_once = lesson.step.wait.kind == "immediately" and not traveller.standing.history.receipts
    return Turn(
        lesson.lesson_id,
        {
            "state": DeliveryState.PLANNED,
            "priority": outbox.URGENT if at_once else outbox.SCHEDULED,
            "edition_id": sequence.edition_id,
            "revision_id": lesson.revision_id,
            "slot_at": said.slot_at,
            "due_at": said.due_at and max(said.due_at, sequence.undo_until or said.due_at),
            "day_based": said.day_based,
            "reply": said.problem,
            "asked": False,
            "attempts": 0,
            "repeats": 0,
            "first_tried_at": None,
            "compilation_id": None,
        },
    )


def lock_up_to_busy(session: Session, people: list[Person]) -> int | None:
    """Lock the enrollments, then their open rows; returns the first enrollment that somebody else is at work on.

    Nobody is waited for but the first of all, while we hold no other: who waits while holding others may wait in a
    circle, for rounds and readers want several at once, too."""
    _lock(session, people[:1], skip_locked=False)
    free = _lock(session, people[1:], skip_locked=True)
    return next((each.id for each in people[1:] if each.id not in free), None)


def _lock(session: Session, people: list[Person], *, skip_locked: bool) -> set[int]:
    """The enrollments that are ours, with their open rows."""
    mine = select(Enrollment.id).where(Enrollment.id.in_([each.id for each in people])).order_by(Enrollment.id)
    enrollments = set(session.scalars(mine.with_for_update(key_share=True, skip_locked=skip_locked)))
    theirs = [each.row_id for each in people if each.row_id is not None and each.id in enrollments]
    planned = select(Delivery.id).where(Delivery.id.in_(theirs))
    rows: set[int | None] = {None, *session.scalars(planned.with_for_update(key_share=True, skip_locked=skip_locked))}
    return {each.id for each in people if each.id in enrollments and each.row_id in rows}


def write_turns(session: Session, course_id: int, turns: list[tuple[Person, Turn]], now: datetime) -> None:
    """Cancel what was planned and plan what comes next, for people whose enrollments are locked."""
    if not turns:
        return
    _CANCEL.run(session, [{"id": person.row_id} for person, _ in turns if person.row_id is not None])
    known = _known(session, turns)
    new, again = [], []
    for person, turn in turns:
        values = turn.values | {"wishes_number": person.wishes_number}
        if (person.id, turn.lesson_id) in known:
            again.append(values | {"enrollment_id": person.id, "lesson_id": turn.lesson_id})
        else:
            whose = {"enrollment_id": person.id, "reader_id": person.reader_id, "course_id": course_id}
            new.append(values | whose | {"kind": Kind.LESSON, "lesson_id": turn.lesson_id, "created_at": now})
    _PLAN.run(session, new)
    _PLAN_AGAIN.run(session, again)


def _known(session: Session, turns: list[tuple[Person, Turn]]) -> set[tuple[int, int]]:
    """Which of these lessons have a row already, by enrollment and lesson: one that was cancelled."""
    theirs = Delivery.enrollment_id.in_([person.id for person, _ in turns])
    lessons = Delivery.lesson_id.in_({turn.lesson_id for _, turn in turns})
    rows = session.execute(
        select(Delivery.enrollment_id, Delivery.lesson_id).where(theirs, lessons, Delivery.kind == Kind.LESSON)
    )
    return {(enrollment_id, lesson_id) for enrollment_id, lesson_id in rows if enrollment_id and lesson_id}


_DELIVERIES: Any = Delivery.__table__
_COLUMNS = _DELIVERIES.c
_CANCEL = Bulk(
    types_of(_COLUMNS, "id"),
    lambda given: (
        update(_DELIVERIES)
        .where(_COLUMNS.id == given["id"])
        .values(state=DeliveryState.CANCELLED, due_at=None, lease_until=None, claim_id=None, reply=ANOTHER)
    ),
)
_NEW = (
    "state", "priority", "edition_id", "revision_id", "slot_at", "due_at", "day_based", "reply", "asked", "attempts",
    "repeats", "first_tried_at", "compilation_id", "wishes_number",
)  # fmt: skip
_PLACE = ("enrollment_id", "lesson_id")
_OF_NEW_ROWS = (*_NEW, *_PLACE, "reader_id", "course_id", "kind", "created_at")
_PLAN = Bulk(
    types_of(_COLUMNS, *_OF_NEW_ROWS),
    lambda given: insert(_DELIVERIES).from_select(_OF_NEW_ROWS, select(*given.values()), include_defaults=False),
)
_PLAN_AGAIN = Bulk(
    types_of(_COLUMNS, *_NEW, *_PLACE),
    lambda given: (
        update(_DELIVERIES)
        .where(*(_COLUMNS[name] == given[name] for name in _PLACE), _COLUMNS.kind == Kind.LESSON)
        .values({name: given[name] for name in _NEW})
    ),
)

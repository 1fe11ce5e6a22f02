"""Replanning a whole course in slices: the same answers as planning.advance, for many readers with a few statements.

Most readers of a publication wait for the same lesson as before: their rows only move, or not even that. Others wait
for another lesson (course.turns). Both are written in bulk; whoever needs more (a completed course, a failed row) goes
the ordinary way. Each update names the row as it was read: if somebody was faster, nothing happens, and begin will
look again.

A courier's round locks many enrollments as well. So a slice waits for one at the most, before it holds any other, and
ends where somebody else is at work on the next: that one is the first of the slice that follows.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, update
from sqlalchemy.orm import Session

from course import planning
from course.cases import Cases
from course.lines import Person, read_people
from course.models import Delivery, DeliveryState
from course.prepared import Bulk, types_of
from course.sequence import published_sequence
from course.standing import Answer, answer
from course.standings import Traveller
from course.turns import Turn, is_turn, lock_up_to_busy, turn_of, write_turns
from course.unmoved import Unmoved


@dataclass(frozen=True)
class Run:
    """Up to `most` enrollments of a course, those after `after` in the order of their ids.

    `resumed`: a pause has ended, which asks every slot anew; a publication leaves alone what it does not move, and so
    do new `zones` with what is right by them as well."""

    course_id: int
    after: int
    most: int
    resumed: bool = False
    zones: bool = False


@dataclass(frozen=True)
class Move:
    """The planned row of everybody in the same case: as it was read, and as it is to be."""

    old_slot_at: datetime
    slot_at: datetime
    due_at: datetime | None
    edition_id: int
    said: Answer


def replan_slice(session: Session, run: Run, now: datetime) -> tuple[int, int]:
    """Plan a run of enrollments anew, as far as they are free; returns how many, and the last one's id.

    It is at least one while there are any."""
    sequence = published_sequence(session, run.course_id)
    slice_ = read_people(session, sequence, run.after, run.most)
    unmoved = None if run.resumed else Unmoved(session, now, zones=run.zones)
    cases = Cases(session, now, lambda each: _judged(each, unmoved, now))
    judged = list(cases.of(slice_))
    busy = lock_up_to_busy(session, [person for person, verdict in judged if not isinstance(verdict, Move)])
    judged = [(person, verdict) for person, verdict in judged if busy is None or person.id < busy]
    ordinary = [person for person, verdict in judged if verdict is None]
    turning = [person for person, verdict in judged if isinstance(verdict, Turn)]
    turned = _turn(session, cases, run, turning, now)
    for person in ordinary + [each for each in turning if each.id not in turned]:
        planning.advance(session, person.id, now, by_publication=True)
    # Last: these wait for no enrollment, and nobody who holds one waits for them while we still want another.
    if moves := [_values(person, verdict) for person, verdict in judged if isinstance(verdict, Move)]:
        _MOVE.run(session, moves)
    return len(judged), judged[-1][0].id if judged else run.after


def _turn(
    session: Session, cases: "Cases[Move | Turn | None]", run: Run, people: list[Person], now: datetime
) -> set[int]:
    """Bring those people, who are locked, the lesson that comes next; returns the enrollments that still awaited it."""
    if not people:
        return set()
    locked = {(person.id, person.row_id) for person in people}
    # Read again: what happened before we had the locks counts, and nothing happens any more.
    again = read_people(session, published_sequence(session, run.course_id), run.after, run.most)
    turns = [
        (person, verdict)
        for person, verdict in cases.of(again)
        if isinstance(verdict, Turn) and (person.id, person.row_id) in locked
    ]
    write_turns(session, run.course_id, turns, now)
    return {person.id for person, _ in turns}


def _judged(traveller: Traveller, unmoved: Unmoved | None, now: datetime) -> Move | Turn | None:
    """What is to be written for everybody in the same case; None where planning.advance has to look."""
    awaited = traveller.standing.awaited
    if awaited is not None and is_turn(traveller):
        return turn_of(traveller, awaited, answer(traveller.standing, awaited, now))
    return _move(traveller, unmoved, now) if _only_moves(traveller) else None


def _only_moves(traveller: Traveller) -> bool:
    """Whether the reader still waits for the lesson whose row is planned, and nothing special is the matter."""
    row, awaited = traveller.row, traveller.standing.awaited
    if row is None or awaited is None:
        return False
    return row.state is DeliveryState.PLANNED and row.lesson_id == awaited.lesson_id and not row.asked


def _move(traveller: Traveller, unmoved: Unmoved | None, now: datetime) -> Move:
    """What one update writes for everybody in the same case, as planning would write it."""
    row, standing, awaited = traveller.row, traveller.standing, traveller.standing.awaited
    assert row is not None and awaited is not None, "only rows that move come here"
    sequence, said = standing.sequence, answer(standing, awaited, now)
    slot_at, due_at = said.slot_at, said.due_at
    if slot_at == row.slot_at and row.due_at is not None and not standing.held:
        due_at = row.due_at
    elif unmoved is not None and unmoved.keeps(row, traveller.wishes_number, standing, said):
        slot_at, due_at = row.slot_at, row.due_at
    elif row.edition_id != sequence.edition_id and due_at is not None:
        due_at = max(due_at, sequence.undo_until or due_at)
    return Move(row.slot_at, slot_at, due_at, sequence.edition_id, said)


def _values(person: Person, move: Move) -> dict[str, Any]:
    return {
        "id": person.row_id,
        "old_slot_at": move.old_slot_at,
        "problem": move.said.problem,
        "slot_at": move.slot_at,
        "due_at": move.due_at,
        "edition_id": move.edition_id,
        "revision_id": move.said.lesson.revision_id,
        "wishes_number": person.wishes_number,
        "day_based": move.said.day_based,
    }


_DELIVERIES: Any = Delivery.__table__
_COLUMNS = _DELIVERIES.c
_MOVED = ("slot_at", "due_at", "edition_id", "revision_id", "wishes_number", "day_based")
_MOVE = Bulk(
    types_of(_COLUMNS, "id", *_MOVED) | {"old_slot_at": _COLUMNS.slot_at.type, "problem": _COLUMNS.reply.type},
    lambda given: (
        update(_DELIVERIES)
        .where(_COLUMNS.id == given["id"], _COLUMNS.state == DeliveryState.PLANNED)
        .where(_COLUMNS.slot_at == given["old_slot_at"])
        .values(
            {name: given[name] for name in _MOVED}
            | {"reply": func.coalesce(given["problem"], _COLUMNS.reply), "compilation_id": None}
            # As planning does: what a server said then has nothing to do with another day.
            | {"first_tried_at": case((given["slot_at"] == given["old_slot_at"], _COLUMNS.first_tried_at))}
            | {"attempts": case((given["slot_at"] == given["old_slot_at"], _COLUMNS.attempts), else_=0)}
        )
    ),
)

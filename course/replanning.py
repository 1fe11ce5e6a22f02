"""Replanning a whole course in slices: the same answers as planning.advance, for many readers with a few statements.

Most readers of a publication wait for the same lesson as before: their rows only move, or not even that. Those are
written in bulk; whoever needs more (a new row, a cancelled one, a completed course) goes the ordinary way. Each
update names the row as it was read: if somebody was faster, nothing happens, and begin will look again.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, update
from sqlalchemy.orm import Session

from course import planning
from course.answers import Answers
from course.cases import Cases
from course.lines import read_people
from course.models import Delivery, DeliveryState
from course.sequence import published_sequence
from course.standings import Traveller
from course.unmoved import Unmoved


@dataclass(frozen=True)
class Run:
    """Up to `most` enrollments of a course, those after `after` in the order of their ids.

    `resumed`: a pause has ended, which asks every slot anew; a publication leaves alone what it does not move."""

    course_id: int
    after: int
    most: int
    resumed: bool = False


def replan_slice(session: Session, run: Run, now: datetime) -> tuple[int, int]:
    """Plan a run of enrollments anew; returns how many, and the last one's id."""
    sequence = published_sequence(session, run.course_id)
    slice_ = read_people(session, sequence, run.after, run.most)
    answers, unmoved = Answers(now), None if run.resumed else Unmoved(session, now)
    cases = Cases(session, now, lambda each: _move(each, answers, unmoved) if _only_moves(each) else None)
    moves: list[dict[str, Any]] = []
    for person, move in cases.of(slice_):
        if move is None:
            planning.advance(session, person.id, now, by_publication=True)
        else:
            moves.append({**move, "row_id": person.row_id, "new_wishes": person.wishes_number})
    if moves:
        session.connection().execute(_MOVE, moves)
    return len(slice_.people), slice_.people[-1].id if slice_.people else run.after


def _only_moves(traveller: Traveller) -> bool:
    """Whether the reader still waits for the lesson whose row is planned, and nothing special is the matter."""
    row, awaited = traveller.row, traveller.standing.awaited
    if row is None or awaited is None:
        return False
    return row.state is DeliveryState.PLANNED and row.lesson_id == awaited.lesson_id and not row.asked


def _move(traveller: Traveller, answers: Answers, unmoved: Unmoved | None) -> dict[str, Any]:
    """What one update writes for everybody in the same case, as planning would write it."""
    row, standing, awaited = traveller.row, traveller.standing, traveller.standing.awaited
    assert row is not None and awaited is not None, "only rows that move come here"
    sequence, said = standing.sequence, answers.of(standing, awaited)
    slot_at, due_at = said.slot_at, said.due_at
    if slot_at == row.slot_at and row.due_at is not None and not standing.held:
        due_at = row.due_at
    elif unmoved is not None and unmoved.keeps(row, traveller.wishes_number, standing, awaited):
        slot_at, due_at = row.slot_at, row.due_at
    elif row.edition_id != sequence.edition_id and due_at is not None:
        due_at = max(due_at, sequence.undo_until or due_at)
    return {
        "old_slot": row.slot_at,
        "new_slot": slot_at,
        "new_due": due_at,
        "new_edition": sequence.edition_id,
        "new_revision": awaited.revision_id,
        "new_day_based": said.day_based,
        "new_reply": said.problem,
    }


_MOVE = (
    update(Delivery.__table__)  # type: ignore[arg-type]
    .where(Delivery.id == bindparam("row_id"))
    .where(Delivery.state == DeliveryState.PLANNED, Delivery.slot_at == bindparam("old_slot"))
    .values(
        slot_at=bindparam("new_slot"),
        due_at=bindparam("new_due"),
        edition_id=bindparam("new_edition"),
        revision_id=bindparam("new_revision"),
        wishes_number=bindparam("new_wishes"),
        day_based=bindparam("new_day_based"),
        reply=func.coalesce(bindparam("new_reply"), Delivery.reply),
        compilation_id=None,
    )
)

"""Where many enrollments stand, made of their lines: for previews and replanning.

A history that was added up is written out again as one that means the same for whatever is still to come: which
lessons were had, in which epoch, and when the last one was sent. Earlier days need not be known: a slot lies after its
anchor, and the anchor not before the last lesson, so no other day that a lesson took can stand in its way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy.orm import Session

from course.history import History, Receipt
from course.lines import Epochs, Had, Person, Slice, read_people
from course.models import DeliveryState, EnrollmentState
from course.sequence import Sequence
from course.standing import Standing, wishes

SLICE = 5000
NOTHING = Had()
# Stands for the last lesson where it asked for nothing: then nobody needs to know which one it was.
SOME_LESSON = 0


@dataclass(frozen=True)
class OpenRow:
    """The open lesson's delivery as it stands."""

    id: int
    lesson_id: int
    state: DeliveryState
    slot_at: datetime
    due_at: datetime | None
    edition_id: int | None
    wishes_number: int | None
    asked: bool


@dataclass(frozen=True)
class Traveller:
    """One enrollment on its way: who, where it stands under some sequence, and its open row."""

    enrollment_id: int
    reader_id: int
    wishes_number: int
    standing: Standing
    row: OpenRow | None


def slices(session: Session, sequence: Sequence) -> Iterator[Slice]:
    """Every active or paused enrollment of the course, as if readers were on `sequence`."""
    after = 0
    while (slice_ := read_people(session, sequence, after, SLICE)).people:
        yield slice_
        after = slice_.people[-1].id


def traveller(slice_: Slice, person: Person) -> Traveller:
    """One of a slice, written out."""
    return Traveller(person.id, person.reader_id, person.wishes_number, _standing(slice_, person), _row(person))


def _standing(slice_: Slice, person: Person) -> Standing:
    had, resting = slice_.had.get(person.id, NOTHING), person.state == EnrollmentState.PAUSED
    receipts = _receipts(slice_.epochs, had.lessons)
    if had.last_sent_at is not None:
        lesson_id = had.asking(slice_.asking) or SOME_LESSON
        kept = had.gap_slot is not None
        receipts += (Receipt(lesson_id, had.last_sent_at, True, had.gap_slot or had.last_sent_at, kept),)
    return Standing(
        sequence=slice_.sequence,
        history=History(receipts, person.begins_at),
        wishes=wishes(person.timezone, person.hour, person.pace),
        anchor_wait=person.anchor_wait,
        paused=slice_.course_paused or (resting and person.paused_until is None),
        resumes_at=person.paused_until if resting else None,
        pauses=(*slice_.pauses.get(None, ()), *slice_.pauses.get(person.id, ())),
        signs=_signs(slice_, person, had),
    )


def _signs(slice_: Slice, person: Person, had: Had) -> dict[int, datetime]:
    lesson_id = had.asking(slice_.asking)
    said_at = slice_.signs.get((person.id, lesson_id)) if lesson_id else None
    return {lesson_id: said_at} if lesson_id and said_at else {}


def _row(person: Person) -> OpenRow | None:
    if person.row_id is None:
        return None
    return OpenRow(
        person.row_id, person.row_lesson_id, DeliveryState(person.row_state), person.row_slot_at, person.row_due_at,
        person.row_edition_id, person.row_wishes_number, person.row_asked,
    )  # fmt: skip


@lru_cache(maxsize=1000)  # many have had the same
def _receipts(epochs: Epochs, lessons: str) -> tuple[Receipt, ...]:
    """Told as if they had been skipped: receipts, and no anchors."""
    return tuple(Receipt(lesson_id, at, False, at, False) for lesson_id, at in epochs.read(lessons).items())

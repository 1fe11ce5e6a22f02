"""Where many enrollments stand, read in slices with a handful of statements each: for previews and replanning."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Sequence as Series
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from course.history import History, Receipt
from course.models import Course, Delivery, DeliveryState, Enrollment, EnrollmentState, Kind, Pause, Reader, Sign
from course.schedule import Wishes
from course.schedule.pauses import Pause as PastPause
from course.schedule.pauses import Resume
from course.sequence import Sequence
from course.standing import ON_THE_WAY, Standing

SLICE = 2000


@dataclass(frozen=True)
class OpenRow:
    """The open lesson's delivery as it stands."""

    id: int
    lesson_id: int
    state: DeliveryState
    slot_at: datetime
    due_at: datetime | None
    edition_id: int | None
    revision_id: int | None
    wishes_number: int | None
    asked: bool


@dataclass(frozen=True)
class Traveller:
    """One enrollment on its way: who, where it stands under some sequence, and its open row."""

    enrollment_id: int
    reader_id: int
    name: str
    email: str
    wishes_number: int
    standing: Standing
    row: OpenRow | None


def travellers(session: Session, sequence: Sequence) -> Iterator[Traveller]:
    """Every active or paused enrollment of the course, as if readers were on `sequence`."""
    after = 0
    while slice_ := read_slice(session, sequence, after, SLICE):
        yield from slice_
        after = slice_[-1].enrollment_id


def read_slice(session: Session, sequence: Sequence, after: int, most: int) -> list[Traveller]:
    """Up to `most` of them, in the order of their ids, from the one after `after`."""
    people = session.execute(
        select(
            Enrollment.id, Enrollment.reader_id, Enrollment.state, Enrollment.anchor_at, Enrollment.confirmed_at,
            Enrollment.created_at, Enrollment.anchor_wait, Enrollment.paused_until,
            Reader.name, Reader.email, Reader.timezone, Reader.hour, Reader.pace, Reader.wishes_number,
        )
        .join(Reader)
        .where(Enrollment.course_id == sequence.course_id, Enrollment.id > after, Enrollment.state.in_(ON_THE_WAY))
        .order_by(Enrollment.id)
        .limit(most)
    ).all()  # fmt: skip
    if not people:
        return []
    reading = _Reading(session, sequence, people[0].id, people[-1].id)
    return [reading.traveller(person) for person in people]


class _Reading:
    """What belongs to a run of enrollment ids, read at once and dealt out."""

    def __init__(self, session: Session, sequence: Sequence, first: int, last: int) -> None:
        self._session = session
        self._sequence = sequence
        self._first, self._last = first, last
        self._course_paused = session.get_one(Course, sequence.course_id).paused_at is not None
        self._receipts, self._open = self._deliveries()
        self._pauses = self._read_pauses()
        self._signs = self._read_signs()

    def traveller(self, person: Any) -> Traveller:
        resting = person.state is EnrollmentState.PAUSED
        standing = Standing(
            sequence=self._sequence,
            history=History(
                tuple(self._receipts.get(person.id, ())), person.anchor_at or person.confirmed_at or person.created_at
            ),
            wishes=_wishes(person.timezone, person.hour, person.pace),
            anchor_wait=person.anchor_wait,
            paused=self._course_paused or (resting and person.paused_until is None),
            resumes_at=person.paused_until if resting else None,
            pauses=(*self._pauses.get(None, ()), *self._pauses.get(person.id, ())),
            signs=self._signs.get(person.id, {}),
        )
        row = self._open.get(person.id)
        return Traveller(
            person.id, person.reader_id, person.name, person.email, person.wishes_number, standing, row
        )  # fmt: skip

    def _mine(self, column: Any) -> ColumnElement[bool]:
        within: ColumnElement[bool] = column.between(self._first, self._last)
        return within

    def _deliveries(self) -> tuple[Mapping[int, Series[Receipt]], Mapping[int, OpenRow]]:
        receipts: dict[int, list[Receipt]] = defaultdict(list)
        open_rows: dict[int, OpenRow] = {}
        rows: Iterable[Any] = self._session.execute(
            select(
                Delivery.enrollment_id, Delivery.id, Delivery.lesson_id, Delivery.state, Delivery.slot_at,
                Delivery.sent_at, Delivery.day_based, Delivery.due_at, Delivery.edition_id, Delivery.revision_id,
                Delivery.wishes_number, Delivery.asked,
            )
            .join(Enrollment)
            .where(self._mine(Delivery.enrollment_id), Enrollment.course_id == self._sequence.course_id)
            .where(Delivery.kind == Kind.LESSON, Delivery.state != DeliveryState.CANCELLED)
            .order_by(Delivery.enrollment_id, Delivery.sent_at)
        )  # fmt: skip
        for of, id_, lesson, state, slot, sent, day_based, due, edition, revision, wishes, asked in rows:
            if state is DeliveryState.SENT or state is DeliveryState.SKIPPED:
                receipts[of].append(Receipt(lesson, sent, state is DeliveryState.SENT, slot, day_based))
            else:
                open_rows[of] = OpenRow(id_, lesson, state, slot, due, edition, revision, wishes, asked)
        return receipts, open_rows

    def _read_pauses(self) -> Mapping[int | None, list[PastPause]]:
        found: dict[int | None, list[PastPause]] = defaultdict(list)
        whose = or_(Pause.enrollment_id.is_(None), self._mine(Pause.enrollment_id))
        over = select(Pause).where(Pause.course_id == self._sequence.course_id, Pause.ended_at.is_not(None), whose)
        for each in self._session.scalars(over):
            assert each.ended_at is not None
            pause = PastPause(each.began_at, each.ended_at, Resume(each.mode or Resume.ACTIVE))
            found[each.enrollment_id].append(pause)
        return found

    def _read_signs(self) -> Mapping[int, dict[int, datetime]]:
        found: dict[int, dict[int, datetime]] = defaultdict(dict)
        if any(lesson.source.asks for lesson in self._sequence.lessons):
            statement = select(Sign.enrollment_id, Sign.lesson_id, Sign.said_at)
            for row in self._session.execute(statement.where(self._mine(Sign.enrollment_id))):
                found[row.enrollment_id][row.lesson_id] = row.said_at
        return found


@cache
def _wishes(timezone: str | None, hour: str | None, pace: float) -> Wishes:
    return Wishes(timezone, time.fromisoformat(hour) if hour else None, pace)

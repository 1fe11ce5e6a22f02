"""The ordinary lessons of a claimed batch, read together with a handful of statements.

Nearly every mail is ordinary: a lesson on its day to an active reader, with no gate, cap, pause or edit in its way.
For those everything is read at once here, and written at once by course.rounds. Whatever is not ordinary is left out,
and goes the careful way, alone, through planning.may_begin, which alone knows what to do then.

Between reading and sending the world goes on. So each ordinary lesson carries a fingerprint of all that could change
the answer; the transaction that begins it reads the fingerprint again, and begins it only if nothing has happened.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Sequence as Series
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import exists, literal_column, or_, select
from sqlalchemy.orm import Session

from course.database import instant
from course.history import History, Receipt
from course.models import (
    Course,
    Delivery,
    DeliveryState,
    Edition,
    EditionState,
    Enrollment,
    EnrollmentState,
    Kind,
    Pause,
    Reader,
    Suppression,
)  # fmt: skip
from course.outbox import Claimed
from course.prepared import Prepared, among
from course.schedule import latest_recurrence, useless, when_late
from course.schedule.pauses import Pause as PastPause
from course.sequence import Sequence, SequenceLesson, find_published_sequence
from course.standing import Standing, after_receipt, past_pause, wishes

_D, _E, _R, _C = (table.__table__.c for table in (Delivery, Enrollment, Reader, Course))
_PUBLISHED, _BARRED = Edition.__table__.c, Suppression.__table__.c
_SUPPRESSED = exists().where(_BARRED.digest == _R.digest, _BARRED.ended_at.is_(None))
_FINGERPRINT = (
    _E.state.label("stands"), _E.paused_until, _E.anchor_at, _E.anchor_wait, _R.wishes_number, _R.email, _R.name,
    _C.paused_at, _PUBLISHED.id.label("published"), _SUPPRESSED.label("suppressed"),
)  # fmt: skip
_WIDTH = len(_FINGERPRINT)
_RECEIPTS = frozenset({str(DeliveryState.SENT), str(DeliveryState.SKIPPED)})
_PEOPLE = (
    Delivery.__table__.join(Enrollment.__table__, _D.enrollment_id == _E.id)
    .join(Reader.__table__, _D.reader_id == _R.id)
    .join(Course.__table__, _E.course_id == _C.id)
    .outerjoin(Edition.__table__, (_PUBLISHED.course_id == _C.id) & (_PUBLISHED.state == EditionState.PUBLISHED))
)
_MINE = among(_D.id, "ids")
# Locked: what is seen here is true until the round is written. Otherwise a claim whose lease ends amid it is begun.
_CHECK = Prepared(
    select(_D.id, _D.state, _D.claim_id, *_FINGERPRINT)
    .select_from(_PEOPLE)
    .where(_MINE)
    .order_by(_D.id)
    .with_for_update(of=Delivery.__table__, key_share=True)
)
_FACTS = Prepared(
    select(
        *_FINGERPRINT,
        _D.id, _D.enrollment_id, _D.reader_id, _D.lesson_id, _D.kind, _D.repeats, _D.asked, _D.slot_at, _D.day_based,
        _D.edition_id, _D.wishes_number.label("under"),
        _E.handle, _E.course_id, _E.confirmed_at, _E.created_at,
        _R.timezone, _R.hour, _R.pace, _R.fields,
    )
    .select_from(_PEOPLE)
    .where(_MINE)
)  # fmt: skip
_LESSONS = Prepared(
    select(_D.enrollment_id, _D.lesson_id, _D.state, _D.sent_at, _D.slot_at, _D.day_based)
    .where(among(_D.enrollment_id, "ids"), _D.kind == literal_column(f"'{Kind.LESSON}'"))
    .order_by(_D.enrollment_id, _D.sent_at)
)

Fingerprint = tuple[Any, ...]


class Ordinary(NamedTuple):
    """One ordinary lesson: its claim, its reader, where the enrollment stands, and its fingerprint.

    `planned` are the lessons that have a delivery in this enrollment already, in whatever state."""

    claimed: Claimed
    fingerprint: Fingerprint
    standing: Standing
    lesson: SequenceLesson
    compilation_id: int
    slot_at: datetime
    day_based: bool
    planned: frozenset[int]
    reader_id: int
    wishes_number: int
    name: str
    email: str
    handle: str
    fields: Mapping[str, str]

    def slot_now(self, now: datetime) -> datetime | None:
        """The slot under which it goes now; None when it is too late, useless, or not ordinary any more."""
        rules, wishes, step = self.standing.sequence.course.rules, self.standing.wishes, self.standing.step(self.lesson)
        if self.standing.earliest(now) > now or useless(step, wishes, rules, now):
            return None
        if when_late(self.slot_at, step, rules, wishes, self.standing.past(self.lesson), now) > now:
            return None
        if step.wait.day_based:
            return latest_recurrence(self.slot_at, step, rules, wishes, now)
        return self.slot_at

    def sent(self, slot_at: datetime, at: datetime) -> Standing:
        """Where the enrollment stands once it is accepted `at`, under this slot."""
        return after_receipt(self.standing, Receipt(self.lesson.lesson_id, at, True, slot_at, self.day_based))


class Look(NamedTuple):
    """A second look at one delivery: its state, who has claimed it, and its fingerprint as the driver gives it."""

    state: str
    claim_id: str | None
    fingerprint: Fingerprint


def read_batch(session: Session, claimed: Series[Claimed]) -> dict[int, Ordinary]:
    """The ordinary lessons among these, by delivery."""
    rows = _FACTS.fetch(session, ids=[each.delivery_id for each in claimed])
    rows = [row for row in rows if _may_be_ordinary(row)]
    if not rows:
        return {}
    reading = _Reading(session, rows)
    claims = {each.delivery_id: each for each in claimed}
    found = (reading.ordinary(claims[row.id], row) for row in rows)
    return {each.claimed.delivery_id: each for each in found if each is not None}


def look_again(session: Session, delivery_ids: Series[int]) -> dict[int, Look]:
    """The same deliveries as they are now, locked; on PostgreSQL lock their enrollments before."""
    return {row[0]: Look(row[1], row[2], tuple(row[3:])) for row in _CHECK.fetch(session, ids=list(delivery_ids))}


def _may_be_ordinary(row: Any) -> bool:
    # As the driver gives it: words are text.
    return (
        row.kind == Kind.LESSON
        and row.stands == EnrollmentState.ACTIVE
        and not (row.repeats or row.asked or row.suppressed)
        and row.paused_at is None
        and (row.published, row.wishes_number) == (row.edition_id, row.under)
    )


class _Reading:
    """What belongs to these enrollments, read at once and dealt out."""

    def __init__(self, session: Session, rows: Series[Any]) -> None:
        self._session = session
        self._sequences: dict[int, Sequence | None] = {}
        self._lessons: dict[int | None, list[Any]] = defaultdict(list)
        for each in _LESSONS.fetch(session, ids=[row.enrollment_id for row in rows]):
            self._lessons[each[0]].append(each)
        self._pauses = self._read_pauses({row.course_id for row in rows}, {row.enrollment_id for row in rows})

    def ordinary(self, claimed: Claimed, row: Any) -> Ordinary | None:
        sequence = self._sequence(row.course_id)
        if sequence is None or sequence.course.rules.cap is not None:
            return None
        standing = self._standing(sequence, row)
        lesson = standing.awaited
        if lesson is None or lesson.lesson_id != row.lesson_id or lesson.compilation_id is None:
            return None
        if standing.gate or lesson.source.asks:
            return None
        if self._rested(row, standing.history.past.anchor):
            return None  # it made the wait longer, and the replan behind it may not have come yet
        return Ordinary(
            claimed=claimed,
            fingerprint=tuple(row[:_WIDTH]),
            standing=standing,
            lesson=lesson,
            compilation_id=lesson.compilation_id,
            slot_at=instant(row.slot_at),
            day_based=bool(row.day_based),
            planned=frozenset(each[1] for each in self._lessons[row.enrollment_id]),
            reader_id=row.reader_id,
            wishes_number=row.wishes_number,
            name=row.name,
            email=row.email,
            handle=row.handle,
            fields=json.loads(row.fields) if isinstance(row.fields, str) else row.fields,
        )

    def _sequence(self, course_id: int) -> Sequence | None:
        if course_id not in self._sequences:
            self._sequences[course_id] = find_published_sequence(self._session, course_id)
        return self._sequences[course_id]

    def _standing(self, sequence: Sequence, row: Any) -> Standing:
        receipts = tuple(
            Receipt(lesson, instant(sent_at), state == DeliveryState.SENT, instant(slot_at), bool(day_based))
            for _, lesson, state, sent_at, slot_at, day_based in self._lessons[row.enrollment_id]
            if state in _RECEIPTS
        )
        return Standing(
            sequence=sequence,
            history=History(receipts, instant(row.anchor_at or row.confirmed_at or row.created_at)),
            wishes=wishes(row.timezone, row.hour, row.pace),
            anchor_wait=row.anchor_wait,
        )

    def _rested(self, row: Any, anchor: datetime) -> bool:
        """Whether a pause ended after the anchor; those before it have no say any more."""
        pauses = *self._pauses[row.course_id, None], *self._pauses[row.course_id, row.enrollment_id]
        return any(pause.end > anchor for pause in pauses)

    def _read_pauses(
        self, courses: set[int], enrollments: set[int]
    ) -> Mapping[tuple[int, int | None], list[PastPause]]:
        found: dict[tuple[int, int | None], list[PastPause]] = defaultdict(list)
        whose = or_(Pause.enrollment_id.is_(None), Pause.enrollment_id.in_(enrollments))
        over = select(Pause).where(Pause.course_id.in_(courses), Pause.ended_at.is_not(None), whose)
        for each in self._session.scalars(over):
            found[each.course_id, each.enrollment_id].append(past_pause(each))
        return found

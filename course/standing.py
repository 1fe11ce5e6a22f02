"""Where one enrollment stands: its course's sequence, its history, its reader's wishes, and what follows from them.

awaited      the lesson that comes next: derived from receipts and publications, never stored
forecast     the slots of all lessons that are still to come
following    the lesson after this one, for "the next lesson comes on …"
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from functools import cache, cached_property

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from course.gates import Gate, gate_of, read_signs
from course.history import History, Receipt, read_history
from course.models import Course, Enrollment, EnrollmentState, Pause, Reader
from course.schedule import (
    NoSlot,
    Past,
    Slot,
    Step,
    Wishes,
    latest_recurrence,
    local_zone,
    parse_wait,
    useless,
    when_replanned,
)
from course.schedule import slot as schedule_slot
from course.schedule.pauses import Pause as PastPause
from course.schedule.pauses import Resume, moved_anchor
from course.sequence import Sequence, SequenceLesson, published_sequence

ON_THE_WAY = (EnrollmentState.ACTIVE, EnrollmentState.PAUSED)


@dataclass(frozen=True)
class Standing:
    """Everything that an answer about one enrollment is computed from: plain values, no row of a table.

    `anchor_wait` stands in for the wait of the lesson after the anchor: who comes back does not wait again.
    `resumes_at` ends a reader's own pause: nothing goes before it, and nobody needs to be awake for it."""

    sequence: Sequence
    history: History
    wishes: Wishes
    anchor_wait: str | None = None
    paused: bool = False
    resumes_at: datetime | None = None
    pauses: tuple[PastPause, ...] = ()
    signs: Mapping[int, datetime] = field(default_factory=dict)

    @property
    def awaited(self) -> SequenceLesson | None:
        """The next lesson: derived, never stored."""
        return self.sequence.after(self.history.lessons)

    @property
    def last_sent(self) -> Receipt | None:
        """The lesson that was sent last."""
        return max((each for each in self.history.receipts if each.sent), key=lambda each: each.at, default=None)

    @property
    def gate(self) -> Gate | None:
        """The gate before the awaited lesson: the one behind the last lesson that was sent."""
        return self._gate if self.sequence.has_gates else None

    @cached_property
    def _gate(self) -> Gate | None:
        last = self.last_sent
        lesson = self.sequence.find(last.lesson_id) if last else None
        if last is None or lesson is None:
            return None
        zone = local_zone(self.sequence.course.rules, self.wishes)
        return gate_of(lesson.source.asks, last.at, self.signs.get(last.lesson_id), zone)

    @property
    def held(self) -> bool:
        """Whether the awaited lesson waits for somebody: an admin, the reader."""
        return self.paused or (self.gate is not None and self.gate.opens_at is None)

    def earliest(self, now: datetime) -> datetime:
        """The first instant at which the awaited lesson may go, as far as pauses and gates are known."""
        gate = self.gate.opens_at if self.gate else None
        return max(now, self.resumes_at or now, gate or now)

    def step(self, lesson: SequenceLesson) -> Step:
        """The lesson's step; who came back has a wait of their own for the first one."""
        last = self.history.last_sent_at
        if self.anchor_wait and (last is None or last <= self.history.anchor_at):
            return replace(lesson.step, wait=parse_wait(self.anchor_wait))
        return lesson.step

    def past(self, lesson: SequenceLesson) -> Past:
        """What the lesson's wait counts from: the anchor, moved by the pauses since."""
        past, rules = self.history.past, self.sequence.course.rules
        if not self.pauses:
            return past
        moved = moved_anchor(past.anchor, self.pauses, self.step(lesson), rules, self.wishes)
        return replace(past, anchor=moved)


def standing_of(session: Session, enrollment: Enrollment) -> Standing:
    """Read where an enrollment stands."""
    course = session.get_one(Course, enrollment.course_id)
    resting = enrollment.state is EnrollmentState.PAUSED
    return Standing(
        sequence=published_sequence(session, enrollment.course_id),
        history=read_history(session, enrollment),
        wishes=wishes_of(session.get_one(Reader, enrollment.reader_id)),
        anchor_wait=enrollment.anchor_wait,
        paused=course.paused_at is not None or (resting and enrollment.paused_until is None),
        resumes_at=enrollment.paused_until if resting else None,
        pauses=tuple(_pauses_of(session, enrollment)),
        signs=read_signs(session, enrollment.id),
    )


def _pauses_of(session: Session, enrollment: Enrollment) -> Iterator[PastPause]:
    """The pauses of the course and of this reader in it that are over; one that lasts holds the row instead."""
    of_all_or_mine = or_(Pause.enrollment_id.is_(None), Pause.enrollment_id == enrollment.id)
    over = select(Pause).where(Pause.course_id == enrollment.course_id, Pause.ended_at.is_not(None), of_all_or_mine)
    yield from map(past_pause, session.scalars(over))


def past_pause(row: Pause) -> PastPause:
    """A pause that is over, as the schedule wants it."""
    assert row.ended_at is not None
    return PastPause(row.began_at, row.ended_at, Resume(row.mode or Resume.ACTIVE))


def wishes_of(reader: Reader) -> Wishes:
    """A reader's wishes as the schedule wants them."""
    return wishes(reader.timezone, reader.hour, reader.pace)


@cache
def wishes(timezone: str | None, hour: str | None, pace: float) -> Wishes:
    """The same from the columns: few readers have wishes that nobody else has."""
    return Wishes(timezone, time.fromisoformat(hour) if hour else None, pace)


@dataclass(frozen=True)
class Answer:
    """What the planned row should say: which lesson, its slot, and when a worker may take it (None: held).

    `problem` says why there is no slot at all, which publishing refuses and an edit of time zones might still bring."""

    lesson: SequenceLesson
    slot_at: datetime
    due_at: datetime | None
    day_based: bool
    problem: str | None = None


def answer(standing: Standing, lesson: SequenceLesson, now: datetime) -> Answer:
    """When the awaited lesson goes, asked now."""
    step = standing.step(lesson)
    try:
        slot = when_replanned(
            step,
            standing.sequence.course.rules,
            standing.wishes,
            standing.past(lesson),
            standing.earliest(now),
        )
    except NoSlot as error:
        return Answer(lesson, now, None, step.wait.day_based, str(error))
    return Answer(lesson, slot.slot_at, None if standing.held else slot.at, step.wait.day_based)


def following(standing: Standing, lesson: SequenceLesson, sent_at: datetime) -> tuple[SequenceLesson, Slot] | None:
    """The lesson after `lesson`, if that is sent at `sent_at`, and when it will come; None at the end."""
    return next(forecast(as_if_sent(standing, lesson, sent_at)), None)


def as_if_sent(standing: Standing, lesson: SequenceLesson, at: datetime) -> Standing:
    """Where the enrollment would stand if `lesson` went at `at`."""
    slot_at, day_based = _kept_of(standing, lesson, at)
    return after_receipt(standing, Receipt(lesson.lesson_id, at, True, slot_at, day_based))


def after_receipt(standing: Standing, receipt: Receipt) -> Standing:
    """Where the enrollment stands one receipt later."""
    return replace(standing, history=standing.history.with_sent(receipt))


def as_if_skipped(standing: Standing, lesson: SequenceLesson, at: datetime) -> Standing:
    """Where the enrollment would stand if `lesson` were found useless `at`: a receipt, and no anchor."""
    return replace(standing, history=standing.history.with_sent(Receipt(lesson.lesson_id, at, False, at, False)))


def _kept_of(standing: Standing, lesson: SequenceLesson, at: datetime) -> tuple[datetime, bool]:
    """What planning.may_begin would write down of a lesson that goes `at`: its slot, and whether that keeps a gap.
    Late, it counts from its slot. Only what the reader asked for goes early, and that keeps no gap."""
    step, rules, wishes = standing.step(lesson), standing.sequence.course.rules, standing.wishes
    try:
        planned = schedule_slot(step, rules, wishes, standing.past(lesson)).at
    except NoSlot:
        return at, step.wait.day_based
    if at < planned or not step.wait.day_based:
        return at, False
    return latest_recurrence(planned, step, rules, wishes, at), True


def forecast(standing: Standing) -> Iterator[tuple[SequenceLesson, Slot]]:
    """The lessons still to come, in order, each as if every one before it went at its slot, or was skipped then."""
    since = None
    while (lesson := standing.awaited) is not None:
        step, rules, wishes, past = (
            standing.step(lesson),
            standing.sequence.course.rules,
            standing.wishes,
            standing.past(lesson),
        )
        try:
            found = when_replanned(step, rules, wishes, past, since or past.anchor)
        except NoSlot:
            return
        if useless(step, wishes, rules, found.at):
            standing, since = as_if_skipped(standing, lesson, found.at), found.at
        else:
            yield lesson, found
            standing, since = as_if_sent(standing, lesson, found.at), None

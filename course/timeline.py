"""The dates of a course for one reader, real or imagined, and why each date is what it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.folder import CourseSource
from course.history import History, Receipt
from course.models import Delivery, DeliveryState, Kind
from course.schedule import NoSlot, Wishes, latest_recurrence, local_zone, useless, when_late, when_replanned
from course.sequence import Sequence, SequenceLesson
from course.standing import Standing, as_if_sent, as_if_skipped

SENT = "This is when it was sent."
HELD = "It waits until the reader says that the lesson before is done."
NOW = "Its time has passed, so it goes now."
MISSED = "Its time has passed, so it goes at the next."
SKIPPED = "This is when it was skipped."
PUSHED = "It was moved to then."
BEHIND = "It comes after a lesson that waits."
FALLBACK = "The lesson before asks for a sign; this is when it stops waiting, or when the sign came."


@dataclass(frozen=True)
class Stop:
    """One lesson on the line: `due` in UTC, `local` in the reader's zone; None while it waits for somebody."""

    lesson: str
    subject: str
    due: datetime | None
    local: datetime | None
    why: tuple[str, ...]
    sent: bool = False


def sequence_of(source: CourseSource, at: datetime) -> Sequence:
    """A folder as if it were published at `at`, with numbers of its own for its lessons."""
    numbered = enumerate((lesson for lesson in source.lessons if lesson.status == "published"), 1)
    lessons = tuple(SequenceLesson(number, 0, None, frozenset(), at, lesson) for number, lesson in numbered)
    return Sequence(edition_id=0, course_id=0, number=0, course=source, lessons=lessons, letters={})


def imagined(sequence: Sequence, confirmed: datetime, wishes: Wishes, sent: Mapping[str, datetime]) -> Standing:
    """Where a reader would stand who confirmed then and was sent these lessons (by id). Raises KeyError."""
    by_key = {lesson.key: lesson for lesson in sequence.lessons}
    standing = Standing(sequence=sequence, history=History((), confirmed), wishes=wishes)
    for key, at in sorted(sent.items(), key=lambda item: item[1]):
        standing = _after_sending(standing, by_key[key], at)
    return standing


@dataclass(frozen=True)
class Planned:
    """What a planned row says: the slot, and when a worker may take it; None while it waits for somebody."""

    slot_at: datetime
    due_at: datetime | None
    why: tuple[str, ...] = (PUSHED,)


def timeline(standing: Standing, now: datetime | None = None, planned: Planned | None = None) -> Iterator[Stop]:
    """Every lesson: those sent, then those to come.

    With `now`, what is late by then goes as a worker would let it go: at once, or at the next slot. `planned` is what
    the row of the awaited lesson says, where there is one."""
    yield from _received(standing)
    since, rules, wishes = None, standing.sequence.course.rules, standing.wishes
    while (lesson := standing.awaited) is not None:
        step, plan = standing.step(lesson), _row_or_plan(standing, lesson, since, planned)
        due, why = plan.due_at, plan.why
        if due is not None and now is not None and due <= now:
            due = when_late(plan.slot_at, step, rules, wishes, standing.past(lesson), now)
            why = (NOW,) if due == now else (MISSED,)
        if due is None:
            yield from _without_dates(standing, why)
            return
        begins = now if now is not None and useless(step, wishes, rules, now) else due
        if useless(step, wishes, rules, begins):
            yield _stop(lesson, None, None, (f"It makes no sense after {step.useless_after}, so it is skipped.",))
            standing, since = as_if_skipped(standing, lesson, begins), begins
        else:
            yield _stop(lesson, due, due.astimezone(local_zone(rules, wishes)), why)
            standing, since = as_if_sent(standing, lesson, due), None
        now = planned = None  # what follows is in the future


def planned_row(session: Session, enrollment_id: int) -> Planned | None:
    """What the outbox says of the awaited lesson; None where nothing is planned."""
    mine = (Delivery.enrollment_id == enrollment_id, Delivery.kind == Kind.LESSON)
    rows = select(Delivery.slot_at, Delivery.due_at).where(*mine, Delivery.state == DeliveryState.PLANNED)
    row = session.execute(rows).one_or_none()
    return Planned(row.slot_at, row.due_at) if row else None


def _received(standing: Standing) -> Iterator[Stop]:
    lessons = {lesson.lesson_id: lesson for lesson in standing.sequence.lessons}
    zone = local_zone(standing.sequence.course.rules, standing.wishes)
    for receipt in standing.history.receipts:
        lesson = lessons.get(receipt.lesson_id)
        if lesson is not None:
            why = SENT if receipt.sent else SKIPPED
            yield _stop(lesson, receipt.at, receipt.at.astimezone(zone), (why,), sent=True)


def _row_or_plan(standing: Standing, lesson: SequenceLesson, since: datetime | None, row: Planned | None) -> Planned:
    """What the row says, with the reasons of the schedule where they come to the same time."""
    plan = _plan(standing, lesson, since)
    if row is None:
        return plan
    return replace(row, why=plan.why) if row.due_at in (plan.due_at, None) else row


def _plan(standing: Standing, lesson: SequenceLesson, since: datetime | None) -> Planned:
    """What planning would have written when this lesson's turn came: after its anchor, or `since` one was skipped."""
    past, step = standing.past(lesson), standing.step(lesson)
    rules, wishes, first = standing.sequence.course.rules, standing.wishes, since or past.anchor
    try:
        ordinary = when_replanned(step, rules, wishes, past, first)
        if standing.held:
            return Planned(ordinary.slot_at, None, (HELD,))
        slot = when_replanned(step, rules, wishes, past, standing.earliest(first))
    except NoSlot as error:
        return Planned(past.anchor, None, (str(error),))
    usual = (_usual_reason(lesson, standing), *ordinary.why)
    return Planned(slot.slot_at, slot.at, usual if slot.at == ordinary.at else (*usual, *_held_back(standing)))


def _held_back(standing: Standing) -> Iterator[str]:
    """Why a lesson comes later than its ordinary slot."""
    if standing.gate is not None and standing.gate.opens_at is not None:
        yield FALLBACK
    if standing.resumes_at is not None:
        zone = local_zone(standing.sequence.course.rules, standing.wishes)
        yield f"The reader rests until {standing.resumes_at.astimezone(zone).date()}."


def _without_dates(standing: Standing, why: tuple[str, ...]) -> Iterator[Stop]:
    """The awaited lesson waits for somebody, and so do all behind it."""
    for number, lesson in enumerate(standing.sequence.all_after(standing.history.lessons)):
        yield _stop(lesson, None, None, why if number == 0 else (BEHIND,))


def _after_sending(standing: Standing, lesson: SequenceLesson, at: datetime) -> Standing:
    """The history with one more lesson, whose slot is the last recurrence of its own up to that moment."""
    step, rules, wishes = standing.step(lesson), standing.sequence.course.rules, standing.wishes
    slot_at = _plan(standing, lesson, None).slot_at
    if slot_at <= at and step.wait.day_based:
        slot_at = latest_recurrence(slot_at, step, rules, wishes, at)
    receipt = Receipt(lesson.lesson_id, at, True, min(slot_at, at), step.wait.day_based)
    return replace(standing, history=standing.history.with_sent(receipt))


def _usual_reason(lesson: SequenceLesson, standing: Standing) -> str:
    """The wait and the hour, before anything pushes: "2 days after the lesson before, at 09:00."""
    wait = standing.step(lesson).wait
    since = "the lesson before" if standing.history.last_sent_at else "confirmation"
    hour = lesson.source.hour or standing.wishes.hour or standing.sequence.course.rules.hour
    if wait.kind == "immediately":
        return f"Immediately after {since}."
    if wait.kind in ("date", "weekday"):
        return f"{str(wait).capitalize()}, at {hour:%H:%M}."
    if not wait.day_based:
        return f"{wait} after {since}."
    if wait.amount == 0:
        return f"The next open day after {since}, at {hour:%H:%M}."
    return f"{wait} after {since}, at {hour:%H:%M}."


def _stop(
    lesson: SequenceLesson, due: datetime | None, local: datetime | None, why: tuple[str, ...], *, sent: bool = False
) -> Stop:
    return Stop(lesson.key, lesson.source.subject, due, local, why, sent)

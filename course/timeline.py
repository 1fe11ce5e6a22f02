"""The dates of a course for one reader, real or imagined, and why each date is what it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from course.folder import CourseSource
from course.history import History, Receipt
from course.schedule import Wishes, local_zone
from course.sequence import Sequence, SequenceLesson
from course.standing import Standing, answer, as_if_sent, forecast

SENT = "This is when it was sent."
HELD = "It waits until the reader says that the lesson before is done."
NOW = "Its time has passed, so it goes now."
MISSED = "Its time has passed, so it goes at the next."


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


def timeline(standing: Standing, now: datetime | None = None) -> Iterator[Stop]:
    """Every lesson: those sent, then those to come. With `now`, what is late by then is planned from then."""
    lessons = {lesson.lesson_id: lesson for lesson in standing.sequence.lessons}
    zone = local_zone(standing.sequence.course.rules, standing.wishes)
    for receipt in standing.history.receipts:
        lesson = lessons.get(receipt.lesson_id)
        if lesson is not None:
            yield _stop(lesson, receipt.at, receipt.at.astimezone(zone), (SENT,), sent=True)
    awaited = standing.awaited
    if now is not None and awaited is not None:
        said = answer(standing, awaited, now)
        if said.due_at is None:
            yield _stop(awaited, None, None, (said.problem or HELD,))
            return
        yield _stop(awaited, said.due_at, said.due_at.astimezone(zone), _why(standing, awaited, said.due_at, now))
        standing = as_if_sent(standing, awaited, said.due_at)
    for lesson, slot in forecast(standing):
        yield _stop(lesson, slot.at, slot.local, (_usual_reason(lesson, standing), *slot.why))
        standing = as_if_sent(standing, lesson, slot.at)


def _after_sending(standing: Standing, lesson: SequenceLesson, at: datetime) -> Standing:
    """The history with one more lesson, whose slot is reckoned to have been the last one up to that moment."""
    day_based = lesson.step.wait.day_based
    planned = answer(standing, lesson, at)
    slot_at = planned.slot_at if planned.slot_at <= at else at
    receipt = Receipt(lesson.lesson_id, at, True, slot_at, day_based)
    return replace(standing, history=standing.history.with_sent(receipt))


def _why(standing: Standing, lesson: SequenceLesson, due: datetime, now: datetime) -> tuple[str, ...]:
    """Why the awaited lesson goes then: as planned, or made up for."""
    planned = next((slot for _lesson, slot in forecast(standing)), None)
    if planned is not None and planned.at == due:
        return (_usual_reason(lesson, standing), *planned.why)
    return (NOW,) if due == now else (MISSED,)


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

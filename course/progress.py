"""A reader's own page: what came, what comes next and when, in their own zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.catalog import CourseView, LessonView, view_of
from course.errors import NotFound
from course.models import Delivery, DeliveryState, Enrollment, EnrollmentState, Kind, Lesson
from course.schedule import Slot, local_zone
from course.standing import ON_THE_WAY, Standing, as_if_sent, forecast, standing_of

RowState = Literal["received", "next", "later", "waiting", "failed", "passed"]


@dataclass(frozen=True)
class Row:
    """One lesson on the page; `at` is when it came or is expected, aware, in the reader's zone."""

    lesson: LessonView
    state: RowState
    at: datetime | None = None
    why: tuple[str, ...] = ()

    @property
    def may_read(self) -> bool:
        """Whether this reader may read it online."""
        return self.state == "received"


@dataclass(frozen=True)
class Asked:
    """What the last lesson asks for: the lesson, and the words of the button that says it is done."""

    lesson_key: str
    words: str


@dataclass(frozen=True)
class ReaderPage:
    """Everything that /me/<token> shows. `next_key` names the lesson that "send it now" would send."""

    reader_name: str
    email_masked: str
    course: CourseView
    state: EnrollmentState
    paused_until: datetime | None
    timezone: str | None
    hour: str | None
    pace: float
    rows: tuple[Row, ...]
    next_key: str | None
    asked: Asked | None = None

    @property
    def done(self) -> int:
        """How many lessons this reader has had."""
        return sum(row.state == "received" for row in self.rows)

    @property
    def total(self) -> int:
        """How many lessons there are for this reader."""
        return sum(row.state != "passed" for row in self.rows)

    @property
    def next_due(self) -> datetime | None:
        """When the next lesson comes, in the reader's zone."""
        return next((row.at for row in self.rows if row.state == "next"), None)


def page(session: Session, enrollment: Enrollment) -> ReaderPage:
    """The page of one enrollment."""
    standing = standing_of(session, enrollment)
    course = view_of(enrollment.course, standing.sequence)
    reader = enrollment.reader
    rows = tuple(_rows(session, enrollment, standing, course))
    return ReaderPage(
        reader_name=reader.name,
        email_masked=masked(reader.email),
        course=course,
        state=enrollment.state,
        paused_until=enrollment.paused_until,
        timezone=reader.timezone,
        hour=reader.hour,
        pace=reader.pace,
        rows=rows,
        next_key=next((row.lesson.key for row in rows if row.state == "next"), None),
        asked=_asked(standing) if enrollment.state in ON_THE_WAY else None,
    )


def _asked(standing: Standing) -> Asked | None:
    """The sign of life that has not come yet."""
    last = standing.last_sent
    lesson = standing.sequence.find(last.lesson_id) if last else None
    if lesson is None or lesson.source.asks is None or lesson.lesson_id in standing.signs:
        return None
    return Asked(lesson.key, lesson.source.asks.done)


def masked(email: str) -> str:
    """An address that its owner recognises and a passer-by does not: a…a@example.org."""
    local, _, domain = email.rpartition("@")
    return f"{local[0]}…{local[-1]}@{domain}" if len(local) > 2 else f"{local[0]}…@{domain}"


def _rows(session: Session, enrollment: Enrollment, standing: Standing, course: CourseView) -> Iterator[Row]:
    zone = local_zone(standing.sequence.course.rules, standing.wishes)
    sent = {receipt.lesson_id: receipt.at.astimezone(zone) for receipt in standing.history.receipts if receipt.sent}
    open_row = _open_row(session, enrollment)
    goes_on = enrollment.state in ON_THE_WAY and not standing.paused
    expected = expected_slots(standing, open_row) if goes_on else {}
    # Who has finished is promised nothing that was appended since.
    ahead = set[int]() if enrollment.state is EnrollmentState.COMPLETED else _ahead(standing)
    for lesson in course.lessons:
        if lesson.id in sent:
            yield Row(lesson, "received", sent[lesson.id])
        elif open_row is not None and open_row.lesson_id == lesson.id and open_row.state is DeliveryState.FAILED:
            yield Row(lesson, "failed")
        elif lesson.id in expected:
            slot = expected[lesson.id]
            state: RowState = "next" if open_row and open_row.lesson_id == lesson.id else "later"
            yield Row(lesson, state, slot.at.astimezone(zone), slot.why)
        else:
            yield Row(lesson, "waiting" if lesson.id in ahead else "passed")


def expected_slots(standing: Standing, open_row: Delivery | None) -> dict[int, Slot]:
    """When the lessons still to come are expected, by lesson; the planned row's own time comes first."""
    slots = {lesson.lesson_id: slot for lesson, slot in forecast(standing)}
    if open_row is None or open_row.lesson_id not in slots or open_row.due_at is None:
        return slots
    awaited = standing.sequence.find(open_row.lesson_id)
    assert awaited is not None, "the forecast is made of the sequence's lessons"
    first = slots[awaited.lesson_id]
    planned = Slot(open_row.due_at, open_row.due_at, first.why if open_row.due_at == first.at else ())
    rest = forecast(as_if_sent(standing, awaited, open_row.due_at))
    return {awaited.lesson_id: planned} | {lesson.lesson_id: slot for lesson, slot in rest}


def _ahead(standing: Standing) -> set[int]:
    had = standing.history.lessons
    lessons = standing.sequence.lessons
    return {each.lesson_id for each in lessons if each.lesson_id not in had and not each.is_behind(had)}


def _open_row(session: Session, enrollment: Enrollment) -> Delivery | None:
    done = (DeliveryState.SENT, DeliveryState.SKIPPED, DeliveryState.CANCELLED)
    statement = select(Delivery).where(Delivery.enrollment_id == enrollment.id, Delivery.kind == Kind.LESSON)
    return session.scalars(statement.where(Delivery.state.not_in(done))).one_or_none()


def received_lesson(session: Session, enrollment: Enrollment, key: str) -> Delivery:
    """The delivery with which this reader got a lesson; raises NotFound for one that has not come."""
    statement = (
        select(Delivery)
        .join(Lesson)
        .where(Delivery.enrollment_id == enrollment.id, Delivery.kind == Kind.LESSON)
        .where(Lesson.key == key, Delivery.state == DeliveryState.SENT)
    )
    delivery = session.scalars(statement).one_or_none()
    if delivery is None:
        raise NotFound("This lesson has not come yet.")
    return delivery

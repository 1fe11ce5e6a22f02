"""Many enrollments at once, each read as one line, in slices with a handful of statements.

The database adds up what a reader has had, so a line is as short after fifty lessons as after one. It says enough to
plan from (course.standings), though not enough to tell the story: only of the last lesson is it known when it came.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

from sqlalchemy import ColumnElement, Select, Text, TextClause, and_, case, cast, func, or_, select, text, type_coerce
from sqlalchemy.orm import Session

from course.models import Course, Delivery, DeliveryState, Enrollment, Pause, Reader, Sign
from course.models.progress import OPEN_STATES
from course.schedule.pauses import INSTANT
from course.schedule.pauses import Pause as PastPause
from course.sequence import Sequence, recall_sequence
from course.standing import ON_THE_WAY, past_pause

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Person(NamedTuple):
    """Who, and what is planned: the `row_` fields are of the open lesson's delivery, None where nothing is open."""

    id: int
    reader_id: int
    begins_at: datetime
    wishes_number: int
    row_id: int | None
    row_wishes_number: int | None
    state: str
    anchor_wait: str | None
    paused_until: datetime | None
    timezone: str | None
    hour: str | None
    pace: float
    row_lesson_id: int
    row_state: str
    row_slot_at: datetime
    row_due_at: datetime | None
    row_edition_id: int | None
    row_asked: bool

    @property
    def telling(self) -> tuple[Any, ...]:
        """All that is no number of a row and no minute of a day: what many readers may have in common."""
        return self[6:]


class Had(NamedTuple):
    """What a reader has had, added up: `lessons` is for Epochs.read, `gap_slot` as in schedule.Past, and `asked` says
    when each lesson of Slice.asking was sent."""

    lessons: str = ""
    last_sent_at: datetime | None = None
    gap_slot: datetime | None = None
    asked: tuple[datetime | None, ...] = ()

    def asking(self, lessons: tuple[int, ...]) -> int | None:
        """The last lesson that was sent, if it is one of these, which ask for a sign of life."""
        if self.last_sent_at not in self.asked or self.last_sent_at is None:
            return None
        return lessons[self.asked.index(self.last_sent_at)]


@dataclass(frozen=True)
class Epochs:
    """The publications of a sequence, oldest first. A lesson that was published later is behind those who had one of
    its followers before: so of a receipt it matters between which publications it lies, and no more."""

    marks: tuple[datetime, ...]

    @classmethod
    def of(cls, sequence: Sequence) -> Self:
        """Those that somebody may be ahead of."""
        return cls(tuple(sorted({lesson.published_at for lesson in sequence.lessons if lesson.followers})))

    def column(self) -> ColumnElement[str]:
        """Had.lessons in SQL: the same text for the same lessons in the same epochs."""
        passed: list[Any] = [case((Delivery.sent_at > mark, 1), else_=0) for mark in self.marks]
        number = Delivery.lesson_id * (len(self.marks) + 1) + sum(passed, start=0)
        return func.aggregate_strings(cast(number, Text), ",")

    def read(self, lessons: str) -> dict[int, datetime]:
        """The lessons, each with an instant of its epoch."""
        after_all = self.marks[-1] + INSTANT if self.marks else LONG_AGO
        instants = (*self.marks, after_all)
        numbers = [divmod(int(each), len(instants)) for each in lessons.split(",") if each]
        return {lesson_id: instants[epoch] for lesson_id, epoch in numbers}


@dataclass(frozen=True)
class Slice:
    """A run of people in the order of their ids, and what belongs to some of them. `signs` are by person and lesson, of
    those alone who had that lesson last."""

    sequence: Sequence
    epochs: Epochs
    asking: tuple[int, ...]
    course_paused: bool
    people: list[Person]
    had: Mapping[int, Had]
    pauses: Mapping[int | None, list[PastPause]]
    signs: Mapping[tuple[int, int], datetime]


def read_people(session: Session, sequence: Sequence, after: int, most: int) -> Slice:
    """Up to `most` active or paused enrollments, from the one after `after`, as if readers were on `sequence`."""
    session.flush()
    connection = session.connection()
    people = list(map(Person._make, connection.execute(_people(sequence.course_id, after, most)).all()))
    epochs, asking = Epochs.of(sequence), _asking(session, sequence, people)
    run = (people[0].id, people[-1].id) if people else (0, -1)
    rows = connection.execute(_receipts(sequence.course_id, epochs, asking, run))
    had = {row[0]: Had(row[1], row[2], row[3], row[4:]) for row in rows.all()}
    waiting = [id_ for id_, each in had.items() if each.asking(asking) is not None]
    return Slice(
        sequence=sequence,
        epochs=epochs,
        asking=asking,
        course_paused=session.get_one(Course, sequence.course_id).paused_at is not None,
        people=people,
        had=had,
        pauses=_pauses(session, sequence.course_id, run),
        signs=_signs(session, waiting),
    )


def _asking(session: Session, sequence: Sequence, people: list[Person]) -> tuple[int, ...]:
    """The lessons that ask for a sign of life, or did so in an edition that somebody's row was planned under."""
    editions = {person.row_edition_id for person in people if person.row_edition_id}
    sequences = [sequence, *(recall_sequence(session, each) for each in editions)]
    return tuple({lesson.lesson_id for each in sequences for lesson in each.lessons if lesson.source.asks})


def _people(course_id: int, after: int, most: int) -> Select[*tuple[Any, ...]]:
    begins_at = func.coalesce(Enrollment.anchor_at, Enrollment.confirmed_at, Enrollment.created_at)
    return (
        select(
            Enrollment.id, Enrollment.reader_id, begins_at, Reader.wishes_number, Delivery.id, Delivery.wishes_number,
            type_coerce(Enrollment.state, Text).label("state"), Enrollment.anchor_wait, Enrollment.paused_until,
            Reader.timezone, Reader.hour, Reader.pace,
            Delivery.lesson_id, type_coerce(Delivery.state, Text).label("row_state"), Delivery.slot_at, Delivery.due_at,
            Delivery.edition_id, Delivery.asked,
        )
        .join(Reader, Reader.id == Enrollment.reader_id)
        .outerjoin(Delivery, and_(Delivery.enrollment_id == Enrollment.id, _lessons(OPEN_STATES)))
        .where(Enrollment.course_id == course_id, Enrollment.id > after, Enrollment.state.in_(ON_THE_WAY))
        .order_by(Enrollment.id)
        .limit(most)
    )  # fmt: skip


def _receipts(
    course_id: int, epochs: Epochs, asking: tuple[int, ...], run: tuple[int, int]
) -> Select[*tuple[Any, ...]]:
    sent = Delivery.state == DeliveryState.SENT
    return (
        select(
            Enrollment.id,
            epochs.column(),
            func.max(case((sent, Delivery.sent_at))),
            func.max(case((and_(sent, Delivery.day_based), Delivery.slot_at))),
            *(func.max(case((and_(sent, Delivery.lesson_id == each), Delivery.sent_at))) for each in asking),
        )
        .join(Enrollment, Enrollment.id == Delivery.enrollment_id)
        .where(Enrollment.course_id == course_id, Enrollment.state.in_(ON_THE_WAY), _lessons(("sent", "skipped")))
        # Both say the same, but PostgreSQL does not conclude it.
        .where(Enrollment.id.between(*run), Delivery.enrollment_id.between(*run))
        .group_by(Enrollment.id)
    )


def _lessons(states: tuple[str, ...]) -> TextClause:
    """In the words of a partial index: with bound values the databases would not see that they may use it."""
    return text(f"deliveries.kind = 'lesson' AND deliveries.state IN {states}")


def _pauses(session: Session, course_id: int, run: tuple[int, int]) -> Mapping[int | None, list[PastPause]]:
    found: dict[int | None, list[PastPause]] = defaultdict(list)
    whose = or_(Pause.enrollment_id.is_(None), Pause.enrollment_id.between(*run))
    for each in session.scalars(select(Pause).where(Pause.course_id == course_id, Pause.ended_at.is_not(None), whose)):
        found[each.enrollment_id].append(past_pause(each))
    return found


def _signs(session: Session, waiting: list[int]) -> Mapping[tuple[int, int], datetime]:
    if not waiting:
        return {}
    statement = select(Sign.enrollment_id, Sign.lesson_id, Sign.said_at).where(Sign.enrollment_id.in_(waiting))
    rows = session.connection().execute(statement).all()
    return {(enrollment_id, lesson_id): said_at for enrollment_id, lesson_id, said_at in rows}

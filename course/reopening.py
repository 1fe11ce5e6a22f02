"""Readers who have finished get what was added after them, if the admin said so while publishing.

They are on the way again, each at the hour of their own, and spread over time: of all whom one publication brings
back, only so many are planned for any hour of the day, and who does not fit gets it on the day after. The anchor of
the new lesson is set for that day, so that a later plan comes to the same answer. What an earlier publication added
without asking for them is passed over. `finished_at` stays: a publication that is taken back sends them home again
(planning._finish), and nobody gets a second letter about completion.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from typing import Any, Self

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from course import outbox, planning, suppressions
from course.history import History
from course.models import Delivery, Edition, Enrollment, EnrollmentState, Kind
from course.schedule import NoSlot, Slot, local_zone, slot
from course.schedule.pauses import INSTANT
from course.schedule.walltime import DAY, on_the_wall
from course.sequence import SequenceLesson
from course.standing import Standing, standing_of

NEXT_OPEN_DAY = "0 days"


@dataclass(frozen=True)
class Asked:
    """For which lessons finished readers come back, by the publication of which edition, how many in any hour, and
    how many have been planned for each hour so far (UTC, as in "2027-01-05T14")."""

    edition_id: int
    lessons: frozenset[int]
    an_hour: int
    planned: Counter[str] = field(default_factory=Counter)

    @classmethod
    def read(cls, details: Mapping[str, Any]) -> Self:
        """From a chore's details."""
        lessons, planned = frozenset(details["lessons"]), Counter(details["planned"])
        return cls(details["edition"], lessons, details["an_hour"], planned)

    def written(self) -> dict[str, Any]:
        """As a chore's details."""
        lessons, planned = sorted(self.lessons), dict(self.planned)
        return {"edition": self.edition_id, "lessons": lessons, "an_hour": self.an_hour, "planned": planned}

    def has_room(self, at: datetime) -> bool:
        """Whether one more may be planned for that hour."""
        return self.planned[_hour(at)] < self.an_hour

    def count(self, at: datetime) -> None:
        """One more is planned for then."""
        self.planned[_hour(at)] += 1


def finished(course_id: int) -> Any:
    """A SELECT of the enrollments that are completed, each reader's newest run only."""
    newer = aliased(Enrollment)
    same = (newer.reader_id == Enrollment.reader_id, newer.course_id == Enrollment.course_id)
    taken_up_again = select(newer.id).where(*same, newer.run > Enrollment.run).exists()
    mine = (Enrollment.course_id == course_id, Enrollment.state == EnrollmentState.COMPLETED)
    return select(Enrollment.id).where(*mine, ~taken_up_again)


def reopen_slice(session: Session, asked: Asked, after: int, most: int, now: datetime) -> tuple[int, int]:
    """Bring up to `most` finished readers back, in the order of their ids; returns how many, and the last one's id."""
    course_id = session.scalars(select(Edition.course_id).where(Edition.id == asked.edition_id)).one()
    ids = session.scalars(finished(course_id).where(Enrollment.id > after).order_by(Enrollment.id).limit(most)).all()
    calendar = _Calendar(asked)
    for each in ids:
        _reopen(session, each, calendar, now)
    return len(ids), ids[-1] if ids else after


def _reopen(session: Session, enrollment_id: int, calendar: "_Calendar", now: datetime) -> None:
    enrollment = planning.find_locked(session, enrollment_id)
    if enrollment is None or enrollment.state is not EnrollmentState.COMPLETED:
        return
    if suppressions.bars(session, enrollment.reader, Kind.LESSON):
        return
    standing = standing_of(session, enrollment)
    theirs = standing.sequence.all_after(standing.history.lessons)
    wanted = next((lesson for lesson in theirs if lesson.lesson_id in calendar.asked.lessons), None)
    if wanted is None:
        return
    day = calendar.place(standing, wanted, max(now, standing.sequence.undo_until or now))
    if day is not None:
        enrollment.anchor_at, enrollment.anchor_wait = day
    for each in theirs:
        if each.lesson_id not in calendar.asked.lessons:
            _pass_over(session, enrollment, each, now)
    enrollment.state = EnrollmentState.ACTIVE
    session.flush()
    planning.advance(session, enrollment_id, now, by_publication=True)


def _pass_over(session: Session, enrollment: Enrollment, lesson: SequenceLesson, now: datetime) -> None:
    """A receipt for a lesson that was added without asking for this reader."""
    mine = (
        Delivery.enrollment_id == enrollment.id,
        Delivery.lesson_id == lesson.lesson_id,
        Delivery.kind == Kind.LESSON,
    )
    row = session.scalars(select(Delivery).where(*mine)).one_or_none()
    if row is None:
        who = {"enrollment_id": enrollment.id, "reader_id": enrollment.reader_id, "course_id": enrollment.course_id}
        row = Delivery(kind=Kind.LESSON, created_at=now, **who)
        row.lesson_id, row.priority, row.slot_at = lesson.lesson_id, outbox.SCHEDULED, now
        row.course_id = enrollment.course_id
        session.add(row)
    # After the publication, whatever the clock shows: the receipt puts none of its lessons behind the reader.
    outbox.skip(row, planning.PASSED_OVER, now + INSTANT)


class _Calendar:
    """On which day each reader's hour still has room."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        # Until when the hour of some reader was found full: the next one of the same hour need not ask again.
        self._full: dict[tuple[int, str, time], datetime] = {}

    def place(
        self, standing: Standing, lesson: SequenceLesson, opening: datetime
    ) -> tuple[datetime, str | None] | None:
        """The anchor, and the wait from it, that bring the lesson on a day with room; None where its ordinary slot is
        yet to come and has room."""
        try:
            ordinary = _slot(standing, lesson)
            if ordinary.at <= opening:
                return self._next_open(standing, lesson, opening)
            if not self.asked.has_room(ordinary.at):
                return self._next_open(standing, lesson, _end_of_day(ordinary))
        except NoSlot:
            return None  # planning says so, where an admin sees it
        self.asked.count(ordinary.at)
        return None

    def _next_open(self, standing: Standing, lesson: SequenceLesson, after: datetime) -> tuple[datetime, str | None]:
        rules, wishes = standing.sequence.course.rules, standing.wishes
        hour = lesson.source.hour or wishes.hour or rules.hour
        key = (lesson.lesson_id, local_zone(rules, wishes).key, hour)
        wait = None if lesson.source.wait.kind == "weekday" else NEXT_OPEN_DAY
        anchor = max(after, self._full.get(key, after))
        while True:
            history = History(standing.history.receipts, anchor)
            found = _slot(replace(standing, history=history, anchor_wait=wait), lesson)
            if self.asked.has_room(found.at):
                self.asked.count(found.at)
                return anchor, wait
            anchor = self._full[key] = _end_of_day(found)


def _slot(standing: Standing, lesson: SequenceLesson) -> Slot:
    return slot(standing.step(lesson), standing.sequence.course.rules, standing.wishes, standing.past(lesson))


def _end_of_day(found: Slot) -> datetime:
    """The last instant of the slot's local day, in UTC."""
    tomorrow = on_the_wall(found.local.date() + DAY, time(0), found.local.tzinfo or UTC)
    return tomorrow.astimezone(UTC) - INSTANT


def _hour(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H}"

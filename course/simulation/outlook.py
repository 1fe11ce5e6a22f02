"""The coming days of this house, from real rows: what is planned, and what will follow from it.

Planned mail is counted. What follows is found by letting readers move on as they would; where there are many of them,
every n-th one stands for n, and `one_in` says so. Nobody who has not signed up yet is in it, nor whoever waits for
somebody: an admin, a pause without an end, a sign of life that has not come.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from course.models import Course, Delivery, DeliveryState, Edition, EditionState, Enrollment
from course.models.progress import DUE_LESSON
from course.outbox import URGENT
from course.schedule.walltime import on_the_wall
from course.sequence import find_published_sequence
from course.simulation.crowd import crowd
from course.simulation.drain import Relay
from course.simulation.flow import Flow, Mail, Walker, lesson_mail
from course.simulation.load import Load
from course.standing import ON_THE_WAY
from course.standings import Traveller

PLANNED = "planned"
DUE_URGENT = f"due_at IS NOT NULL AND priority = {URGENT}"
MOST_READERS = 1000
# A batch of one instant goes through the relay in so many pieces at most: as exact as lateness need be.
PIECES = 100
IN_HAND = (DeliveryState.CLAIMED, DeliveryState.SENDING)


@dataclass(frozen=True)
class Question:
    """Which days, by whose clock, through a relay of what rate (None: no limit), from how many readers at most."""

    zone: tzinfo
    days: int = 14
    per_second: float | None = None
    most_readers: int = MOST_READERS


@dataclass
class Outlook:
    """`days` from today on; the kinds of `load` are "planned", "lesson" and "completion". `readers` are on their way,
    `held` of them wait for somebody; `one_in` is 1 where every reader was looked at."""

    days: tuple[date, ...]
    load: Load
    readers: int = 0
    held: int = 0
    one_in: int = 1

    @property
    def planned(self) -> int:
        """How many mails stand in the outbox already."""
        return self.load.kinds[PLANNED]


def outlook(session: Session, question: Question, now: datetime) -> Outlook:
    """What will leave until the last of these days is over. However many readers there are, it looks at few."""
    today = now.astimezone(question.zone).date()
    days = tuple(today + timedelta(days=ahead) for ahead in range(question.days))
    found = Outlook(days, Load(question.zone))
    flow = Flow(Relay(question.per_second), found.load)
    end = on_the_wall(days[-1] + timedelta(days=1), time(0), question.zone)
    _line_up_planned(session, flow, end, now)
    for walker in _walkers(session, question, found):
        walker.begin(flow, found, now)
    flow.run(end)
    return found


def house_zone(session: Session) -> str:
    """The zone of the oldest course that is published; a house without one counts in UTC."""
    first = select(Edition.course_id).where(Edition.state == EditionState.PUBLISHED).order_by(Edition.course_id)
    course_id = session.scalars(first.limit(1)).one_or_none()
    sequence = find_published_sequence(session, course_id) if course_id is not None else None
    return sequence.course.rules.timezone if sequence else "UTC"


def _line_up_planned(session: Session, flow: Flow, end: datetime, now: datetime) -> None:
    """What is due already goes now, the rest in its minute: in pieces so small that the last mail of a batch is seen to
    be later than its first."""
    for (course_id, urgent, minute), mails in sorted(_planned(session, end).items()):
        piece = -(-mails // PIECES)
        for begun in range(0, mails, piece):
            mail = Mail(PLANNED, course_id, min(piece, mails - begun), urgent=urgent)
            flow.line_up(mail, max(minute, now))


def _planned(session: Session, end: datetime) -> Counter[tuple[int, bool, datetime]]:
    """How many mails are due before `end`, by course, urgency and minute, counted by the indexes of due rows. Without
    the lessons of a course that rests: they are held when their turn comes."""
    resting = set(session.scalars(select(Course.id).where(Course.paused_at.is_not(None))))
    columns = Delivery.course_id, Delivery.due_at
    found: Counter[tuple[int, bool, datetime]] = Counter()
    for words, urgent in ((DUE_LESSON, False), (DUE_URGENT, True)):
        rows = select(*columns, func.count()).where(text(words), Delivery.due_at < end).group_by(*columns)
        for course_id, due_at, mails in session.execute(rows):
            if course_id not in resting and due_at is not None:
                found[course_id or 0, urgent, due_at.replace(second=0, microsecond=0)] += mails
    return found


@dataclass(frozen=True)
class _Onward:
    """A reader as the rows have it, who stands for `weight` of them."""

    traveller: Traveller
    weight: int

    def begin(self, flow: Flow, found: Outlook, now: datetime) -> None:
        """Line up the open lesson, which is counted as planned already, so that what follows it comes of itself."""
        row, standing = self.traveller.row, self.traveller.standing
        awaited = standing.awaited
        if row is None or awaited is None:
            return  # caught up with a course that is still being written
        walker = Walker(self.traveller.reader_id, standing, self.weight)
        if row.state in IN_HAND:
            flow.put(walker, awaited, row.slot_at, now)
        elif row.due_at is None or standing.paused:
            found.held += self.weight
        else:
            due_at = max(row.due_at, now)
            walker.slot_at, walker.due_at = row.slot_at, due_at
            flow.line_up(lesson_mail(walker, awaited, None if row.asked else row.slot_at, weight=0), due_at)


def _walkers(session: Session, question: Question, found: Outlook) -> Iterator[_Onward]:
    """Readers of all courses, each course by its share."""
    on_the_way = select(Enrollment.course_id, func.count()).where(Enrollment.state.in_(ON_THE_WAY))
    crowds = session.execute(on_the_way.group_by(Enrollment.course_id).order_by(Enrollment.course_id)).all()
    found.readers = sum(readers for _, readers in crowds)
    for course_id, readers in crowds:
        sequence = find_published_sequence(session, course_id)
        if sequence is not None:
            share = question.most_readers * readers // found.readers
            some = crowd(session, sequence, readers, share)
            found.one_in = max(found.one_in, some.one_in)
            yield from (_Onward(each, some.one_in) for each in some.travellers)

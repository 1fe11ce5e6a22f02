"""What is due: how much, until when nothing is, and a claim's share of it.

What is urgent goes in the order in which it became due. What is on schedule is taken fairly: a course with a hundred
thousand readers does not keep one with ten waiting. Each claim looks at some of the courses that have anything due, and
takes as much of each; what a small course does not need goes to the others, and then to the next courses.
"""

import random
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, bindparam, func, or_, select, text
from sqlalchemy.orm import Session

from course.models import Course, Delivery, DeliveryState
from course.models.progress import DUE_LESSON
from course.prepared import Prepared

# So many courses at a time: each costs one look into the index.
COURSES_AT_ONCE = 20


def count_due(session: Session, now: datetime, priorities: tuple[int, ...], enough: int) -> dict[int, int]:
    """How many rows are due in each of these priorities; stops counting at `enough`."""
    (counted,) = _counting(priorities).fetch(session, now=now, enough=enough)
    return dict(zip(priorities, counted, strict=True))


@cache
def _counting(priorities: tuple[int, ...]) -> Prepared:
    """One statement for all of them: an idle tick costs little more than its ways to the server."""
    return Prepared(select(*map(_count, priorities)))


def _count(priority: int) -> ScalarSelect[int]:
    due = and_(Delivery.due_at.is_not(None), Delivery.due_at <= bindparam("now"), Delivery.priority == priority)
    # In order: without it PostgreSQL may take the table for the shorter way, of which most is not due.
    some = select(Delivery.id).where(due).order_by(Delivery.due_at).limit(bindparam("enough"))
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def next_due(session: Session) -> datetime | None:
    """The due time of the row that waits for the clock the shortest."""
    return session.scalar(select(func.min(Delivery.due_at)).where(Delivery.due_at.is_not(None)))


def busy(session: Session, now: datetime) -> bool:
    """Whether anything is due or in somebody's hands."""
    in_hand = Delivery.state.in_((DeliveryState.CLAIMED, DeliveryState.SENDING))
    due = and_(Delivery.due_at.is_not(None), Delivery.due_at <= now)
    return session.scalars(select(Delivery.id).where(or_(in_hand, due)).limit(1)).first() is not None


def longest_due(session: Session, now: datetime, priority: int, most: int) -> Sequence[Any]:
    """Up to `most` due rows (id, enrollment_id) of this priority, locked, the longest due first."""
    return session.execute(_due(now, priority, most).with_for_update(skip_locked=True)).all()


def fair_share(session: Session, now: datetime, most: int) -> Sequence[Any]:
    """Up to `most` due rows (id, enrollment_id), locked, the longest due of each course first.

    Fewer only if there are no more that nobody else has: whoever claims takes that for the end."""
    courses, rows = _courses(session, now), list[Any]()
    while courses and len(rows) < most:
        some, courses = courses[:COURSES_AT_ONCE], courses[COURSES_AT_ONCE:]
        rows += _dealt(session, now, some, most - len(rows))
    return rows


def _dealt(session: Session, now: datetime, courses: Sequence[int | None], most: int) -> Sequence[Any]:
    share = -(-most // len(courses))
    taken = {course: _oldest(session, now, course, share) for course in courses}
    for course in courses:
        left = most - sum(map(len, taken.values()))
        if left > 0 and len(taken[course]) == share:
            taken[course] = _oldest(session, now, course, share + left)
    return [row for rows in taken.values() for row in rows][:most]


def _courses(session: Session, now: datetime) -> Sequence[int | None]:
    """Those with anything due, in any order: the smallest share first would always be the same course's."""
    anything = select(Delivery.id).where(_due_lesson(now), Delivery.course_id == Course.id)
    found: list[int | None] = list(session.scalars(select(Course.id).where(anything.exists())))
    if session.scalars(select(Delivery.id).where(_due_lesson(now), Delivery.course_id.is_(None)).limit(1)).first():
        found.append(None)
    random.shuffle(found)
    return found


def _oldest(session: Session, now: datetime, course: int | None, most: int) -> Sequence[Any]:
    of_course = Delivery.course_id.is_(None) if course is None else Delivery.course_id == course
    rows = select(Delivery.id, Delivery.enrollment_id).where(_due_lesson(now), of_course)
    oldest = rows.order_by(Delivery.due_at).limit(most).with_for_update(skip_locked=True)
    return session.execute(oldest).all()


def _due_lesson(now: datetime) -> ColumnElement[bool]:
    # In the words of the index: a parameter in them would hide from the database that it fits.
    return and_(text(DUE_LESSON), Delivery.due_at <= now)


def _due(now: datetime, priority: int, most: int) -> Select[int, int | None]:
    due = and_(Delivery.due_at.is_not(None), Delivery.due_at <= now, Delivery.priority == priority)
    return select(Delivery.id, Delivery.enrollment_id).where(due).order_by(Delivery.due_at).limit(most)

"""A claim takes of every course that has something due, whatever the size of the others."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course import due_rows, outbox
from course.database import Database
from course.models import Delivery
from course.outbox import SCHEDULED, Leases
from tests import factories

NOW = factories.at("2027-01-12 12:00")
SIZES = {"large": 40, "small": 3, "middle": 10}


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.writing() as opened:
        yield opened


@pytest.fixture
def courses(session: Session) -> dict[int, str]:
    """Their names by id; all readers of the large one have been due for longer than anybody else."""
    names = {}
    for slug, readers in SIZES.items():
        course = factories.publish_course(session, "one: 0 days", slug=slug, at=NOW - timedelta(days=9))
        names[course.id] = slug
        for number in range(readers):
            factories.join(session, course, f"{slug}{number}@example.org", NOW - timedelta(days=3))
        later = timedelta(hours=1 if slug == "large" else 0)
        due = update(Delivery).where(Delivery.course_id == course.id, Delivery.kind == "lesson")
        session.execute(due.values(priority=SCHEDULED, due_at=NOW - timedelta(minutes=1) - later))
    return names


def claimed(session: Session, courses: dict[int, str], most: int) -> Counter[str]:
    """How much of each course the next claim takes."""
    ids = [each.delivery_id for each in outbox.claim(session, NOW, (SCHEDULED,), most, Leases())]
    of = dict(session.execute(select(Delivery.id, Delivery.course_id)).all())
    return Counter(courses[of[each] or 0] for each in ids)


def test_small_courses_get_their_share_and_the_large_one_what_they_leave(session: Session, courses: dict[int, str]):
    first = claimed(session, courses, 21)
    assert first["small"] == 3
    assert first["large"] >= 7
    assert first["middle"] >= 7
    assert first.total() == 21


def test_claim_after_claim_everything_is_taken_once(session: Session, courses: dict[int, str]):
    taken: Counter[str] = Counter()
    while more := claimed(session, courses, 10):
        taken += more
    assert taken == Counter(SIZES)


def test_of_one_course_the_longest_due_come_first(session: Session, courses: dict[int, str]):
    rows = select(Delivery.id).where(Delivery.course_id.is_not(None)).order_by(Delivery.id.desc())
    newest = session.scalars(rows).first()
    session.execute(update(Delivery).where(Delivery.id == newest).values(due_at=NOW - timedelta(days=2)))
    assert newest in {each.delivery_id for each in outbox.claim(session, NOW, (SCHEDULED,), 3, Leases())}


def test_what_is_of_no_course_is_not_forgotten(session: Session, courses: dict[int, str]):
    session.execute(update(Delivery).values(course_id=None))
    assert len(outbox.claim(session, NOW, (SCHEDULED,), 100, Leases())) == sum(SIZES.values())


@pytest.mark.parametrize("most", [30, 200])
def test_a_claim_looks_at_further_courses_until_it_has_enough(session: Session, most: int):
    """Fewer than it asked for would mean that nothing is left."""
    for number in range(2 * due_rows.COURSES_AT_ONCE + 5):
        course = factories.publish_course(session, "one: 0 days", slug=f"c{number}", at=NOW - timedelta(days=9))
        factories.join(session, course, "ana@example.org", NOW - timedelta(days=3))
    lessons = update(Delivery).where(Delivery.kind == "lesson")
    session.execute(lessons.values(priority=SCHEDULED, due_at=NOW - timedelta(minutes=1)))
    taken = outbox.claim(session, NOW, (SCHEDULED,), most, Leases())
    assert len({each.delivery_id for each in taken}) == min(most, 2 * due_rows.COURSES_AT_ONCE + 5)

"""Everybody's lesson is due in the same minute, and the relay takes five a second: who gets it when.

The clocks are virtual: ten thousand readers need half an hour of them. `make faults` sends all ten thousand. The
rate is counted by this process alone, because a broker's windows would end by the real clock.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from course.database import Database
from course.models import Course, Delivery, Enrollment, Kind, Reader
from emails.testing import ScriptedServer
from tests import factories
from tests.worker.mailing import BOTH, Mailing
from tests.worker.rated import rated, relay_of
from tests.worker.virtual_time import Unhurried, VirtualTime, virtual_time

NINE = factories.at("2027-01-05 09:00", "America/New_York")
RATE = 5
TICK_SECONDS = 10
# Of a hundred readers, how many are in which course.
COURSES = {"large": 80, "middle": 15, "small": 5}
FIRST = Delivery.kind == Kind.LESSON, Delivery.lesson.has(key="one")


@pytest.fixture
def mailing(database: Database, tmp_path: Path) -> Iterator[Mailing]:
    with ScriptedServer() as server:
        yield Mailing(database, server, tmp_path)


def fill(database: Database, readers: int) -> None:
    """So many readers, each in one of the courses, planned by its replanning."""
    confirmed = NINE - timedelta(hours=9)
    with database.writing() as session:
        numbers = iter(range(1, readers + 1))
        for slug, share in COURSES.items():
            course = factories.publish_course(
                session, "one: 0 days", "two", slug=slug, at=confirmed - timedelta(hours=1)
            )
            mine = [next(numbers) for _ in range(readers * share // 100)]
            session.execute(insert(Reader), [_reader(number, confirmed) for number in mine])
            session.execute(insert(Enrollment), [_enrollment(number, course, confirmed) for number in mine])
        factories.do_chores(session, confirmed)


def _reader(number: int, at: datetime) -> dict[str, object]:
    name = f"r{number}"
    return {
        "id": number, "handle": name, "email": f"{name}@example.org", "digest": name, "name": "", "pace": 1.0,
        "wishes_number": 0, "created_at": at,
    }  # fmt: skip


def _enrollment(number: int, course: Course, at: datetime) -> dict[str, object]:
    return {
        "id": number, "handle": f"e{number}", "reader_id": number, "course_id": course.id, "run": 1, "state": "active",
        "wishes": {}, "created_at": at, "asked_at": at, "confirmed_at": at, "anchor_at": at,
    }  # fmt: skip


def send_all(mailing: Mailing, hands: VirtualTime) -> None:
    """One process does what the timetable has it do, from a minute before nine until every lesson has left."""
    courier = rated(mailing, [relay_of(mailing.server, f"per_second={RATE}")])
    lines = Unhurried(hands, *courier.lines.routes)
    assert courier.allowance is not None, "it keeps to rates"
    courier = replace(courier, lines=lines, allowance=replace(courier.allowance, lines=lines))
    while left(mailing.database):
        if not courier.deliver(BOTH):
            hands.pass_by(TICK_SECONDS)
        assert mailing.clock.now() < NINE + timedelta(hours=1), "it takes too long"
    lines.close()


def left(database: Database) -> bool:
    """Whether a lesson has not left yet."""
    with database.reading() as session:
        return (
            session.scalars(select(Delivery.id).where(*FIRST, Delivery.sent_at.is_(None)).limit(1)).first() is not None
        )


def times(database: Database) -> dict[str, list[datetime]]:
    """When each course's lessons left, in order."""
    found = defaultdict(list)
    with database.reading() as session:
        rows = select(Course.slug, Delivery.sent_at).join(Course, Course.id == Delivery.course_id)
        for slug, sent_at in session.execute(rows.where(*FIRST).order_by(Delivery.sent_at)):
            found[slug].append(sent_at)
    return found


@pytest.mark.parametrize("readers", [160, pytest.param(10_000, marks=pytest.mark.long)])
def test_nobody_gets_it_early_the_rate_is_kept_and_used_and_no_course_waits_for_another(mailing: Mailing, readers: int):
    with virtual_time(NINE - timedelta(seconds=59)) as hands:
        fill(mailing.database, readers)
        send_all(mailing, hands)
    by_course = times(mailing.database)
    sent = sorted(chain.from_iterable(by_course.values()))
    assert len(sent) == len(mailing.arrived) == len(set(mailing.arrived)) == readers
    assert sent[0] >= NINE
    assert all(after - before >= timedelta(seconds=1) for before, after in zip(sent, sent[RATE:], strict=False))
    # Ten thousand by 09:34.
    assert sent[-1] <= NINE + timedelta(seconds=readers / RATE * 34 * 60 / 2000 + TICK_SECONDS)
    done = {slug: (at[-1] - NINE) * RATE / timedelta(seconds=readers) for slug, at in by_course.items()}
    assert done["small"] < 0.4 and done["middle"] < 0.5 < done["large"]

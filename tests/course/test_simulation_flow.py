"""The simulated readers beside real ones: the same mails at the same instants, on courses of every kind."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from course import due_rows, wishes
from course.folder import parse_lesson
from course.history import History
from course.models import Delivery, DeliveryState, Enrollment, EnrollmentState, Kind, Lesson
from course.schedule import Wishes
from course.sequence import Sequence, published_sequence
from course.simulation.drain import Relay
from course.simulation.flow import Flow, Walker
from course.simulation.load import Load
from course.standing import Standing, wishes_of
from tests.factories import MONDAY, at, join, lesson, publish_course, send_due

END = MONDAY + timedelta(days=60)
DOWN = at("2027-01-08 02:00"), at("2027-01-11 16:30")


class Journal(Load):
    """A load that remembers each mail."""

    left_at: list[datetime]

    def __init__(self, zone) -> None:
        super().__init__(zone)
        self.left_at = []

    def note(self, kind, due_at, at, weight=1):
        super().note(kind, due_at, at, weight)
        self.left_at.append(at)


@dataclass(frozen=True)
class Life:
    """One reader: when they confirm and rest, and how long they take to say that they are done."""

    name: str
    confirms: datetime
    form: dict[str, str]
    done_after: timedelta | None = None
    rests: tuple[datetime, date] | None = None


LIVES = (
    Life("ana", at("2027-01-04 13:17"), {"timezone": "America/New_York"}, timedelta(hours=5)),
    Life("bo", at("2027-01-04 23:59"), {"timezone": "Asia/Kathmandu", "hour": "18:00"}),
    Life("cy", at("2027-01-08 03:33"), {"timezone": "Pacific/Auckland"}, timedelta(days=9)),
    Life("di", at("2027-01-05 15:00"), {}, timedelta(days=2), (at("2027-01-06 06:00"), date(2027, 1, 15))),
)


def asking(key: str, wait: str, asks: str):
    text = f"---\nid: {key}\nsubject: About {key}\nstatus: published\nwait: {wait}\nasks: {asks}\n---\n\nDo it.\n"
    return parse_lesson(text, f"{key}.md")


COURSES = {
    "days": (("welcome: immediately", "trust: 1 day", "space: 3 days", "end: 1 week"), {}),
    "workdays, holidays, quiet hours": (
        ("welcome: 0 days", "trust: 1 day", "space: 2 days", "end: 7 hours"),
        {"weekdays": "[mon, tue, wed, thu, fri]", "skip": "[2027-01-11..2027-01-13]", "quiet": "20:00-08:30"},
    ),
    "weekdays and dates": (("welcome: next monday", "trust: on 2027-01-20", "space: next friday"), {}),
    "hours under a cap": (
        ("welcome: immediately", "trust: 90 minutes", "space: 2 hours", "end: 3 hours"),
        {"cap": "2"},
    ),
    "gates": (
        (
            asking("welcome", "immediately", "{done: I did, fallback: 3 days}"),
            asking("trust", "1 day", "{done: I did}"),
            "space: 0 days",
            "end: 2 days",
        ),
        {},
    ),
    "useless after a day": (("welcome: 0 days", lesson("trust", "2 days", useless_after="2027-01-07"), "space"), {}),
    "a long gap": (("welcome: 0 days", "trust: 1 day", "space: 1 day"), {"gap": "40 hours"}),
    "still being written": (("welcome: immediately", "trust: 2 days"), {"ends": "no"}),
}


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """What is compared is arithmetic: one database is enough here."""
    shutil.copy(sqlite_template, tmp_path / "meantime.db")
    return f"sqlite:///{tmp_path / 'meantime.db'}"


@pytest.mark.parametrize(
    ("life", "down"), tuple(zip(LIVES, (None, DOWN, DOWN, None), strict=True)), ids=("ana", "bo down", "cy down", "di")
)
@pytest.mark.parametrize("course", COURSES)
def test_a_simulated_reader_gets_what_a_real_one_gets(session, course, life, down):
    lessons, schedule = COURSES[course]
    made = publish_course(session, *lessons, **schedule)
    expected = list(lived(session, made, life, down))
    standing_wishes = wishes_of(session.scalars(select(Enrollment)).one().reader)
    assert list(simulated(published_sequence(session, made.id), standing_wishes, life, down)) == expected
    assert len(expected) > 1


def lived(session, course, life: Life, down) -> Iterator[datetime]:
    """When mails left on the product's own verbs, to the second."""
    reader = join(session, course, f"{life.name}@example.org", life.confirms, **life.form)
    happenings = [(life.rests[0], "rest")] if life.rests else []
    done: set[str] = set()
    while True:
        due = due_rows.next_due(session)
        if due is not None and down and down[0] <= due < down[1]:
            due = down[1]
        moments = [*([(due, "mail")] if due else []), *happenings]
        now, what = min(moments, default=(END, ""))
        if now >= END:
            break
        if what == "mail":
            send_due(session, now)
            happenings += asked(session, reader, life, done)
            continue
        happenings.remove((now, what))
        if what == "rest" and reader.state is EnrollmentState.ACTIVE:
            wishes.pause(session, reader, life.rests[1], now)
        elif what != "rest":
            wishes.say_done(session, reader, what, now)
    mailed = select(Delivery.sent_at).where(Delivery.state == DeliveryState.SENT, Delivery.kind != Kind.CONFIRMATION)
    yield from (each.replace(microsecond=0) for each in session.scalars(mailed.order_by(Delivery.sent_at)))


def asked(session, reader: Enrollment, life: Life, done: set[str]) -> Iterator[tuple[datetime, str]]:
    """The words that this reader will say about lessons that have come since."""
    if life.done_after is None:
        return
    received = select(Lesson.key, Delivery.sent_at).join(Lesson).where(Delivery.state == DeliveryState.SENT)
    asks = {each.key for each in published_sequence(session, reader.course_id).lessons if each.source.asks}
    for key, sent_at in session.execute(received):
        if key in asks - done:
            done.add(key)
            yield sent_at + life.done_after, key


def simulated(sequence: Sequence, of: Wishes, life: Life, down) -> Iterator[datetime]:
    """The same from the simulation."""
    load = Journal(UTC)
    flow = Flow(Relay(1e6), load)
    walker = Walker(1, Standing(sequence, History((), life.confirms), of), done_after=life.done_after)
    flow.expect(life.confirms, partial(flow.plan, walker))
    if life.rests:
        flow.expect(life.rests[0], partial(flow.rest, walker, life.rests[1]))
    if down:
        flow.expect(down[0], lambda now: flow.relay.spend(now, round((down[1] - now).total_seconds() * 1e6)))
    flow.run(END)
    yield from (each.replace(microsecond=0) for each in load.left_at)

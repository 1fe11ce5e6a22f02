"""Whatever authors and readers do, in whatever order: each reader gets each lesson at most once, in order, in time,
and is never stuck. The product's planning and outbox run on both databases against the pencil and paper of
tests.course.naive.

More journeys: `JOURNEYS=300 JOURNEY_SEED=1 pytest tests/course/test_journeys_of_edits.py`.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from random import SystemRandom

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test
from sqlalchemy import make_url, select

from course import enrollment, outbox, wishes
from course.database import Database
from course.editions import find_course
from course.models import Delivery, DeliveryState, EnrollmentState
from course.schedule import Wishes
from tests import factories
from tests.course.edited import Edits, places, spans
from tests.course.naive import House, Traveller
from tests.course.watched import LEASES

ZONES = ("America/New_York", "Europe/Berlin", "Pacific/Apia", "Asia/Kathmandu")
# How many journeys in `make test`: PostgreSQL answers each of a thousand questions later.
SHORT = {"sqlite": 10, "postgresql": 4}

readers = st.integers(0, 1)


class Journeys(Edits):
    """One course under edit, two readers, one courier."""

    def __init__(self, database: Database, number: int) -> None:
        super().__init__()
        self.database = database
        # What is remembered of an edition is remembered by its instants too, and none may come twice.
        self.now = factories.MONDAY + timedelta(microseconds=number)
        self.count = 3
        self.texts: dict[str, int] = {}
        self.readers_are_there = False

    @initialize(zones=st.tuples(st.sampled_from(ZONES), st.sampled_from(ZONES)))
    def begin(self, zones):
        state = self.first_state(self.now)
        with self.database.writing() as session:
            factories.publish_course(session, *self.written(state), at=self.now)
        self.house = House(state)
        for number, zone in enumerate(zones):
            self.now += timedelta(hours=number + 1)
            email = f"reader{number}@example.org"
            with self.database.writing() as session:
                factories.join(session, find_course(session, "small"), email, self.now, timezone=zone)
            self.house.readers.append(Traveller(email, zone, self.now))
        self.readers_are_there = True

    @rule(span=spans, hours=st.integers(1, 60))
    def be_down(self, span, hours):
        self.pass_time(span)
        self.now += timedelta(hours=hours)

    @rule(span=spans)
    def rescue(self, span=(0, "sent")):
        self.pass_time(span)
        with self.database.writing() as session:
            outbox.rescue(session, self.now, LEASES, repeat=True)

    @rule(span=spans)
    def send_failed_again(self, span=(0, "sent")):
        self.pass_time(span)
        with self.database.writing() as session:
            stuck = Delivery.state.in_((DeliveryState.FAILED, DeliveryState.UNCERTAIN))
            for row in session.scalars(select(Delivery).where(stuck)).all():
                outbox.retry(session, row.id, self.now)
                outbox.answer_uncertain(session, row.id, sent=False, now=self.now)

    @rule(span=spans, who=readers, days=st.none() | st.integers(1, 3))
    def rest(self, span, who, days):
        self.pass_time(span)
        reader = self.house.readers[who]
        day = reader.local(self.now).date() + timedelta(days=days) if days else None
        with self.database.writing() as session:
            mine = self.enrollment_of(session, reader)
            if mine.state is EnrollmentState.ACTIVE:
                wishes.pause(session, mine, day, self.now)
                # A pause of somebody with nothing left ends at once.
                reader.rests, reader.rests_until = mine.state is EnrollmentState.PAUSED, mine.paused_until

    @rule(span=spans, who=readers)
    def wake(self, span, who):
        self.pass_time(span)
        with self.database.writing() as session:
            wishes.resume(session, self.enrollment_of(session, self.house.readers[who]), self.now)
        self.house.readers[who].rests = False

    @rule(span=spans, who=readers, zone=st.sampled_from(ZONES))
    def travel(self, span, who, zone):
        self.pass_time(span)
        with self.database.writing() as session:
            mine = self.enrollment_of(session, self.house.readers[who])
            wishes.set_wishes(session, mine, Wishes(zone), self.now)
        self.house.readers[who].zone = zone

    @rule(span=spans, who=readers)
    def ask_for_the_next_now(self, span, who):
        self.pass_time(span)
        reader = self.house.readers[who]
        keys = reader.next_ones(self.house.state) - {None}
        with self.database.writing() as session:
            mine = self.enrollment_of(session, reader)
            for key in keys:
                if wishes.ask_next_now(session, mine, key, self.now):
                    reader.asked = key

    @rule(span=spans, who=readers, place=places)
    def say_done(self, span, who, place):
        self.pass_time(span)
        reader = self.house.readers[who]
        if reader.receipts:
            self.sign(reader, sorted(reader.receipts)[place % len(reader.receipts)])

    def sign(self, reader: Traveller, key: str) -> None:
        with self.database.writing() as session:
            wishes.say_done(session, self.enrollment_of(session, reader), key, self.now)
        reader.signs.add(key)

    @rule(span=spans, who=readers)
    def leave_or_come_back(self, span, who):
        self.pass_time(span)
        reader = self.house.readers[who]
        with self.database.writing() as session:
            handle = self.enrollment_of(session, reader).handle
            if not reader.left:
                enrollment.leave(session, handle, self.now)
                reader.asked = None  # what a dead worker left behind may come once more after a return
            else:
                enrollment.enroll(session, "small", enrollment.Signup(reader.email), self.now)
                enrollment.confirm(session, handle, self.now)
                reader.confirmed_at, reader.came_back, reader.rests, reader.completed_at = self.now, True, False, None
                reader.unclear |= reader.denied
                reader.denied = set()
        reader.left = not reader.left

    def teardown(self):
        if self.readers_are_there:
            self.come_to_an_end()

    def come_to_an_end(self):
        """Everything that may hold a reader is lifted: whatever is left must come."""
        if self.house.paused:
            self.pause_or_resume_the_course((0, "sent"), "active")
        for who in range(len(self.house.readers)):
            self.wake((0, "sent"), who)
        self.do_chores()
        for _ in range(12):
            self.rescue()
            self.send_failed_again()
            for reader in self.house.readers:
                for key in reader.receipts.keys() - reader.signs:
                    self.sign(reader, key)
            self.deliver_until(self.now + timedelta(days=20))
        for reader in self.house.readers:
            waits_for = reader.next_ones(self.house.state)
            wanted = waits_for & reader.granted if reader.completed_at else waits_for - {None}
            assert reader.left or None in waits_for or not wanted, f"{reader.email} never got {waits_for}"


@pytest.fixture
def empty_house(database_url: str, request: pytest.FixtureRequest) -> Iterator[Callable[[], Database]]:
    """Gives the database, emptied; one engine for all journeys, because it remembers its statements."""
    database = Database(database_url)

    def begin_anew() -> Database:
        database.close()
        if database.engine.dialect.name == "sqlite":
            shutil.copy(request.getfixturevalue("sqlite_template"), make_url(database_url).database)
        else:
            request.getfixturevalue("postgres_databases").renew(database_url)
        return database

    yield begin_anew
    database.close()


def test_every_journey_brings_each_lesson_once_in_order_and_comes_to_its_end(empty_house, database_url):
    number = int(os.environ.get("JOURNEY_SEED") or SystemRandom().randrange(2**32))
    sys.stdout.write(f"JOURNEY_SEED={number}\n")
    # A failure is made small only for whoever asks again with its seed: that takes minutes.
    phases = set(Phase) - (set() if "JOURNEY_SEED" in os.environ else {Phase.shrink, Phase.explain})
    few = SHORT[make_url(database_url).get_backend_name()]
    chosen = settings(
        phases=phases,
        max_examples=int(os.environ.get("JOURNEYS", few)),
        stateful_step_count=25,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    numbers = count(1)

    def journeys() -> Journeys:
        return Journeys(empty_house(), next(numbers))

    run_state_machine_as_test(seed(number)(journeys), settings=chosen)

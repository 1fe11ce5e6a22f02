"""What may happen to a school within a quarter of an hour, by chance; the same seed brings the same."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

import redis
from sqlalchemy import select, update

from course import enrollment, erasing, planning, wishes
from course.errors import NotFound
from course.models import Alarm, Course, Delivery, Enrollment, Reader
from emails.testing import Rule
from tests import factories
from tests.faults.crowd import LESSONS
from tests.faults.school import LONG_AGO, School, kill
from tests.postgres import PostgresServer

MOODS = (
    (Rule("dot", answer="451 4.3.0 Not now", times=20),),
    (Rule("rcpt", answer="451 4.7.1 Not yet", times=10),),
    (Rule("connect", answer="421 4.3.2 Not now", times=2),),
    (Rule("dot", accept=True, hang_up=True, times=3),),
    (Rule("dot", hang_up=True, times=3),),
    (Rule("data", hang_up=True, times=2),),
    (Rule("dot", delay=0.05, times=200),),
    (Rule("dot", accept=True, answer="250 2.0.0 One byte at a time", drip=0.4, times=2),),
)


@dataclass
class Misfortunes:
    """Strikes once for each step of the clock. `ended` says when readers left or were erased, by address."""

    school: School
    postgres: PostgresServer | None
    chance: Random
    ended: dict[str, float] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)
    last: str = ""
    texts: int = 0
    _mortal: subprocess.Popen[bytes] | None = None

    def strike(self) -> None:
        """Something happens, or nothing; and a relay that was left alone is tried again."""
        self._forgive_the_relay()
        if self._mortal is None:
            self._mortal = self.school.worker(processes=1)
        kinds = {
            self.nothing: 4, self.kill_a_worker: 3, self.stop_a_worker: 2, self.freeze_a_worker: 2,
            self.kill_the_broker: 2, self.bad_mood: 6, self.lose_the_database: 2, self.readers_act: 6, self.publish: 1,
        }  # fmt: skip
        (happens,) = self.chance.choices(list(kinds), list(kinds.values()))
        self.last = happens.__name__
        self.school.ring()
        time.sleep(0.3)
        happens()

    def relent(self) -> None:
        """From now on all goes well."""
        self.school.server.script()
        self._forgive_the_relay()

    def nothing(self) -> None:
        self.school.server.script()

    def kill_a_worker(self) -> None:
        assert self._mortal is not None
        kill(self._mortal)
        self._mortal = self.school.worker(processes=1)

    def stop_a_worker(self) -> None:
        assert self._mortal is not None
        self._mortal.terminate()
        self._mortal = self.school.worker(processes=1)

    def freeze_a_worker(self) -> None:
        assert self._mortal is not None
        os.killpg(self._mortal.pid, signal.SIGSTOP)
        time.sleep(2)
        os.killpg(self._mortal.pid, signal.SIGCONT)

    def kill_the_broker(self) -> None:
        self.school.broker.crash()
        time.sleep(1)
        self.school.broker.start()
        with redis.Redis.from_url(self.school.broker.url) as connection:
            connection.flushall()

    def bad_mood(self) -> None:
        self.school.server.script(*self.chance.choice(MOODS))

    def lose_the_database(self) -> None:
        if self.postgres is None:
            with self.school.nothing_can_be_recorded():
                time.sleep(2)
        else:
            self.postgres.kill()
            time.sleep(1)
            self.postgres.start()

    def readers_act(self) -> None:
        with self.school.database.reading() as session:
            there = list(session.scalars(select(Reader.email).order_by(Reader.id)))
        acts = (self._leave, self._leave, self._erase, self._rest)
        for address in self.chance.sample([each for each in there if each not in self.ended], 8):
            self.chance.choice(acts)(address)

    def publish(self) -> None:
        """Another text of every lesson; workers plan the readers anew."""
        self.texts += 1
        body, now = f"This is the text number {self.texts}.", self.school.clock.now()
        lessons = [factories.lesson(*(part.strip() for part in each.split(":")), body=body) for each in LESSONS]
        with self.school.database.writing() as session:
            course, author = session.scalars(select(Course)).one(), factories.Author("Robin", now)
            changed = factories.course_source(*lessons, slug=course.slug, ends="no")
            factories.publish_draft(session, factories.replace_draft(session, course, changed, author), now)

    def _leave(self, address: str) -> None:
        with self.school.database.writing() as session:
            mine = self._note_what_has_begun(session, address)
            enrollment.leave(session, mine.handle, self.school.clock.now())
        self.ended[address] = time.monotonic()

    def _erase(self, address: str) -> None:
        with suppress(erasing.InHand):
            with self.school.database.writing() as session:
                self._note_what_has_begun(session, address)
                erasing.erase(session, address)
            self.erased.add(address)
            self.ended[address] = time.monotonic()

    def _rest(self, address: str) -> None:
        with suppress(NotFound), self.school.database.writing() as session:
            mine = session.scalars(select(Enrollment).join(Reader).where(Reader.email == address)).one()
            wishes.pause(session, mine, None, self.school.clock.now())

    def _note_what_has_begun(self, session: factories.Session, address: str) -> Enrollment:
        """Under the enrollment's lock, so that nothing begins between this look and what follows."""
        mine = session.scalars(select(Enrollment).join(Reader).where(Reader.email == address)).one()
        planning.lock(session, mine.id)
        begun = select(Delivery.id).where(Delivery.enrollment_id == mine.id, Delivery.begun_at.is_not(None))
        if session.scalars(begun).first() is not None:
            self.begun.add(address)
        return mine

    def _forgive_the_relay(self) -> None:
        """The rest of a relay is by the database's clock, which nobody moves."""
        with self.school.database.writing() as session:
            session.execute(update(Alarm).where(Alarm.rests_until.is_not(None)).values(rests_until=LONG_AGO))

"""An installation with real worker and beat processes, which a test may kill, and the journal that judges it.

The database's clock cannot be moved: where a lease has to end, its end is moved back instead.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select, text, update

from course.clock import Clock
from course.database import Database
from course.models import Course, Delivery, DeliveryState, Enrollment, Kind, Lesson
from course.settings import environment
from emails.testing import ScriptedServer
from tests import factories
from tests.broker import RunningBroker, wait_until
from tests.worker import mailing
from worker.app import make_celery
from worker.timetable import RESCUE, TICK

LONG_AGO = factories.at("2001-01-01 00:00")
IN_HAND = (DeliveryState.CLAIMED, DeliveryState.SENDING)
OPTIONS = ("--without-gossip", "--without-mingle", "--loglevel", "info")
PATIENCE = 40.0


@dataclass
class School:
    """One installation. `journal_file` is what the mail server wrote down, each line on the disk before its answer."""

    database: Database
    broker: RunningBroker
    server: ScriptedServer
    folder: Path
    journal_file: Path
    connections: int = 1  # of each worker process
    readers: int = 12  # how many a fault meets, see tests/faults/scale.py
    relay: str = ""  # another address than the server's own
    timeout: float = 20
    inside: tuple[str, ...] = ()  # a command that starts processes elsewhere
    settings: Mapping[str, Any] = field(default_factory=dict)  # what its processes are told besides

    def __post_init__(self) -> None:
        self.clock = Clock(self.folder / "clock")
        self._processes = ExitStack()
        self._courses = 0

    def close(self) -> None:
        self._processes.close()

    def worker(self, processes: int = 2) -> subprocess.Popen[bytes]:
        return self._start("worker", "--concurrency", str(processes), *OPTIONS)

    def beat(self) -> subprocess.Popen[bytes]:
        return self._start("beat", "--loglevel", "info")

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        settings = mailing.settings(self.folder).model_copy(
            update={
                "database_url": self.database.url,
                "redis_url": self.broker.url,
                "smtp_url": f"{self.relay or self.server.url}&{self._options}",
                **self.settings,
            }
        )
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [*self.inside, sys.executable, "-m", "celery", "-A", "worker.main", *arguments],
                env=environment(settings),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.callback(kill, process)
        return process

    @property
    def _options(self) -> str:
        return f"timeout={self.timeout}&dot_timeout={self.timeout}&connections={self.connections}"

    def ring(self, task: str = TICK) -> None:
        with make_celery(self.broker.kombu) as app:
            app.send_task(task, expires=60)

    def begin_course(self, readers: int, body: str = "") -> None:
        """A new course whose readers' first lesson, with this text, is due; nothing else of it is due for a year."""
        self._courses += 1
        now = self.clock.now()
        with self.database.writing() as session:
            course = factories.publish_course(
                session,
                factories.lesson("welcome", "immediately", body=body),
                "later: 52 weeks",
                slug=f"course-{self._courses}",
                at=now - timedelta(days=1),
            )
            for number in range(readers):
                self._join(session, course, f"c{self._courses}-r{number}@example.org")

    def _join(self, session: factories.Session, course: Course, address: str) -> None:
        mine = factories.join(session, course, address, self.clock.now() - timedelta(minutes=1), name=address)
        for confirmation in factories.deliveries(session, mine, Kind.CONFIRMATION):
            session.delete(confirmation)

    def let_leases_end(self, *states: DeliveryState) -> None:
        """Let the lease clock run on for rows in these states."""
        with self.database.writing() as session:
            held = update(Delivery).where(Delivery.state.in_(states), Delivery.lease_until.is_not(None))
            session.execute(held.values(lease_until=LONG_AGO))

    def wait_for_mails(self, mails: int) -> None:
        assert self.server.wait_for(mails, PATIENCE), self.log()

    def wait_until_sent(self) -> None:
        """Every first lesson has been recorded as sent, failed, or cancelled because its reader left."""
        wait_until(self._all_sent, "all first lessons are sent", PATIENCE)

    def _all_sent(self) -> bool:
        return set(self.states()) <= {DeliveryState.SENT, DeliveryState.CANCELLED, DeliveryState.FAILED}

    def recover(self, worker: subprocess.Popen[bytes] | None = None) -> set[str]:
        """After a kill: a new worker (or this one) frees what the dead held; the Message-IDs that were uncertain."""
        self.let_leases_end(*IN_HAND)
        _ = worker or self.worker()
        self.ring_until(lambda: not self._stale(), "rescue has been there")
        uncertain = self.message_ids(DeliveryState.UNCERTAIN)
        self.let_leases_end(DeliveryState.UNCERTAIN)
        self.ring_until(self._all_sent, "all first lessons are sent")
        return uncertain

    def ring_until(self, condition: Callable[[], bool], what: str) -> None:
        """Wait, and ring each second, as beat does more slowly: a frozen worker may have swallowed a ring."""
        self.ring(RESCUE)
        rung = time.monotonic()

        def rings_or_holds() -> bool:
            nonlocal rung
            if time.monotonic() - rung > 1:
                self.ring(RESCUE)
                self.ring(TICK)
                rung = time.monotonic()
            return condition()

        wait_until(rings_or_holds, what, PATIENCE)

    def states(self) -> Counter[str]:
        """How many first lessons are in which state."""
        counted = _first_lessons(Delivery.state, func.count()).group_by(Delivery.state)
        with self.database.reading() as session:
            return Counter({str(state): number for state, number in session.execute(counted)})

    def message_ids(self, *states: DeliveryState) -> set[str]:
        named = _first_lessons(Delivery.message_id).where(Delivery.state.in_(states), Delivery.message_id.is_not(None))
        with self.database.reading() as session:
            return set(session.scalars(named))

    def _stale(self) -> int:
        with self.database.reading() as session:
            left = select(func.count()).where(Delivery.state.in_(IN_HAND), Delivery.lease_until == LONG_AGO)
            return session.scalar(left) or 0

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    @contextmanager
    def nothing_can_be_recorded(self) -> Iterator[None]:
        """Hold what a worker needs for its records: on SQLite the one writer's place, on PostgreSQL the enrollments."""
        if self.database.is_sqlite:
            with self.database.writing() as session:
                session.connection()  # which takes the place
                yield
        else:
            with self.database.writing() as session:
                session.execute(select(Enrollment.id).with_for_update())
                yield

    def begun(self) -> int:
        """How many mails are on their way now."""
        with self.database.reading() as session:
            return session.scalar(select(func.count()).where(Delivery.state == DeliveryState.SENDING)) or 0

    def journal(self) -> list[dict[str, str]]:
        lines = self.journal_file.read_text().splitlines() if self.journal_file.exists() else []
        return [json.loads(line) for line in lines]

    def judge(self, uncertain: set[str], failed: int = 0) -> None:
        """The journal and our rows agree: each mail was accepted once, an uncertain one twice at most, as it was."""
        accepted = Counter(entry["message_id"] for entry in self.journal())
        assert set(accepted) == self.message_ids(DeliveryState.SENT)
        twice = {name for name, times in accepted.items() if times > 1}
        assert max(accepted.values()) <= 2
        assert twice <= uncertain
        assert len({(entry["message_id"], entry["sha256"]) for entry in self.journal()}) == len(accepted)
        with self.database.reading() as session:
            assert session.execute(text("SELECT count(*) FROM deliveries WHERE state = 'failed'")).scalar() == failed


def _first_lessons(*columns: Any) -> Select[Any]:
    return select(*columns).join(Lesson, Delivery.lesson_id == Lesson.id).where(Lesson.key == "welcome")


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9, the main process and its children."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)

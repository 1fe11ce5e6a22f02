"""A real courier between a real database and a scripted mail server, with readers whose first lesson is due."""

import email
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import policy
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course.clock import Clock
from course.database import Database
from course.models import Course, Delivery, Kind, Reader
from course.outbox import SCHEDULED, URGENT
from course.settings import Settings
from course.tokens import open_tokens
from emails.compose import Composer
from emails.events import Event, Ready
from emails.testing import ScriptedServer
from emails.transport import Carrier, connect, parse_smtp_url
from tests import factories
from worker.courier import Courier
from worker.lines import Lines, Route

BOTH = (URGENT, SCHEDULED)
LESSONS = ("welcome: immediately", "trust", "space")


def settings(folder: Path) -> Settings:
    return Settings(
        state_dir=folder,
        base_url="https://courses.example.org",
        secret_key="correct horse battery staple 0123456789",
        mail_from="school@example.org",
        postal_address="Quiet Lane 4, 10115 Berlin",
    )


class Interrupted:
    """A connection after each of whose answers something happens, and which takes one mail at a time."""

    def __init__(self, carrier: Carrier, then: Callable[[], None]) -> None:
        self._carrier = carrier
        self._then = then

    def __getattr__(self, name: str) -> Any:
        return getattr(self._carrier, name)

    @property
    def takes_offers(self) -> bool:
        return self._carrier.is_idle and self._carrier.takes_offers

    def turn(self) -> list[Event]:
        happened = self._carrier.turn()
        if any(not isinstance(event, Ready) for event in happened):
            self._then()
        return happened


@dataclass
class Mailing:
    """One installation: `clock` is the real time, moved on by `wait`."""

    database: Database
    server: ScriptedServer
    folder: Path
    clock: Clock = field(init=False)

    def __post_init__(self) -> None:
        self.clock = Clock(self.folder / "clock")

    def courier(self, after_each: Callable[[], None] | None = None) -> Courier:
        relay = parse_smtp_url(self.server.url)

        def open_line() -> Any:
            return Interrupted(connect(relay), after_each) if after_each else connect(relay)

        with self.database.reading() as session:
            tokens = open_tokens(session, settings(self.folder))
        return Courier(
            database=self.database,
            clock=self.clock,
            composer=Composer(settings(self.folder), tokens),
            lines=Lines(Route("the server", open_line, 4)),
            seconds=60,  # a busy machine must not end a test's batch
        )

    def deliver(self, **changes: object) -> bool:
        return replace(self.courier(), **changes).deliver(BOTH)  # type: ignore[arg-type]

    def begin_course(self, *lessons: str | factories.LessonSource, readers: int, slug: str = "small") -> None:
        """Publish a course; its readers r1@, r2@ … signed up one second after the other, a minute ago and more."""
        now = self.clock.now()
        with self.database.writing() as session:
            course = factories.publish_course(
                session, *(lessons or LESSONS), slug=slug, at=now - timedelta(days=2)
            )  # fmt: skip
            for number in range(1, readers + 1):
                self._join(session, course, number, now - timedelta(minutes=2) + timedelta(seconds=number))

    def _join(self, session: Session, course: Course, number: int, at: datetime) -> None:
        mine = factories.join(session, course, f"r{number}@example.org", at, name=f"Reader {number}")
        confirmations = select(Delivery).where(Delivery.enrollment_id == mine.id, Delivery.kind == Kind.CONFIRMATION)
        for row in session.scalars(confirmations):
            session.delete(row)

    def wait(self, time: timedelta) -> None:
        """Let the course's time pass; leases do not notice."""
        self.clock.move_to(self.clock.now() + time)

    def let_leases_end(self) -> None:
        with self.database.writing() as session:
            held = update(Delivery).where(Delivery.lease_until.is_not(None))
            session.execute(held.values(lease_until=factories.at("2001-01-01 00:00")))

    def row(self, number: int, key: str = "welcome") -> Delivery:
        """A lesson's delivery to one reader, as the database has it now."""
        with self.database.reading() as session:
            rows = session.scalars(
                select(Delivery).join(Reader).where(Reader.email == f"r{number}@example.org")
            ).all()  # fmt: skip
            return next(row for row in rows if row.lesson and row.lesson.key == key)

    def states(self, key: str = "welcome") -> list[str]:
        """The states of a lesson's deliveries, by reader."""
        with self.database.reading() as session:
            rows = session.scalars(select(Delivery).join(Reader).order_by(Reader.id)).all()
            return [str(row.state) for row in rows if row.lesson and row.lesson.key == key]

    @property
    def arrived(self) -> list[str]:
        """To whom the server has accepted mail, in order."""
        return [mail.recipients[0].partition("@")[0] for mail in self.server.journal]

    @property
    def message_ids(self) -> list[str]:
        parsed = (email.message_from_bytes(mail.data, policy=policy.default) for mail in self.server.journal)
        return [str(mail["Message-ID"]) for mail in parsed]

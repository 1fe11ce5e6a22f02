"""Letting time pass in development: the clock walks, and stops wherever something is due until it has been sent."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from course import chores, due_rows
from course.clock import Clock
from course.database import Database
from course.errors import MeantimeError
from web.database import Rings

PATIENCE_SECONDS = 60.0
ASK_AGAIN_SECONDS = 1.0
LONGEST = timedelta(days=366)


class StandsStill(MeantimeError):
    """What is due does not get sent; is the worker running?"""


@dataclass(frozen=True)
class Walk:
    """Moves the course's time of one installation."""

    database: Database
    clock: Clock
    bell: Rings

    def until(self, instant: datetime) -> None:
        """Walk to `instant`, by way of every due time before it. Raises StandsStill."""
        self.settle()
        while (due := self._next_due()) is not None and due <= instant:
            self.clock.move_to(due)
            self.settle()
        self.clock.move_to(instant)
        self.settle()

    def to_next_lesson(self) -> datetime | None:
        """Walk to the next due time and let it be sent; None when nothing is planned."""
        self.settle()
        due = self._next_due()
        if due is not None:
            self.clock.move_to(due)
            self.settle()
        return due

    def settle(self) -> None:
        """Wait until nothing is due and nothing is under way."""
        deadline, asked = time.monotonic() + PATIENCE_SECONDS, 0.0
        while self._busy():
            if time.monotonic() > deadline:
                raise StandsStill("Mail is due and does not go out. Is the worker running?")
            if time.monotonic() - asked > ASK_AGAIN_SECONDS:
                self.bell.ring()
                asked = time.monotonic()
            time.sleep(0.05)

    def _busy(self) -> bool:
        with self.database.reading() as session:
            return due_rows.busy(session, self.clock.now()) or chores.count_open(session) > 0

    def _next_due(self) -> datetime | None:
        with self.database.reading() as session:
            return due_rows.next_due(session)

"""Two clocks, and nobody else asks what time it is.

`Clock.now()` is the course's time, in which readers live; development may shift it, so that a whole course can be
watched in a minute. `lease_now()` is the database's time, which nothing shifts: leases, throttles and sessions of
admins are measured with it, so a jump of the course's time expires nobody's lease.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session


class Clock:
    """The course's time. Where `shift_file` is given (development only), all processes share its offset."""

    def __init__(self, shift_file: Path | None = None) -> None:
        self._shift_file = shift_file

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC) + self.shift()

    def shift(self) -> timedelta:
        """How far the course's time is ahead of the real one."""
        if self._shift_file is None:
            return timedelta()
        try:
            return timedelta(seconds=float(self._shift_file.read_text(encoding="ascii")))
        except FileNotFoundError:
            return timedelta()

    def move_to(self, instant: datetime) -> None:
        """Let it be `instant` now, for every process of this state folder; time only moves forward."""
        if self._shift_file is None:
            raise RuntimeError("The clock can be moved in development only.")
        ahead = max(self.shift(), instant - datetime.now(UTC))
        fresh = self._shift_file.with_suffix(f".{os.getpid()}")
        fresh.write_text(str(ahead.total_seconds()), encoding="ascii")
        fresh.replace(self._shift_file)


def open_clock(state_dir: Path, *, development: bool) -> Clock:
    """The clock of this installation: movable in development, never in production."""
    return Clock(state_dir / "clock") if development else Clock()


def lease_now(session: Session) -> datetime:
    """The database's own clock, aware, in UTC. On SQLite the database is this machine."""
    if session.get_bind().dialect.name == "postgresql":
        instant: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
        return instant.astimezone(UTC)
    return datetime.now(UTC)

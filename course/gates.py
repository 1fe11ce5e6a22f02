"""Gates: a lesson may ask for a sign of life, and the next one waits for it.

The lesson behind a gate takes its ordinary slot, never an earlier one; if that has passed when the sign comes, it
takes the one after. A gate with a fallback opens by itself when that many local days have passed, as the day begins.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.folder import Asks
from course.models import Sign
from course.schedule.walltime import on_the_wall


@dataclass(frozen=True)
class Gate:
    """When the way to the next lesson is free: `opens_at` None means not before the reader says so."""

    opens_at: datetime | None
    asks: Asks

    def is_open(self, now: datetime) -> bool:
        """Whether the next lesson may go."""
        return self.opens_at is not None and self.opens_at <= now


def gate_of(asks: Asks | None, sent_at: datetime, said_at: datetime | None, zone: tzinfo) -> Gate | None:
    """The gate behind a lesson that was sent at `sent_at`; None where it asks for nothing."""
    if asks is None:
        return None
    by_itself = None
    if asks.fallback_days is not None:
        day = sent_at.astimezone(zone).date() + timedelta(days=asks.fallback_days)
        by_itself = on_the_wall(day, time(0), zone).astimezone(UTC)
    openings = [instant for instant in (said_at, by_itself) if instant is not None]
    return Gate(min(openings, default=None), asks)


def read_signs(session: Session, enrollment_id: int) -> Mapping[int, datetime]:
    """When this reader said "done", by lesson."""
    rows = session.execute(select(Sign.lesson_id, Sign.said_at).where(Sign.enrollment_id == enrollment_id))
    return {row.lesson_id: row.said_at for row in rows}

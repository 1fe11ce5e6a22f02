"""Whether the timetable runs: a worker leaves a mark each time beat has rung it."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course.clock import lease_now
from course.models import House


def beat(session: Session) -> None:
    """Leave the mark, by the database's clock, which nobody moves."""
    session.execute(update(House).values(heartbeat_at=lease_now(session)))


def last_beat(session: Session) -> timedelta | None:
    """How long ago the mark was left; None where none ever was."""
    at = session.scalar(select(House.heartbeat_at))
    return lease_now(session) - at if at else None

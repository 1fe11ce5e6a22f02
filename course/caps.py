"""A cap on lessons per reader and local day, over all courses; the rest waits, in order.

Decided when a mail begins, under a lock on the reader: two workers with two courses cannot both see the last place.
"""

from datetime import UTC, datetime, time, timedelta, tzinfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from course.models import Delivery, DeliveryState, Kind, Reader
from course.schedule.walltime import on_the_wall

# How long a lesson waits whose reader is locked: somebody else is deciding at this moment.
MOMENT = timedelta(seconds=2)


def has_room(session: Session, reader_id: int, cap: int, zone: tzinfo, now: datetime) -> bool | None:
    """Whether today has room for one more lesson; None when another worker holds this reader just now."""
    locked = select(Reader.id).where(Reader.id == reader_id).with_for_update(skip_locked=True)
    if session.scalars(locked).first() is None:
        return None
    local = now.astimezone(zone)
    midnight = on_the_wall(local.date(), time(0), zone).astimezone(UTC)
    today = or_(
        (Delivery.state == DeliveryState.SENT) & (Delivery.sent_at >= midnight),
        Delivery.state.in_((DeliveryState.SENDING, DeliveryState.UNCERTAIN)) & (Delivery.begun_at >= midnight),
    )
    count = select(func.count()).where(Delivery.reader_id == reader_id, Delivery.kind == Kind.LESSON, today)
    return (session.scalar(count) or 0) < cap

"""What a restored database does not know: the mails that were sent since the backup was made.

Whatever was planned for that time is still planned here, and most of it has been sent. An owner may let it go out once
more, or count it as sent, which loses what had not left by then.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from course import planning
from course.models import Delivery, DeliveryState, EditionLesson, Kind

# What was planned when the backup was made, what workers of that time had in hand, and what rescue would repeat.
OPEN = (DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNCERTAIN)
WHEN = func.coalesce(Delivery.due_at, Delivery.begun_at, Delivery.slot_at)
# A courier's trip leaves its mark when it starts, and goes on to send what becomes due. A minute is longer than any.
TRIP = timedelta(minutes=1)
REPLY = "Counted as sent by an owner, after a backup was restored."


def lost_until(marked_at: datetime | None, now: datetime) -> datetime:
    """Until when mails may have been sent of which the database does not know; `now` where no mark is left."""
    return min(marked_at + TRIP, now) if marked_at else now


def due_until(session: Session, until: datetime) -> Mapping[Kind, int]:
    """How many mails, by kind, are planned for `until` or earlier: they may have been sent already."""
    rows = select(Delivery.kind, func.count()).where(*_planned(until)).group_by(Delivery.kind)
    return {Kind(kind): count for kind, count in session.execute(rows)}


def count_as_sent(session: Session, until: datetime, now: datetime, most: int) -> int:
    """Count at most so many of these as sent when they were due, and plan what follows; 0 when none is left.

    What follows a lesson may have been due by `until` too: then the next call finds it.
    """
    rows = select(Delivery.id, Delivery.enrollment_id).where(*_planned(until)).order_by(WHEN, Delivery.id)
    found = session.execute(rows.limit(most)).all()
    for delivery_id, enrollment_id in found:
        if enrollment_id is not None and planning.find_locked(session, enrollment_id) is None:
            continue
        delivery = session.get_one(Delivery, delivery_id, with_for_update=True, populate_existing=True)
        if delivery.state not in OPEN:
            continue
        _count(session, delivery)
        session.flush()
        if enrollment_id is not None:
            # As it was decided then: a lesson that followed in that time was due in that time, and not now.
            planning.advance(session, enrollment_id, delivery.sent_at or now)
    return len(found)


def _count(session: Session, delivery: Delivery) -> None:
    delivery.state, delivery.reply = DeliveryState.SENT, REPLY
    delivery.sent_at = delivery.due_at or delivery.begun_at or delivery.slot_at
    delivery.due_at = delivery.lease_until = delivery.secrets = None
    place = session.scalars(
        select(EditionLesson).where(
            EditionLesson.edition_id == delivery.edition_id, EditionLesson.lesson_id == delivery.lesson_id
        )
    ).one_or_none()
    if place is not None:
        delivery.compilation_id, delivery.revision_id = place.compilation_id, place.revision_id


def _planned(until: datetime) -> tuple[ColumnElement[bool], ...]:
    repeated = and_(Delivery.state == DeliveryState.UNCERTAIN, Delivery.repeats > 0)
    held = and_(or_(Delivery.state == DeliveryState.PLANNED, repeated), Delivery.due_at.is_(None))
    return Delivery.state.in_(OPEN), ~held, until >= WHEN

"""An admin's word on a delivery that is stuck, or on an address that is not mailed. Each is harmless to repeat."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from course import outbox, planning, suppressions
from course.enrollment import advance_all
from course.errors import NotFound
from course.models import Delivery, DeliveryState, Kind, Reader


def send_again(session: Session, delivery_id: int, now: datetime) -> bool:
    """A failed mail gets another 48 hours, an uncertain one is sent once more. False where neither is so any more."""
    if _find(session, delivery_id).state is DeliveryState.UNCERTAIN:
        return outbox.answer_uncertain(session, delivery_id, sent=False, now=now)
    return outbox.retry(session, delivery_id, now)


def count_as_sent(session: Session, delivery_id: int, now: datetime) -> bool:
    """An uncertain mail arrived, the admin says: it is a receipt, and the reader goes on. False if it is not open."""
    delivery = _find(session, delivery_id)
    enrollment_id = delivery.enrollment_id if delivery.kind is Kind.LESSON else None
    if enrollment_id is not None:
        planning.lock(session, enrollment_id)
    done = outbox.answer_uncertain(session, delivery_id, sent=True, now=now)
    if done and enrollment_id is not None:
        planning.advance(session, enrollment_id, now)
    return done


def mail_again(session: Session, digest: str, reason: str, now: datetime) -> None:
    """Lift a suppression: unless another one stands, what was cancelled at begin is planned again, at its next slot."""
    suppressions.lift(session, digest, reason, now)
    reader = session.scalars(select(Reader).where(Reader.digest == digest)).one_or_none()
    if reader is not None and not suppressions.bars(session, reader, Kind.LESSON):
        advance_all(session, reader.id, now)


def _find(session: Session, delivery_id: int) -> Delivery:
    found = session.get(Delivery, delivery_id)
    if found is None:
        raise NotFound("There is no such delivery any more.")
    return found

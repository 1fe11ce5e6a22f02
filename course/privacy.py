"""Forgetting: sign-ups that nobody confirmed are erased after a week, and the reader with the last of them."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select, text
from sqlalchemy.orm import Session

from course.models import Delivery, DeliveryState, Enrollment, EnrollmentState, Reader
from course.models.progress import UNANSWERED

FORGET_AFTER = timedelta(days=7)


def forget_unconfirmed(session: Session, now: datetime, most: int) -> int:
    """Erase up to `most` sign-ups that nobody answered for a week, with all their mail; the oldest first.

    Somebody who confirmed in earlier times and asked to come back is as they were, ended. Gives how many there were.
    """
    found = _unanswered(session, now, most)
    for each in found:
        if each.confirmed_at is not None:
            each.state, each.wishes = EnrollmentState.ENDED, {}
    session.flush()
    strangers = [each for each in found if each.confirmed_at is None]
    session.execute(delete(Enrollment).where(Enrollment.id.in_([each.id for each in strangers])))
    enrolled = exists().where(Enrollment.reader_id == Reader.id)
    gone = Reader.id.in_([each.reader_id for each in strangers]), ~enrolled
    session.execute(delete(Reader).where(*gone).execution_options(synchronize_session=False))
    return len(found)


def _unanswered(session: Session, now: datetime, most: int) -> list[Enrollment]:
    """Locked with their readers, so that nobody signs up meanwhile; what somebody holds now waits for next time."""
    in_hand = exists().where(
        Delivery.enrollment_id == Enrollment.id,
        Delivery.state.in_((DeliveryState.CLAIMED, DeliveryState.SENDING)),
    )
    old = text(UNANSWERED), Enrollment.asked_at < now - FORGET_AFTER, ~in_hand
    statement = select(Enrollment).join(Reader).where(*old).order_by(Enrollment.asked_at).limit(most)
    return list(session.scalars(statement.with_for_update(skip_locked=True)))

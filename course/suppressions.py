"""Addresses that are not mailed, by a keyed digest: recognisable after the reader is erased, readable by nobody.

left-all     the reader left everything; a new confirmation lifts it, and confirmation mails pass
bounce       the address does not exist; an admin lifts it
complaint    the reader called our mail spam; an owner lifts it
"""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course import outbox
from course.models import Delivery, DeliveryState, Kind, Reader, Suppression

LEFT_ALL, BOUNCE, COMPLAINT = "left-all", "bounce", "complaint"


def reasons(session: Session, digest: str) -> frozenset[str]:
    """Why this address is not mailed now; empty when it may be."""
    standing = select(Suppression.reason).where(Suppression.digest == digest, Suppression.ended_at.is_(None))
    return frozenset(session.scalars(standing))


def bars(session: Session, reader: Reader, kind: Kind) -> bool:
    """Whether a suppression stands in the way of a mail of this kind."""
    found = reasons(session, reader.digest)
    return bool(found - {LEFT_ALL} if kind is Kind.CONFIRMATION else found)


def suppress(session: Session, digest: str, reason: str, now: datetime) -> None:
    """Stop mailing this address; harmless to repeat. What had failed for it waits for nobody any more."""
    if reason not in reasons(session, digest):
        session.add(Suppression(digest=digest, reason=reason, created_at=now))
        session.flush()
        _end_failures(session, digest, "The address is suppressed.")


def lift(session: Session, digest: str, reason: str, now: datetime) -> None:
    """Mail this address again, as far as this reason goes. Plans follow where it is asked for: course.verdicts."""
    standing = update(Suppression).where(Suppression.digest == digest, Suppression.reason == reason)
    lifted: Any = session.execute(standing.where(Suppression.ended_at.is_(None)).values(ended_at=now))
    if lifted.rowcount:
        _end_failures(session, digest, "The address is mailed again.")


def _end_failures(session: Session, digest: str, reason: str) -> None:
    """What had failed waits for nobody any more: it is planned again if its turn comes."""
    theirs = Delivery.reader_id.in_(select(Reader.id).where(Reader.digest == digest))
    outbox.cancel(session, theirs, Delivery.state == DeliveryState.FAILED, reason=reason)

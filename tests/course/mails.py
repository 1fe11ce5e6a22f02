"""Deliveries to try the outbox on: letters to one admin, planned by hand and moved by the outbox's own verbs."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course import outbox
from course.models import Admin, Compilation, Delivery, DeliveryState, Kind
from course.outbox import SCHEDULED, URGENT, Claimed, Leases, Record
from tests.factories import at

NOW = at("2027-03-01 09:00")
LONG_AGO = at("2001-01-01 00:00")
LEASES = Leases()
BOTH = (URGENT, SCHEDULED)


def plan(session: Session, *dues: datetime | None, priority: int = SCHEDULED) -> list[int]:
    """One planned letter for each due time; their ids."""
    admin = session.scalars(select(Admin)).first() or Admin(email="owner@example.org", created_at=NOW)
    session.add(admin)
    session.flush()
    rows = [
        Delivery(
            kind=Kind.TEST,
            state=DeliveryState.PLANNED,
            priority=priority,
            admin_id=admin.id,
            slot_at=due or NOW,
            due_at=due,
            created_at=NOW,
        )
        for due in dues
    ]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def claim(session: Session, now: datetime = NOW, most: int = 50) -> list[Claimed]:
    return outbox.claim(session, now, BOTH, most, LEASES)


def claim_one(session: Session, now: datetime = NOW) -> Claimed:
    (claimed,) = claim(session, now)
    return claimed


def begin(session: Session, claimed: Claimed, now: datetime = NOW) -> bool:
    """As the courier begins; False when the claim is gone."""
    delivery = outbox.hold(session, claimed)
    if delivery is None:
        return False
    if delivery.repeats:
        outbox.begin_again(session, delivery, LEASES)
    else:
        outbox.begin(session, delivery, record(session), now, LEASES)
    session.flush()
    return True


def record(session: Session) -> Record:
    """What begin writes down; all letters have the same text here."""
    text = session.scalars(select(Compilation)).first() or Compilation(
        digest="0", subject="Hello", html="", text="", links=[], compiler="by hand", created_at=NOW
    )
    session.add(text)
    session.flush()
    return Record(text.id, None, {"reader": {"name": "Ana"}}, "digest", "<one@example.org>", 1234)


def begun(session: Session, now: datetime = NOW) -> Claimed:
    """A new letter that is on its way."""
    plan(session, now)
    claimed = claim_one(session, now)
    assert begin(session, claimed, now)
    return claimed


def uncertain(session: Session) -> Claimed:
    """A new letter that got no answer after its dot."""
    claimed = begun(session)
    assert outbox.record_uncertain(session, claimed, "no answer", LEASES)
    return claimed


def row(session: Session, delivery: Claimed | int) -> Delivery:
    """The row as the database has it now."""
    number = delivery if isinstance(delivery, int) else delivery.delivery_id
    return session.get_one(Delivery, number, populate_existing=True)


def let_leases_end(session: Session) -> None:
    """Let the lease clock run on past every lease: the same as moving their ends back."""
    session.execute(update(Delivery).where(Delivery.lease_until.is_not(None)).values(lease_until=LONG_AGO))


def rescue(session: Session, now: datetime = NOW, *, repeat: bool = True) -> dict[str, int]:
    return outbox.rescue(session, now, LEASES, repeat=repeat)

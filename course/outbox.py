"""The outbox: the deliveries, and the only verbs that change them.

    plan ─► planned ─ claim ─► claimed ─ begin ─► sending ─ record_sent ─► sent
                ▲                 │                  ├─ record_failed ──► failed
                ├──── release ────┘                  ├─ put_back (4xx) ─► planned, later
                │                                    └─ lost after the dot, or rescued ─► uncertain ─► one repeat
                └─ cancel, skip: only what has not begun

A row is claimable if and only if it has a due time. A claim is a conditional UPDATE; whoever's claim id is gone has
lost it. Every verb believes the row count: no row is not an error, somebody was faster.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Update, and_, bindparam, case, func, select, update
from sqlalchemy.orm import Session

from course.clock import lease_now
from course.due_rows import fair_share, longest_due
from course.models import Delivery, DeliveryState, Kind, Reader
from course.prepared import Prepared, among

BACK_OFF = tuple(timedelta(minutes=m) for m in (5, 15, 60, 240))
GIVE_UP_AFTER = timedelta(hours=48)
URGENT, SCHEDULED = 0, 1

_ROWS: Any = Delivery.__table__
_CLAIM = Prepared(
    update(_ROWS)
    .where(among(_ROWS.c.id, "ids"))
    .values(
        state=DeliveryState.CLAIMED,
        due_at=None,
        claim_id=bindparam("claim"),
        lease_until=bindparam("lease"),
        repeats=case((_ROWS.c.state == DeliveryState.UNCERTAIN, _ROWS.c.repeats + 1), else_=_ROWS.c.repeats),
    )
)


@dataclass(frozen=True)
class Leases:
    """How long a worker may hold a row, by the database's clock."""

    claim: timedelta = timedelta(seconds=45)
    sending: timedelta = timedelta(seconds=660)
    uncertain: timedelta = timedelta(minutes=15)


@dataclass(frozen=True)
class Claimed:
    """A row that is ours until its lease ends, with the enrollment that is locked before it."""

    delivery_id: int
    enrollment_id: int | None
    claim_id: str


@dataclass(frozen=True)
class Record:
    """What begin writes down, so that the same bytes can be made again: see emails.compose."""

    compilation_id: int
    revision_id: int | None
    values: dict[str, dict[str, str | int]]
    digest: str
    message_id: str
    size: int


def claim(session: Session, now: datetime, priorities: tuple[int, ...], most: int, leases: Leases) -> list[Claimed]:
    """Take up to `most` due rows, the most urgent first, then a fair share of each course."""
    claim_id = secrets.token_hex(12)
    taken: list[Claimed] = []
    for priority in priorities:
        left = most - len(taken)
        fairly = priority == SCHEDULED
        rows = fair_share(session, now, left) if fairly else longest_due(session, now, priority, left)
        taken += [Claimed(row.id, row.enrollment_id, claim_id) for row in rows]
    if not taken:
        return []
    ids, lease = [each.delivery_id for each in taken], lease_now(session) + leases.claim
    _CLAIM.execute(session, ids=ids, claim=claim_id, lease=lease)
    return taken


def hold(session: Session, claimed: Claimed) -> Delivery | None:
    """The claimed row, locked; None when the claim is gone."""
    statement = select(Delivery).where(*_ours(claimed, DeliveryState.CLAIMED)).with_for_update(key_share=True)
    return session.scalars(statement).one_or_none()


def begin(session: Session, delivery: Delivery, record: Record, now: datetime, leases: Leases) -> None:
    """From here on the mail may be accepted: commit before its final dot."""
    delivery.begun_at = now
    delivery.compilation_id = record.compilation_id
    delivery.revision_id = record.revision_id
    delivery.values = dict(record.values)
    delivery.digest = record.digest
    delivery.message_id = record.message_id
    delivery.size = record.size
    begin_again(session, delivery, leases)


def begin_again(session: Session, delivery: Delivery, leases: Leases) -> None:
    """The same for a repeat of an uncertain mail, which keeps what was written down the first time."""
    delivery.state = DeliveryState.SENDING
    delivery.lease_until = lease_now(session) + leases.sending
    delivery.attempts += 1


def hold_offered(session: Session, claimed: Claimed) -> Delivery | None:
    """The row that we offered, locked, also when it became uncertain meanwhile; None when somebody else judged it.

    Where the envelope alone was refused, nothing has begun yet: that is an attempt as well."""
    ours = _ours(claimed, DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNCERTAIN)
    delivery = session.scalars(select(Delivery).where(*ours).with_for_update(key_share=True)).one_or_none()
    if delivery is not None and delivery.state is DeliveryState.CLAIMED:
        delivery.attempts += 1
    return delivery


def record_sent(session: Session, claimed: Claimed, reply: str, now: datetime) -> bool:
    """The server took it. A late answer to an uncertain row counts as well, while no repeat has claimed it."""
    mine = update(Delivery).where(*_ours(claimed, DeliveryState.SENDING, DeliveryState.UNCERTAIN))
    receipt = {"state": DeliveryState.SENT, "sent_at": now, "reply": reply}
    return _changed(session, mine.values(**receipt, lease_until=None, due_at=None, secrets=None)) == 1


def record_uncertain(session: Session, claimed: Claimed, reply: str, leases: Leases) -> bool:
    """The final dot left and no answer came."""
    statement = (
        update(Delivery)
        .where(*_ours(claimed, DeliveryState.SENDING))
        .values(state=DeliveryState.UNCERTAIN, reply=reply, lease_until=lease_now(session) + leases.uncertain)
    )
    return _changed(session, statement) == 1


def record_failed(session: Session, delivery: Delivery, reply: str) -> None:
    """This mail will not be taken. What may have been accepted before is for an admin to judge."""
    delivery.state = DeliveryState.UNCERTAIN if delivery.repeats else DeliveryState.FAILED
    delivery.reply, delivery.lease_until, delivery.due_at = reply, None, None


def put_back(session: Session, delivery: Delivery, reply: str, now: datetime, *, ours: bool = False) -> None:
    """A temporary failure: later, a little later each time, and no more after 48 hours, unless the fault is ours."""
    delivery.reply, first = reply, delivery.first_tried_at or now
    then = now + BACK_OFF[min(max(delivery.attempts, 1), len(BACK_OFF)) - 1]
    if ours:
        wait_until(delivery, then)
    elif now - first < GIVE_UP_AFTER:
        delivery.first_tried_at = first
        wait_until(delivery, min(then, first + GIVE_UP_AFTER))
    else:
        hours = GIVE_UP_AFTER.total_seconds() / 3600
        record_failed(session, delivery, f"Given up after {hours:.0f} hours: {reply}")


def put_back_untried(delivery: Delivery, reply: str, due_at: datetime) -> None:
    """The whole relay failed, which counts as nobody's attempt."""
    delivery.reply, delivery.attempts = reply, delivery.attempts - 1
    wait_until(delivery, due_at)


def wait_until(delivery: Delivery, due_at: datetime | None) -> None:
    """Not now: claimable again at `due_at`, or held (None) until somebody says otherwise."""
    if delivery.repeats:
        # This attempt is over and nothing of it was accepted, so the repeat is still owed.
        delivery.state, delivery.repeats = DeliveryState.UNCERTAIN, delivery.repeats - 1
        if due_at is None:
            return  # nobody resumes an uncertain mail: its lease stays, and rescue asks again when that is over
    else:
        delivery.state = DeliveryState.PLANNED
        if due_at is None:  # the hours in which nobody tries are not counted
            delivery.attempts, delivery.first_tried_at = 0, None
    delivery.due_at, delivery.lease_until = due_at, None


def release(session: Session, claimed: list[Claimed], now: datetime) -> int:
    """Give back what was claimed and not begun."""
    ids = [each.delivery_id for each in claimed]
    claims = {each.claim_id for each in claimed}
    return _free(session, and_(Delivery.id.in_(ids), Delivery.claim_id.in_(claims)), now)


def reader_domains(session: Session, delivery_ids: Sequence[int]) -> dict[int, tuple[str, bool]]:
    """The recipient domains of those among these that go to readers, and whether somebody waits for them."""
    columns = Delivery.id, Delivery.priority, Reader.email
    rows = session.execute(select(*columns).join(Reader).where(Delivery.id.in_(delivery_ids)))
    return {row.id: (row.email.rpartition("@")[2].lower(), row.priority == URGENT) for row in rows}


def renew(session: Session, claim_id: str, leases: Leases) -> None:
    """The batch is still being worked on."""
    # What is claimed has a lease; said here, for only leases have an index.
    leased = Delivery.lease_until.is_not(None)
    mine = _untouched(leased, Delivery.claim_id == claim_id, Delivery.state == DeliveryState.CLAIMED)
    session.execute(update(Delivery).where(mine).values(lease_until=lease_now(session) + leases.claim))


def rescue(session: Session, now: datetime, leases: Leases, *, repeat: bool) -> dict[str, int]:
    """Free what dead workers hold. Returns counts by what happened, for the log."""
    stale = Delivery.lease_until < lease_now(session)
    freed = _free(session, stale, now)
    repeats = 0
    if repeat:
        owed = _untouched(stale, Delivery.state == DeliveryState.UNCERTAIN, Delivery.repeats == 0)
        repeats = _changed(session, update(Delivery).where(owed).values(due_at=now, lease_until=None))
    lost = update(Delivery).where(_untouched(stale, Delivery.state == DeliveryState.SENDING))
    reply = "The worker died while this mail was on its way; it may have been accepted."
    until = lease_now(session) + leases.uncertain
    uncertain = _changed(session, lost.values(state=DeliveryState.UNCERTAIN, reply=reply, lease_until=until))
    return {"freed": freed, "uncertain": uncertain, "repeats": repeats}


def cancel(session: Session, *which: ColumnElement[bool], reason: str) -> int:
    """Cancel what has not begun among the deliveries that match; it may be planned again."""
    waiting = (DeliveryState.PLANNED, DeliveryState.CLAIMED, DeliveryState.UNCERTAIN, DeliveryState.FAILED)
    statement = update(Delivery).where(Delivery.state.in_(waiting), *which)
    gone = {"state": DeliveryState.CANCELLED, "due_at": None, "lease_until": None, "claim_id": None}
    return _changed(session, statement.values(**gone, reply=reason))


def skip(delivery: Delivery, reason: str, now: datetime) -> None:
    """A receipt without a mail: it would make no sense any more."""
    delivery.state, delivery.reply, delivery.sent_at = DeliveryState.SKIPPED, reason, now
    delivery.due_at, delivery.lease_until = None, None


def retry(session: Session, delivery_id: int, now: datetime) -> bool:
    """An admin's "again" for a failed delivery."""
    statement = (
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == DeliveryState.FAILED)
        .values(state=DeliveryState.PLANNED, due_at=now, attempts=0, first_tried_at=None)
    )
    return _changed(session, statement) == 1


def answer_uncertain(session: Session, delivery_id: int, *, sent: bool, now: datetime) -> bool:
    """An admin's word on a held uncertain mail: count it as sent, or send it once more."""
    held = update(Delivery).where(Delivery.id == delivery_id, Delivery.state == DeliveryState.UNCERTAIN)
    if not sent:
        return _changed(session, held.values(due_at=now, lease_until=None)) == 1
    accepted = func.coalesce(Delivery.begun_at, now)
    receipt = held.values(state=DeliveryState.SENT, sent_at=accepted, due_at=None, lease_until=None)
    return _changed(session, receipt) == 1


def plan_urgent(session: Session, delivery: Delivery) -> Delivery:
    """Plan a mail that somebody is waiting for: confirmation, sign-in, test, repeat."""
    delivery.state, delivery.priority, delivery.due_at = DeliveryState.PLANNED, URGENT, delivery.slot_at
    session.add(delivery)
    session.flush()
    return delivery


def open_lesson(session: Session, enrollment_id: int) -> Delivery | None:
    """The enrollment's one lesson that is planned, under way, uncertain or failed."""
    done = (DeliveryState.SENT, DeliveryState.SKIPPED, DeliveryState.CANCELLED)
    statement = select(Delivery).where(
        Delivery.enrollment_id == enrollment_id, Delivery.kind == Kind.LESSON, Delivery.state.not_in(done)
    )
    return session.scalars(statement.with_for_update(key_share=True)).one_or_none()


def _ours(claimed: Claimed, *states: DeliveryState) -> tuple[ColumnElement[bool], ...]:
    return (
        Delivery.id == claimed.delivery_id,
        Delivery.claim_id == claimed.claim_id,
        Delivery.state.in_(states),
    )


def _free(session: Session, which: ColumnElement[bool], now: datetime) -> int:
    """Claimed rows of which nothing has left: planned again, or still owed as a repeat."""
    again = Delivery.repeats > 0
    state = case((again, DeliveryState.UNCERTAIN.value), else_=DeliveryState.PLANNED.value)
    repeats = case((again, Delivery.repeats - 1), else_=0)
    held = update(Delivery).where(_untouched(which, Delivery.state == DeliveryState.CLAIMED))
    return _changed(session, held.values(state=state, repeats=repeats, due_at=now, lease_until=None))


def _untouched(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Those that nobody is changing just now: who waits for rows while holding others may wait in a circle."""
    return Delivery.id.in_(select(Delivery.id).where(*which).with_for_update(skip_locked=True))


def _changed(session: Session, statement: Update) -> int:
    result: Any = session.execute(statement)
    assert isinstance(result, CursorResult)
    return result.rowcount

"""A round: one transaction that records what was accepted and begins what goes next, for many ordinary lessons.

    look again ─► what is unchanged is written in bulk ─► what has changed goes the careful way

The statements are few, whatever the number of mails: this is where the cost of safety is shared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, literal, null, select, update
from sqlalchemy.orm import Session

from course import planning
from course.batch import Look, Ordinary, look_again
from course.clock import lease_now
from course.models import Delivery, DeliveryState, Enrollment, Kind
from course.outbox import SCHEDULED, Leases, Record
from course.prepared import Bulk, Prepared, among, types_of
from course.schedule import Slot
from course.schedule.walltime import QUARTER
from course.sequence import SequenceLesson
from course.standing import Answer, answer

_DELIVERIES: Any = Delivery.__table__
_COLUMNS = _DELIVERIES.c

_SENT = Bulk(
    types_of(_COLUMNS, "id", "sent_at", "reply"),
    lambda given: update(_DELIVERIES)
    .where(_COLUMNS.id == given["id"])
    .values(
        state=DeliveryState.SENT, sent_at=given["sent_at"], reply=given["reply"], lease_until=None, due_at=None,
        secrets=null(),
    ),
)  # fmt: skip
_WRITTEN_DOWN = (
    "lease_until", "slot_at", "begun_at", "compilation_id", "revision_id", "values", "digest", "message_id", "size",
)  # fmt: skip
_BEGUN = Bulk(
    types_of(_COLUMNS, "id", *_WRITTEN_DOWN),
    lambda given: (
        update(_DELIVERIES)
        .where(_COLUMNS.id == given["id"])
        .values(
            {"state": DeliveryState.SENDING, "attempts": _COLUMNS.attempts + 1}
            | {name: given[name] for name in _WRITTEN_DOWN}
        )
    ),
)
# As a row is before anything was tried: what planning writes for a lesson that comes next.
_UNTRIED = {
    "kind": Kind.LESSON, "state": DeliveryState.PLANNED, "priority": SCHEDULED, "asked": False, "attempts": 0,
    "repeats": 0,
}  # fmt: skip
_PLANNED = (
    "enrollment_id", "reader_id", "course_id", "lesson_id", "edition_id", "revision_id", "wishes_number", "slot_at",
    "due_at", "day_based", "created_at",
)  # fmt: skip
_NEXT = Bulk(
    types_of(_COLUMNS, *_PLANNED),
    lambda given: insert(_DELIVERIES).from_select(
        [*_PLANNED, *_UNTRIED],
        select(*given.values(), *(literal(value, type_=_COLUMNS[name].type) for name, value in _UNTRIED.items())),
        include_defaults=False,
    ),
)
_LOCK = Prepared(
    select(Enrollment.id)
    .where(among(Enrollment.__table__.c.id, "ids"))
    .order_by(Enrollment.id)
    .with_for_update(key_share=True)
)


@dataclass(frozen=True)
class Beginning:
    """An ordinary lesson that is to leave: the slot under which it goes, when it was made, what is written down.

    `coming` is what its mail announced: the lesson after it, and its slot if this one went when it was made."""

    ordinary: Ordinary
    slot_at: datetime
    made_at: datetime
    record: Record
    coming: tuple[SequenceLesson, Slot] | None = None

    def announced(self, now: datetime) -> Answer | None:
        """The plan that was announced, if it is still the plan for a mail accepted `now`.

        A wait in days counts from a local date, which nobody's midnight ends amid a quarter of an hour."""
        lesson, slot = self.coming or (None, None)
        if lesson is None or slot is None or slot.at <= now or not lesson.source.wait.counts_days:
            return None
        same_day = now.timestamp() // QUARTER == self.made_at.timestamp() // QUARTER
        return Answer(lesson, slot.at, slot.at, day_based=True) if same_day else None


@dataclass(frozen=True)
class Sent:
    """A begun lesson that the mail server took, with its words."""

    beginning: Beginning
    reply: str


def write(
    session: Session, sent: Sequence[Sent], beginnings: Sequence[Beginning], now: datetime, leases: Leases
) -> set[int]:
    """Record and begin. Returns the deliveries that may leave now; the others are as they were."""
    both = [*(each.beginning.ordinary for each in sent), *(each.ordinary for each in beginnings)]
    _lock(session, both)
    looks = look_again(session, [each.claimed.delivery_id for each in both])
    _record(session, [each for each in sent if _is_under_way(each, looks)], looks, now)
    leaving = [each for each in beginnings if _may_leave(each, looks)]
    _begin(session, leaving, lease_now(session) + leases.sending)
    return {each.ordinary.claimed.delivery_id for each in leaving}


def take_back(session: Session, beginnings: Sequence[Beginning], leases: Leases) -> None:
    """After a round that failed, perhaps only in the answer to its commit: of these nothing has left, so they are
    claimed as they were before it."""
    claims = [each.ordinary.claimed for each in beginnings]
    ours = (
        _COLUMNS.id.in_([each.delivery_id for each in claims]),
        _COLUMNS.claim_id.in_({each.claim_id for each in claims}),
        _COLUMNS.state == DeliveryState.SENDING,
    )
    before = {"state": DeliveryState.CLAIMED, "attempts": _COLUMNS.attempts - 1}
    session.execute(update(_DELIVERIES).where(*ours).values(**before, lease_until=lease_now(session) + leases.claim))


def _lock(session: Session, lessons: Sequence[Ordinary]) -> None:
    """Their enrollments, in one order for everybody. SQLite has one writer anyhow."""
    if session.get_bind().dialect.name == "postgresql":
        _LOCK.fetch(session, ids=[each.claimed.enrollment_id for each in lessons])


def _is_under_way(each: Sent, looks: dict[int, Look]) -> bool:
    """A late answer to an uncertain mail counts as well, while no repeat has claimed it."""
    claimed = each.beginning.ordinary.claimed
    look = looks.get(claimed.delivery_id)
    ours = look is not None and look.claim_id == claimed.claim_id
    return ours and look is not None and look.state in {DeliveryState.SENDING, DeliveryState.UNCERTAIN}


def _may_leave(each: Beginning, looks: dict[int, Look]) -> bool:
    claimed = each.ordinary.claimed
    look = looks.get(claimed.delivery_id)
    return look == Look(DeliveryState.CLAIMED, claimed.claim_id, each.ordinary.fingerprint)


def _record(session: Session, sent: Sequence[Sent], looks: dict[int, Look], now: datetime) -> None:
    if not sent:
        return
    ids = [each.beginning.ordinary.claimed.delivery_id for each in sent]
    _SENT.run(session, [{"id": id_, "sent_at": now, "reply": each.reply} for id_, each in zip(ids, sent, strict=True)])
    planned, others = [], []
    for each in sent:
        ordinary = each.beginning.ordinary
        unchanged = looks[ordinary.claimed.delivery_id].fingerprint == ordinary.fingerprint
        row = _next_row(each.beginning, now) if unchanged else None
        if row is None:
            others.append(ordinary.claimed.enrollment_id)
        else:
            planned.append(row)
    _NEXT.run(session, planned)
    for enrollment_id in sorted(each for each in others if each is not None):
        planning.advance(session, enrollment_id, now)


def _next_row(beginning: Beginning, now: datetime) -> dict[str, Any] | None:
    """The planned row of the lesson that follows; None where planning has to think about it."""
    ordinary = beginning.ordinary
    said = beginning.announced(now) or _answer(beginning, now)
    if said is None or said.problem or said.lesson.lesson_id in ordinary.planned:
        return None
    return {
        "enrollment_id": ordinary.claimed.enrollment_id,
        "reader_id": ordinary.reader_id,
        "course_id": ordinary.standing.sequence.course_id,
        "lesson_id": said.lesson.lesson_id,
        "edition_id": ordinary.standing.sequence.edition_id,
        "revision_id": said.lesson.revision_id,
        "wishes_number": ordinary.wishes_number,
        "slot_at": said.slot_at,
        "due_at": said.due_at,
        "day_based": said.day_based,
        "created_at": now,
    }


def _answer(beginning: Beginning, now: datetime) -> Answer | None:
    standing = beginning.ordinary.sent(beginning.slot_at, now)
    return answer(standing, standing.awaited, now) if standing.awaited else None


def _begin(session: Session, leaving: Sequence[Beginning], lease: datetime) -> None:
    """From here on these mails may be accepted: commit before their final dots."""
    _BEGUN.run(session, [_begun(each, lease) for each in leaving])


def _begun(each: Beginning, lease: datetime) -> dict[str, Any]:
    record = each.record
    return {
        "id": each.ordinary.claimed.delivery_id,
        "lease_until": lease,
        "slot_at": each.slot_at,
        "begun_at": each.made_at,
        "compilation_id": record.compilation_id,
        "revision_id": record.revision_id,
        "values": record.values,
        "digest": record.digest,
        "message_id": record.message_id,
        "size": record.size,
    }

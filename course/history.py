"""What happened to an enrollment so far: its receipts, and the past from which the schedule counts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.models import Delivery, DeliveryState, Enrollment, Kind
from course.schedule import Past

REMEMBERED_DAYS = timedelta(days=3)


class Receipt(NamedTuple):
    """A lesson that this reader has had: sent (an anchor) or skipped (none). `slot_at` is what the schedule said."""

    lesson_id: int
    at: datetime
    sent: bool
    slot_at: datetime
    day_based: bool


@dataclass(frozen=True)
class History:
    """All receipts of an enrollment, oldest first, and the anchor that was set for it."""

    receipts: tuple[Receipt, ...]
    anchor_at: datetime

    @cached_property
    def lessons(self) -> dict[int, datetime]:
        """The lessons that have a receipt, and since when."""
        return {receipt.lesson_id: receipt.at for receipt in self.receipts}

    @cached_property
    def last_sent_at(self) -> datetime | None:
        """When the last lesson was accepted."""
        return max((receipt.at for receipt in self.receipts if receipt.sent), default=None)

    @cached_property
    def past(self) -> Past:
        """The same as the schedule wants it."""
        sent = [receipt for receipt in self.receipts if receipt.sent]
        anchor = max(self.last_sent_at or self.anchor_at, self.anchor_at)
        return Past(
            anchor=anchor,
            gap_slot=max((receipt.slot_at for receipt in sent if receipt.day_based), default=None),
            received=tuple(receipt.at for receipt in sent if receipt.at >= anchor - REMEMBERED_DAYS),
        )

    def with_sent(self, receipt: Receipt) -> "History":
        """The history after one more lesson."""
        return History((*self.receipts, receipt), self.anchor_at)


def read_history(session: Session, enrollment: Enrollment) -> History:
    """The enrollment's receipts; its anchor is the confirmation, unless a later one was set."""
    rows = session.execute(
        select(Delivery.lesson_id, Delivery.state, Delivery.sent_at, Delivery.slot_at, Delivery.day_based)
        .where(
            Delivery.enrollment_id == enrollment.id,
            Delivery.kind == Kind.LESSON,
            Delivery.state.in_((DeliveryState.SENT, DeliveryState.SKIPPED)),
        )
        .order_by(Delivery.sent_at)
    )
    receipts = tuple(
        Receipt(row.lesson_id, row.sent_at, row.state is DeliveryState.SENT, row.slot_at, row.day_based) for row in rows
    )
    return History(receipts, enrollment.anchor_at or enrollment.confirmed_at or enrollment.created_at)

"""The courier: takes a claimed batch from row to record. Knows no Celery and no Redis.

    claim ─► per mail: one commit records the answer to the last mail and begins this one ─► send, no transaction open
          ─► the last record ─► what was not begun goes back

If recording fails, sending stops: nothing is ever sent that we could not write down.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from course import outbox, planning
from course.clock import Clock
from course.database import Database
from course.models import Delivery, Kind
from course.outbox import Claimed, Leases
from emails.compose import Composer
from emails.errors import EmailsError, LostAfterDot, Refused, RelayTrouble, TransportError
from emails.letter import Message
from emails.transport import Carrier

BATCH = 50
BATCH_SECONDS = 5.0
RENEW_SECONDS = 15.0
RELAY_REST = timedelta(minutes=1)

log = structlog.get_logger("courier")


@dataclass(frozen=True)
class Answer:
    """What the mail server said to one mail: accepted, or the error that says what comes next."""

    claimed: Claimed
    reply: str = ""
    error: TransportError | None = None


@dataclass(frozen=True)
class Courier:
    """Sends what is due. `connect` opens a connection to the relay, `stopping` says when to begin nothing new."""

    database: Database
    clock: Clock
    composer: Composer
    connect: Callable[[], Carrier]
    stopping: Callable[[], bool] = lambda: False
    leases: Leases = field(default_factory=Leases)

    def deliver(self, priorities: tuple[int, ...]) -> bool:
        """Deliver batches for up to five seconds; True when there may be more."""
        until = time.monotonic() + BATCH_SECONDS
        while not self.stopping() and time.monotonic() < until:
            with self.database.writing() as session:
                claimed = outbox.claim(session, self.clock.now(), priorities, BATCH, self.leases)
            if claimed and not self._deliver(claimed, until):
                return False
            if len(claimed) < BATCH:
                return False
        return True

    def _deliver(self, claimed: list[Claimed], until: float) -> bool:
        """One batch over one connection; False when the relay is in trouble."""
        try:
            carrier = self.connect()
        except RelayTrouble as trouble:
            self._give_back(claimed, None, RELAY_REST)
            log.warning("relay", trouble=trouble.reply)
            return False
        try:
            return self._carry(carrier, claimed, until)
        finally:
            carrier.close()

    def _carry(self, carrier: Carrier, claimed: list[Claimed], until: float) -> bool:
        waiting, answer, renewed = list(claimed), None, time.monotonic()
        while waiting and not self.stopping() and time.monotonic() < until and not _relay_trouble(answer):
            renew = time.monotonic() - renewed > RENEW_SECONDS
            message = self._record_and_begin(answer, waiting[0], renew=renew)
            renewed = time.monotonic() if renew else renewed
            current = waiting.pop(0)
            answer = _send(carrier, current, message) if message else None
        trouble = _relay_trouble(answer)
        self._give_back(waiting, answer, RELAY_REST if trouble else timedelta())
        return not trouble

    def _record_and_begin(self, answer: Answer | None, claimed: Claimed, *, renew: bool) -> Message | None:
        """One commit: what was answered, and what goes next. None when this one does not go now."""
        with self.database.writing() as session:
            now = self.clock.now()
            if answer is not None:
                self._record(session, answer, now)
            if renew:
                outbox.renew(session, claimed.claim_id, self.leases)
            return self._begin(session, claimed, now)

    def _begin(self, session: Session, claimed: Claimed, now: datetime) -> Message | None:
        if claimed.enrollment_id is not None:
            planning.lock(session, claimed.enrollment_id)
        delivery = outbox.hold(session, claimed)
        if delivery is None or not planning.may_begin(session, delivery, now):
            return None
        try:
            return self._make(session, delivery, now)
        except SQLAlchemyError:
            raise
        except EmailsError as error:
            outbox.record_failed(session, delivery, str(error))
        except Exception as error:
            # A text that brings the renderer down fails for its readers, visibly; the others flow.
            log.exception("not rendered", delivery=delivery.id)
            outbox.record_failed(session, delivery, f"This mail could not be made: {type(error).__name__}.")
        return None

    def _make(self, session: Session, delivery: Delivery, now: datetime) -> Message:
        if delivery.repeats:
            message = self.composer.again(session, delivery)
            outbox.begin_again(session, delivery, self.leases)
            return message
        made = self.composer.compose(session, delivery, now)
        outbox.begin(session, delivery, made.record, now, self.leases)
        return made.message

    def _record(self, session: Session, answer: Answer, now: datetime) -> None:
        claimed, error = answer.claimed, answer.error
        if claimed.enrollment_id is not None:
            planning.lock(session, claimed.enrollment_id)
        if error is None:
            if outbox.record_sent(session, claimed, answer.reply, now):
                self._advance(session, claimed, now)
            return
        if isinstance(error, LostAfterDot):
            outbox.record_uncertain(session, claimed, error.reply, self.leases)
            return
        delivery = outbox.hold_begun(session, claimed)
        if delivery is None:
            return
        if isinstance(error, Refused):
            outbox.record_failed(session, delivery, error.reply)
        elif isinstance(error, RelayTrouble):
            delivery.attempts -= 1  # the relay's failure is not the reader's
            outbox.wait_until(delivery, now + RELAY_REST)
        else:
            outbox.put_back(session, delivery, error.reply, now)

    def _advance(self, session: Session, claimed: Claimed, now: datetime) -> None:
        delivery = session.get_one(Delivery, claimed.delivery_id)
        if delivery.kind is Kind.LESSON and claimed.enrollment_id is not None:
            planning.advance(session, claimed.enrollment_id, now)

    def _give_back(self, claimed: list[Claimed], answer: Answer | None, rest: timedelta) -> None:
        if not claimed and answer is None:
            return
        with self.database.writing() as session:
            now = self.clock.now()
            if answer is not None:
                self._record(session, answer, now)
            outbox.release(session, claimed, now + rest)


def _send(carrier: Carrier, claimed: Claimed, message: Message) -> Answer:
    try:
        return Answer(claimed, reply=carrier.send(message))
    except TransportError as error:
        log.info("not accepted", delivery=claimed.delivery_id, error=type(error).__name__, status=error.status)
        return Answer(claimed, error=error)


def _relay_trouble(answer: Answer | None) -> bool:
    return answer is not None and isinstance(answer.error, RelayTrouble)

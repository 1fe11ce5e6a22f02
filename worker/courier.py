"""The courier: takes a claimed batch from row to record. Knows no Celery and no Redis.

    claim ─► per mail: one commit records the answer to the last mail and begins this one ─► send, no transaction open
          ─► the last record ─► what was not begun goes back

What was answered is never lost to what comes next: if that commit fails, the answer is recorded alone. If this fails
too, sending stops: nothing is ever sent that we could not write down.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.orm import Session

from course import outbox, planning
from course.clock import Clock
from course.database import Database
from course.models import Delivery, DeliveryState, Kind
from course.outbox import Claimed, Leases
from emails.compose import Composer
from emails.errors import EmailsError, LostAfterDot, PolicyRefused, Refused, RelayTrouble, TransportError
from emails.letter import Message
from emails.transport import Carrier

BATCH = 50
BATCH_SECONDS = 5.0
RENEW_SECONDS = 15.0
RELAY_REST = timedelta(minutes=1)
# Seconds between the attempts to write down an answer: a database that starts anew is back within these.
RECORD_AGAIN = (0.05, 0.5, 2.0)
DATABASE_TROUBLE = (OperationalError, InterfaceError, InternalError)

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
    seconds: float = BATCH_SECONDS

    def deliver(self, priorities: tuple[int, ...]) -> bool:
        """Deliver batches until so many `seconds` have passed; True when there may be more."""
        until = time.monotonic() + self.seconds
        while not self.stopping() and time.monotonic() < until:
            with self.database.writing() as session:
                claimed = outbox.claim(session, self.clock.now(), priorities, BATCH, self.leases)
            if claimed and not self._deliver(claimed, until):
                return False
            if len(claimed) < BATCH:
                return time.monotonic() >= until
        return True

    def _deliver(self, claimed: list[Claimed], until: float) -> bool:
        """One batch over one connection; False when the relay is in trouble."""
        try:
            carrier = self.connect()
        except RelayTrouble as trouble:
            log.warning("relay", trouble=trouble.reply)
            self._settle(None, claimed, RELAY_REST)
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
        self._settle(answer, waiting, RELAY_REST if trouble else timedelta())
        return not trouble

    def _record_and_begin(self, answer: Answer | None, claimed: Claimed, *, renew: bool) -> Message | None:
        """One commit: what was answered, and what goes next. None when this one does not go now."""
        try:
            with self.database.writing() as session:
                now = self.clock.now()
                _lock(session, answer.claimed if answer else None, claimed)
                _record(session, answer, now, self.leases)
                _advance(session, answer, now)
                if renew:
                    outbox.renew(session, claimed.claim_id, self.leases)
                return self._begin(session, claimed, now)
        except Exception as error:
            log.warning("one by one", delivery=claimed.delivery_id, error=type(error).__name__)
        self._settle(answer)
        return self._begin_alone(claimed)

    def _begin_alone(self, claimed: Claimed) -> Message | None:
        """Begin in a commit of its own; what brings the planning or the renderer down fails visibly, others flow."""
        try:
            with self.database.writing() as session:
                _lock(session, claimed)
                return self._begin(session, claimed, self.clock.now())
        except DATABASE_TROUBLE:
            raise
        except Exception as error:
            log.exception("not begun", delivery=claimed.delivery_id)
            with self.database.writing() as session:
                _lock(session, claimed)
                delivery = outbox.hold(session, claimed)
                if delivery is not None:
                    outbox.record_failed(session, delivery, f"This mail could not be made: {type(error).__name__}.")
        return None

    def _begin(self, session: Session, claimed: Claimed, now: datetime) -> Message | None:
        delivery = outbox.hold(session, claimed)
        if delivery is None or not planning.may_begin(session, delivery, now):
            return None
        try:
            return self._make(session, delivery, now)
        except EmailsError as error:
            outbox.record_failed(session, delivery, str(error))
        return None

    def _make(self, session: Session, delivery: Delivery, now: datetime) -> Message:
        if delivery.repeats:
            message = self.composer.again(session, delivery)
            outbox.begin_again(session, delivery, self.leases)
            return message
        made = self.composer.compose(session, delivery, now)
        outbox.begin(session, delivery, made.record, now, self.leases)
        return made.message

    def _settle(self, answer: Answer | None, rest: Sequence[Claimed] = (), later: timedelta = timedelta()) -> None:
        """Record an answer without beginning anything, and give the rest back; raises DATABASE_TROUBLE if it lasts."""
        with_plan = partial(self._record_and_release, answer, rest, later, follow=True)
        try:
            _persistently(with_plan)
        except DATABASE_TROUBLE:
            raise
        except Exception:
            # What comes next cannot be planned; what was accepted stays accepted.
            log.exception("not advanced", delivery=answer.claimed.delivery_id if answer else None)
            _persistently(partial(self._record_and_release, answer, rest, later, follow=False))

    def _record_and_release(
        self, answer: Answer | None, rest: Sequence[Claimed], later: timedelta, *, follow: bool
    ) -> None:
        if answer is None and not rest:
            return
        with self.database.writing() as session:
            now = self.clock.now()
            _lock(session, answer.claimed if answer else None)
            _record(session, answer, now, self.leases)
            if follow:
                _advance(session, answer, now)
            outbox.release(session, list(rest), now + later)


def _persistently(work: Callable[[], None]) -> None:
    """Do it, in several attempts while the database is in trouble."""
    for pause in RECORD_AGAIN:
        try:
            return work()
        except DATABASE_TROUBLE as trouble:
            log.warning("not recorded yet", trouble=type(trouble).__name__)
            time.sleep(pause)
    return work()


def _lock(session: Session, *claims: Claimed | None) -> None:
    """Their enrollments, in one order for everybody."""
    for enrollment_id in sorted({each.enrollment_id for each in claims if each and each.enrollment_id is not None}):
        planning.lock(session, enrollment_id)


def _record(session: Session, answer: Answer | None, now: datetime, leases: Leases) -> None:
    """Write down what the server said to one mail."""
    if answer is None:
        return
    claimed, error = answer.claimed, answer.error
    if error is None:
        outbox.record_sent(session, claimed, answer.reply, now)
        return
    if isinstance(error, LostAfterDot):
        outbox.record_uncertain(session, claimed, error.reply, leases)
        return
    delivery = outbox.hold_begun(session, claimed)
    if delivery is None:
        return
    if isinstance(error, Refused):
        outbox.record_failed(session, delivery, error.reply)
    elif isinstance(error, RelayTrouble):
        # Behind the others: if the relay hangs up because of this very mail, it must not keep them waiting.
        outbox.put_back_untried(delivery, error.reply, now + 2 * RELAY_REST)
    else:
        outbox.put_back(session, delivery, error.reply, now, ours=isinstance(error, PolicyRefused))


def _advance(session: Session, answer: Answer | None, now: datetime) -> None:
    """Plan the enrollment's next lesson after a receipt; harmless to repeat."""
    if answer is None or answer.error is not None or answer.claimed.enrollment_id is None:
        return
    delivery = session.get_one(Delivery, answer.claimed.delivery_id)
    if delivery.kind is Kind.LESSON and delivery.state is DeliveryState.SENT:
        planning.advance(session, answer.claimed.enrollment_id, now)


def _send(carrier: Carrier, claimed: Claimed, message: Message) -> Answer:
    try:
        return Answer(claimed, reply=carrier.send(message))
    except TransportError as error:
        log.info("not accepted", delivery=claimed.delivery_id, error=type(error).__name__, status=error.status)
        return Answer(claimed, error=error)
    except Exception as error:
        log.exception("broken off", delivery=claimed.delivery_id)
        words = f"Sending broke off ({type(error).__name__}); the mail may have been accepted."
        return Answer(claimed, error=LostAfterDot(words))


def _relay_trouble(answer: Answer | None) -> bool:
    return answer is not None and isinstance(answer.error, RelayTrouble)

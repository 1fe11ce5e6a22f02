"""The careful way: one mail, one transaction. For everything that is not ordinary, and for when a round has failed.

What was answered is never lost to what comes next: if the plan that follows cannot be made, the answer is recorded
alone. If this fails too, sending stops: nothing is ever sent that we could not write down.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.orm import Session

from course import feedback, outbox, planning, rounds
from course.clock import Clock
from course.database import Database
from course.models import Delivery, DeliveryState, Kind
from course.outbox import Claimed, Leases
from course.rounds import Beginning
from emails.bounces.statuses import settle
from emails.compose import Composer
from emails.errors import EmailsError, LostAfterDot, PolicyRefused, Refused, RelayTrouble, TransportError
from emails.letter import Message

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
class Careful:
    """Begins and records single mails."""

    database: Database
    clock: Clock
    composer: Composer
    leases: Leases

    def begin(self, claimed: Claimed) -> Message | None:
        """Begin in a commit of its own; None when this one does not go now.

        What brings the planning or the renderer down fails visibly, the others flow."""
        try:
            with self.database.writing() as session:
                _lock(session, claimed)
                return self._begin(session, claimed, self.clock.now())
        except DATABASE_TROUBLE:
            raise
        except Exception as error:
            log.exception("not begun", delivery=claimed.delivery_id)
            self._fail(claimed, f"This mail could not be made: {type(error).__name__}.")
        return None

    def settle(self, answer: Answer) -> None:
        """Record one answer and plan what follows; raises DATABASE_TROUBLE if that lasts."""
        try:
            _persistently(partial(self._settle, answer, follow=True))
        except DATABASE_TROUBLE:
            raise
        except Exception:
            # What comes next cannot be planned; what was accepted stays accepted.
            log.exception("not advanced", delivery=answer.claimed.delivery_id)
            _persistently(partial(self._settle, answer, follow=False))

    def take_back(self, beginnings: Sequence[Beginning]) -> None:
        """Of these nothing has left, whatever a failed round has written of them."""
        if beginnings:
            _persistently(partial(self._take_back, beginnings))

    def release(self, rest: Sequence[Claimed], later: timedelta) -> None:
        """Give back what was not begun."""
        if rest:
            _persistently(partial(self._release, rest, later))

    def _fail(self, claimed: Claimed, reason: str) -> None:
        with self.database.writing() as session:
            _lock(session, claimed)
            delivery = outbox.hold(session, claimed)
            if delivery is not None:
                outbox.record_failed(session, delivery, reason)

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

    def _settle(self, answer: Answer, *, follow: bool) -> None:
        with self.database.writing() as session:
            now = self.clock.now()
            _lock(session, answer.claimed)
            record(session, answer, now, self.leases)
            if follow:
                advance(session, answer, now)

    def _take_back(self, beginnings: Sequence[Beginning]) -> None:
        with self.database.writing() as session:
            rounds.take_back(session, beginnings, self.leases)

    def _release(self, rest: Sequence[Claimed], later: timedelta) -> None:
        with self.database.writing() as session:
            outbox.release(session, list(rest), self.clock.now() + later)


def record(session: Session, answer: Answer, now: datetime, leases: Leases) -> None:
    """Write down what the server said to one mail."""
    claimed, error = answer.claimed, answer.error
    if error is None:
        outbox.record_sent(session, claimed, answer.reply, now)
        return
    if isinstance(error, LostAfterDot):
        outbox.record_uncertain(session, claimed, error.reply, leases)
        return
    delivery = outbox.hold_offered(session, claimed)
    if delivery is None:
        return
    if isinstance(error, Refused):
        # First what follows for the reader: a suppression ends what has failed before, and this stays in sight.
        _heard(session, delivery, error, now)
        outbox.record_failed(session, delivery, error.reply)
    elif isinstance(error, RelayTrouble):
        # Behind the others: if the relay hangs up because of this very mail, it must not keep them waiting.
        outbox.put_back_untried(delivery, error.reply, now + 2 * RELAY_REST)
    else:
        outbox.put_back(session, delivery, error.reply, now, ours=isinstance(error, PolicyRefused))
        if delivery.state is DeliveryState.FAILED:
            _heard(session, delivery, error, now)


def _heard(session: Session, delivery: Delivery, error: TransportError, now: datetime) -> None:
    """What a server's last word on a mail means for its reader."""
    feedback.heard(session, delivery, settle(error.status or "", error.reply), error.reply, now)


def advance(session: Session, answer: Answer, now: datetime) -> None:
    """Plan the enrollment's next lesson after a receipt; harmless to repeat."""
    if answer.error is not None or answer.claimed.enrollment_id is None:
        return
    delivery = session.get(Delivery, answer.claimed.delivery_id)
    if delivery is not None and delivery.kind is Kind.LESSON and delivery.state is DeliveryState.SENT:
        planning.advance(session, answer.claimed.enrollment_id, now)


def _lock(session: Session, claimed: Claimed) -> None:
    """Its enrollment, before the delivery; an erased one has no delivery either."""
    if claimed.enrollment_id is not None:
        planning.find_locked(session, claimed.enrollment_id)


def _persistently(work: Callable[[], None]) -> None:
    """Do it, in several attempts while the database is in trouble."""
    for pause in RECORD_AGAIN:
        try:
            return work()
        except DATABASE_TROUBLE as trouble:
            log.warning("not recorded yet", trouble=type(trouble).__name__)
            time.sleep(pause)
    return work()

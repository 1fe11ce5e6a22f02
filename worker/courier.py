"""The courier: takes claimed batches from row to record. Knows no Celery and no Redis.

    claim ─► read the ordinary lessons of the batch together
          ─► offer mails over all connections; while the server thinks, the next ones are made
          ─► a round: one commit records what was accepted and begins what is ready to leave
          ─► content and dot, with no transaction open ─► the next round … ─► what was not begun goes back

At any moment each connection has at most one mail past its begin: that many can be uncertain after a crash, no more.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from course import batch, outbox, rounds
from course.batch import Ordinary
from course.clock import Clock
from course.database import Database
from course.models import Kind
from course.outbox import Claimed, Leases
from course.rounds import Beginning, Sent
from emails.compose import Composer, Kept, Occasion, keep
from emails.conversation import Accepted, Event, Failed, Ready
from emails.errors import RelayTrouble, TransportError
from emails.letter import Message
from emails.transport import Carrier
from emails.wording import Errand
from worker.careful import DATABASE_TROUBLE, RELAY_REST, Answer, Careful
from worker.lines import Line, Lines

BATCH = 200
BATCH_SECONDS = 5.0
RENEW_SECONDS = 15.0
TICK_SECONDS = 0.5

log = structlog.get_logger("courier")


@dataclass(frozen=True)
class Courier:
    """Sends what is due over `lines`; `stopping` says when to begin nothing new."""

    database: Database
    clock: Clock
    composer: Composer
    lines: Lines
    stopping: Callable[[], bool] = lambda: False
    leases: Leases = field(default_factory=Leases)
    seconds: float = BATCH_SECONDS

    def deliver(self, priorities: tuple[int, ...]) -> bool:
        """Deliver for so many `seconds`; True when there may be more."""
        trip = Trip(self, priorities)
        try:
            return trip.go()
        except BaseException:
            # Interrupted amid a mail: the next command would become part of its text.
            self.lines.close()
            raise


@dataclass
class Cargo:
    """One mail under way: claimed, offered to a connection, begun once it may be accepted."""

    claimed: Claimed
    message: Message
    beginning: Beginning | None = None
    begun: bool = False


class Trip:
    """One go of a courier: several batches, until nothing is due, the time is over or the relay is in trouble."""

    def __init__(self, courier: Courier, priorities: tuple[int, ...]) -> None:
        self._courier = courier
        self._careful = Careful(courier.database, courier.clock, courier.composer, courier.leases)
        self._priorities = priorities
        self._until = time.monotonic() + courier.seconds
        self._waiting: deque[Claimed] = deque()
        self._ordinary: dict[int, Ordinary] = {}
        self._kept: dict[int, Kept] = {}
        self._under_way: dict[int, Cargo] = {}
        self._again: deque[Cargo] = deque()
        self._all_claimed = self._trouble = False
        self._renewed = time.monotonic()

    def go(self) -> bool:
        """True when there may be more to do."""
        lines = self._courier.lines
        try:
            while True:
                self._fill_up()
                self._offer()
                if not self._under_way and (self._over or not (self._waiting or self._again)):
                    break
                self._settle_round(lines.gather(TICK_SECONDS))
                self._renew()
        finally:
            rest = [*self._waiting, *(each.claimed for each in self._under_way.values() if not each.begun)]
            self._careful.release(rest, RELAY_REST if self._trouble else timedelta())
            for each in self._again:
                self._careful.settle(Answer(each.claimed, error=RelayTrouble("The connection ended before its turn.")))
        return not self._trouble and (not self._all_claimed or bool(rest))

    @property
    def _over(self) -> bool:
        """Whether nothing new may begin."""
        return self._trouble or self._courier.stopping() or time.monotonic() >= self._until

    def _fill_up(self) -> None:
        """Claim the next batch before the last one is at its end."""
        lines = self._courier.lines
        if self._all_claimed or self._over or len(self._waiting) >= lines.most:
            return
        with self._courier.database.writing() as session:
            now = self._courier.clock.now()
            claimed = outbox.claim(session, now, self._priorities, BATCH, self._courier.leases)
        self._all_claimed = len(claimed) < BATCH
        if claimed:
            if not self._under_way:
                lines.wake_up()
            self._read(claimed)
            self._waiting.extend(claimed)

    def _read(self, claimed: list[Claimed]) -> None:
        """What is ordinary among them; if that cannot be read, everything goes the careful way."""
        try:
            with self._courier.database.reading() as session:
                ordinary = batch.read_batch(session, claimed)
                for each in ordinary.values():
                    if each.lesson.compilation_id is not None:
                        self._kept[each.lesson.compilation_id] = keep(session, each.lesson.compilation_id)
            self._ordinary |= ordinary
        except DATABASE_TROUBLE:
            raise
        except Exception as error:
            log.warning("one by one", mails=len(claimed), error=type(error).__name__)

    def _offer(self) -> None:
        """Give every connection that takes one the next mail."""
        lines = self._courier.lines
        trouble = lines.trouble
        if trouble is not None:
            self._in_trouble(trouble)
        if self._over:
            return
        lines.open_for(len(self._waiting) + len(self._again))
        for line in lines.free():
            if self._over or not (self._waiting or self._again):
                return
            cargo = self._next_cargo(idle=line.carrier.is_idle)
            if cargo is not None:
                self._hand_over(line.carrier, cargo)

    def _next_cargo(self, *, idle: bool) -> Cargo | None:
        """The next mail that can go. One that has begun already needs an idle connection."""
        if self._again and idle:
            return self._again.popleft()
        while self._waiting:
            claimed = self._waiting[0]
            cargo = self._ordinary_cargo(claimed)
            if cargo is None and claimed.delivery_id in self._ordinary:
                del self._ordinary[claimed.delivery_id]
            if cargo is None and not idle:
                return None
            self._waiting.popleft()
            if cargo is None:
                message = self._careful.begin(claimed)
                cargo = Cargo(claimed, message, begun=True) if message else None
            if cargo is not None:
                return cargo
        return None

    def _ordinary_cargo(self, claimed: Claimed) -> Cargo | None:
        """The mail of an ordinary lesson, made but not begun; None where it has to go the careful way."""
        ordinary = self._ordinary.get(claimed.delivery_id)
        if ordinary is None or ordinary.lesson.compilation_id is None:
            return None
        now = self._courier.clock.now()
        try:
            slot_at = ordinary.slot_now(now)
            if slot_at is None:
                return None
            kept = self._kept[ordinary.lesson.compilation_id]
            occasion = Occasion(_errand(ordinary), ordinary.standing, ordinary.lesson, kept)
            made = self._courier.composer.compose_lesson(occasion, now)
        except Exception as error:
            log.info("not ordinary", delivery=claimed.delivery_id, error=type(error).__name__)
            return None
        return Cargo(claimed, made.message, Beginning(ordinary, slot_at, now, made.record))

    def _hand_over(self, carrier: Carrier, cargo: Cargo) -> None:
        try:
            carrier.offer(cargo.message)
        except TransportError as error:
            self._careful.settle(Answer(cargo.claimed, error=error))
            return
        self._under_way[id(cargo.message)] = cargo

    def _settle_round(self, happened: list[tuple[Line, Event]]) -> None:
        """Record what was answered, begin what is ready: one commit for all ordinary mails."""
        sent: list[Sent] = []
        ready: list[tuple[Carrier, Cargo]] = []
        answers: list[Answer] = []
        for line, event in happened:
            cargo = self._under_way.get(id(event.message))
            if cargo is None:
                continue
            if isinstance(event, Ready):
                ready.append((line.carrier, cargo))
                continue
            del self._under_way[id(event.message)]
            if isinstance(event, Accepted):
                if cargo.beginning is not None:
                    sent.append(Sent(cargo.beginning, event.reply))
                else:
                    answers.append(Answer(cargo.claimed, event.reply))
            elif isinstance(event, Failed):
                if isinstance(event.error, RelayTrouble):
                    self._courier.lines.rest(line.route, event.error)
                answers.append(Answer(cargo.claimed, error=event.error))
            else:
                self._take_back(cargo)
        self._write(sent, ready)
        for answer in answers:
            self._judge(answer)

    def _take_back(self, cargo: Cargo) -> None:
        """The connection ended before this mail's turn came: it goes over another one."""
        if cargo.begun:
            self._again.append(cargo)
        else:
            self._waiting.appendleft(cargo.claimed)

    def _judge(self, answer: Answer) -> None:
        if answer.error is not None:
            error = answer.error
            words = {"error": type(error).__name__, "status": error.status}
            log.info("not accepted", delivery=answer.claimed.delivery_id, **words)
        self._careful.settle(answer)

    def _write(self, sent: list[Sent], ready: list[tuple[Carrier, Cargo]]) -> None:
        over = self._over
        leaving = [(carrier, cargo) for carrier, cargo in ready if not cargo.begun and not over]
        beginnings = [cargo.beginning for _, cargo in leaving if cargo.beginning is not None]
        may_leave = self._round(sent, beginnings) if sent or beginnings else set()
        for carrier, cargo in ready:
            if cargo.begun or cargo.claimed.delivery_id in may_leave:
                cargo.begun = True
                carrier.proceed()
            else:
                self._turn_back(carrier, cargo, over=over)

    def _round(self, sent: list[Sent], beginnings: list[Beginning]) -> set[int]:
        """The deliveries that may leave. If the round fails, each answer is recorded by itself and nothing leaves."""
        try:
            with self._courier.database.writing() as session:
                return rounds.write(session, sent, beginnings, self._courier.clock.now(), self._courier.leases)
        except Exception as error:
            log.warning("one by one", mails=len(sent) + len(beginnings), error=type(error).__name__)
        for each in sent:
            self._careful.settle(Answer(each.beginning.ordinary.claimed, each.reply))
        return set()

    def _turn_back(self, carrier: Carrier, cargo: Cargo, *, over: bool) -> None:
        """It does not leave after all. The server waits for its content, and a lone dot would deliver an empty mail."""
        del self._under_way[id(cargo.message)]
        carrier.close()
        if not over:
            self._ordinary.pop(cargo.claimed.delivery_id, None)
        self._waiting.appendleft(cargo.claimed)

    def _in_trouble(self, trouble: RelayTrouble) -> None:
        if not self._trouble:
            log.warning("relay", trouble=trouble.reply)
        self._trouble = True

    def _renew(self) -> None:
        """What waits is still being worked on."""
        if time.monotonic() - self._renewed < RENEW_SECONDS:
            return
        self._renewed = time.monotonic()
        with self._courier.database.writing() as session:
            claims = (*self._waiting, *(each.claimed for each in self._under_way.values()))
            for claim_id in {each.claim_id for each in claims}:
                outbox.renew(session, claim_id, self._courier.leases)


def _errand(ordinary: Ordinary) -> Errand:
    return Errand(
        kind=Kind.LESSON,
        name=ordinary.name,
        email=ordinary.email,
        handle=ordinary.handle,
        lesson_key=ordinary.lesson.key,
        fields=ordinary.fields,
    )

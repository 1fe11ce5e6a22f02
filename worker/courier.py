"""The courier: takes claimed batches from row to record. Knows no Celery and no Redis.

    claim ─► read the ordinary lessons of the batch together
          ─► offer mails over all connections; while the server thinks, the next ones are made
          ─► a round: one commit records what was accepted and begins what is ready to leave
          ─► content and dot, with no transaction open ─► the next round … ─► what was not begun goes back

At any moment each connection has at most one mail past its begin: that many can be uncertain after a crash, no more.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, partial

import structlog

from course import outbox, rounds
from course.cleaning import without_addresses
from course.clock import Clock
from course.database import Database
from course.outbox import Leases
from course.rounds import Beginning, Sent
from emails.compose import Composer
from emails.errors import RelayTrouble, TransportError
from emails.events import Accepted, Event, Failed, Ready
from emails.transport import Carrier
from worker.allowance import Allowance, unlimited
from worker.careful import DATABASE_TROUBLE, RELAY_REST, Answer, Careful
from worker.hold import Cargo, Hold
from worker.lines import Line, Lines

BATCH = 200
BATCH_SECONDS = 5.0
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
    allowance: Allowance | None = None

    @cached_property
    def leave(self) -> Allowance:
        """What may be claimed; everything where nobody limits it."""
        return self.allowance or unlimited(self.database, self.clock, self.lines)

    def deliver(self, priorities: tuple[int, ...]) -> bool:
        """Deliver for so many `seconds`; True when there may be more."""
        trip = Trip(self, priorities)
        try:
            return trip.go()
        except BaseException:
            # Interrupted amid a mail: the next command would become part of its text.
            self.lines.close()
            raise


class Trip:
    """One go of a courier: several batches, until nothing is due, the time is over or the relay is in trouble."""

    def __init__(self, courier: Courier, priorities: tuple[int, ...]) -> None:
        self._courier = courier
        self._careful = Careful(courier.database, courier.clock, courier.composer, courier.leases)
        self._hold = Hold(courier.database, courier.clock, courier.composer, self._careful)
        self._priorities = priorities
        self._until = time.monotonic() + courier.seconds
        self._under_way: dict[int, Cargo] = {}
        self._all_claimed = self._trouble = False
        self._broken: Exception | None = None
        self._renewed = time.monotonic()

    def go(self) -> bool:
        """True when there may be more to do."""
        lines, leave = self._courier.lines, self._courier.leave
        lines.try_again()
        try:
            while True:
                self._go_on_with(self._fill_up)
                self._go_on_with(self._offer)
                if not self._under_way and (self._over or not (self._hold or leave.starved)):
                    break
                starved = leave.starved and not self._over
                self._settle_round(lines.gather(leave.wait if starved else TICK_SECONDS))
                self._go_on_with(self._renew)
        finally:
            left = self._unload()
        if self._broken is not None:
            raise self._broken
        return not self._trouble and (not self._all_claimed or left)

    def _go_on_with(self, step: Callable[[], None]) -> None:
        """If the database is in trouble nothing new begins, and what is under way is heard to its end."""
        try:
            step()
        except DATABASE_TROUBLE as trouble:
            self._broken = trouble

    @property
    def _over(self) -> bool:
        """Whether nothing new may begin."""
        return self._trouble or self._broken is not None or self._courier.stopping() or time.monotonic() >= self._until

    def _fill_up(self) -> None:
        """Claim the next batch before the last one is at its end."""
        lines, leave = self._courier.lines, self._courier.leave
        if self._all_claimed or self._over or len(self._hold) >= lines.most:
            return
        most, priorities = leave.rows(self._priorities, len(self._hold), BATCH)
        if most < 1:
            self._all_claimed = not (self._hold or self._under_way or leave.starved)
            return
        with self._courier.database.writing() as session:
            now = self._courier.clock.now()
            claimed = outbox.claim(session, now, priorities, most, self._courier.leases)
        self._all_claimed = len(claimed) < most
        claimed = leave.sift(claimed)
        if claimed:
            if not self._under_way:
                lines.wake_up()
            self._hold.load(claimed)

    def _unload(self) -> bool:
        """Give back what did not leave; whether there was any."""
        rest, begun = self._hold.unload()
        rest += [each.claimed for each in self._under_way.values() if not each.begun]
        self._careful.release(rest, RELAY_REST if self._trouble else timedelta())
        for each in begun:
            self._careful.settle(Answer(each.claimed, error=RelayTrouble("The connection ended before its turn.")))
        return bool(rest or begun)

    def _offer(self) -> None:
        """Give every connection that takes one the next mail."""
        lines = self._courier.lines
        trouble = lines.trouble
        if trouble is not None:
            self._in_trouble(trouble)
        if self._over:
            return
        lines.open_for(len(self._hold))
        for line in lines.free():
            if self._over or not self._hold:
                return
            if not line.route.takes_mail:
                continue
            cargo = self._hold.next_cargo(self._go_on, idle=line.carrier.is_idle)
            if cargo is not None:
                line.route.tokens -= 1
                self._hand_over(line.carrier, cargo)

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
        # What we turned back ourselves ends with a failure too, which is nobody's answer.
        happened = [(line, event) for line, event in happened if id(event.message) in self._under_way]
        for line, event in happened:
            if isinstance(event, Ready):
                ready.append((line.carrier, self._under_way[id(event.message)]))
                continue
            cargo = self._under_way.pop(id(event.message))
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
                self._hold.take_back(cargo)  # the connection ended before this mail's turn came
        # A server may say "go on" and hang up in one breath.
        self._write(sent, [each for each in ready if id(each[1].message) in self._under_way])
        for answer in answers:
            self._judge(answer)
        for line, event in happened:
            if isinstance(event, Accepted | Failed):
                self._courier.leave.breaker.hear(line.route, event.error if isinstance(event, Failed) else None)

    def _judge(self, answer: Answer) -> None:
        if answer.error is not None:
            error = answer.error
            words = {"error": type(error).__name__, "status": error.status}
            log.info("not accepted", delivery=answer.claimed.delivery_id, **words)
        self._careful.settle(answer)

    def _write(self, sent: list[Sent], ready: list[tuple[Carrier, Cargo]]) -> None:
        # What was offered in time still leaves: turning it back would cost its connection.
        over = self._trouble or self._broken is not None or self._courier.stopping()
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
        self._go_on_with(partial(self._careful.take_back, beginnings))
        return set()

    def _turn_back(self, carrier: Carrier, cargo: Cargo, *, over: bool) -> None:
        """It does not leave after all. The server waits for its content, and a lone dot would deliver an empty mail."""
        del self._under_way[id(cargo.message)]
        carrier.close()
        self._hold.take_back(cargo, changed=not over)

    def _in_trouble(self, trouble: RelayTrouble) -> None:
        if not self._trouble:
            log.warning("relay", trouble=without_addresses(trouble.reply))
            self._courier.leave.breaker.look(self._courier.lines.routes)
        self._trouble = True

    def _go_on(self) -> bool:
        """Whether another mail may begin; said before each of those that are slow to begin."""
        self._renew()
        return not self._over

    def _renew(self) -> None:
        """What waits is still being worked on."""
        if time.monotonic() - self._renewed < self._courier.leases.claim.total_seconds() / 3:
            return
        self._renewed = time.monotonic()
        with self._courier.database.writing() as session:
            claims = (*self._hold.claims, *(each.claimed for each in self._under_way.values()))
            for claim_id in {each.claim_id for each in claims}:
                outbox.renew(session, claim_id, self._courier.leases)

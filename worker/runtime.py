"""The composition root of a worker process: everything that a task needs, made once."""

import gc
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog

from course import alarms, chores, due_rows, heartbeat, outbox, zone_data
from course.clock import Clock, open_clock
from course.database import Database
from course.outbox import SCHEDULED, URGENT, Leases
from course.privacy import forget_unconfirmed
from course.rates import read_domain_rates
from course.settings import Settings
from course.tokens import open_tokens
from emails.compose import Composer
from emails.relay import Folder, Relay, parse_smtp_urls
from emails.transport import connect
from worker import stopping
from worker.allowance import Allowance
from worker.breaker import Breaker
from worker.broker import addresses, url_of
from worker.courier import BATCH, BATCH_SECONDS, Courier
from worker.feedback import Feedback
from worker.guard import REASON, Guard, open_guard
from worker.lines import Lines, Route
from worker.throttle import Throttle
from worker.windows import Windows

# Two hours of a process's work at the most; the next tick rings again.
MOST_BELLS = 8
CHORE_STEPS = 20
FORGET_AT_ONCE = 500
# New objects that may be garbage in circles; Python's own 700 come with every third mail.
GARBAGE_AT_ONCE = 20_000
SENDING_GRACE = timedelta(seconds=60)

log = structlog.get_logger("worker")


@dataclass(frozen=True)
class Bells:
    """What a tick found to do: how many doorbells to ring."""

    urgent: int
    lessons: int
    chores: int


@dataclass(frozen=True)
class Runtime:
    """One worker process."""

    settings: Settings
    database: Database
    clock: Clock
    courier: Courier
    guard: Guard

    def tick(self) -> Bells:
        """Count what is due, in batches."""
        now = self.clock.now()
        with self.database.reading() as session:
            due = due_rows.count_due(session, now, (URGENT, SCHEDULED), BATCH * MOST_BELLS)
            urgent, lessons = map(self._bells, due.values())
            bells = Bells(urgent, lessons, min(chores.count_open(session), MOST_BELLS))
        if any(due.values()) and self.guard.behind():
            log.error("nothing is sent", reason=REASON)
            return Bells(0, 0, bells.chores)
        return bells

    def _bells(self, due: int) -> int:
        """One for each batch, but no more than the rates leave something to do for; who finds more rings again."""
        if not due:
            return 0
        return max(1, _batches(min(due, self.courier.leave.outlook(BATCH_SECONDS, due))))

    def deliver(self, *, urgent: bool) -> bool:
        """Send what is due; True when there may be more. After a restore nothing is, until somebody confirms it."""
        if self.guard.go_on():
            return False
        return self.courier.deliver((URGENT,) if urgent else (URGENT, SCHEDULED))

    def rescue(self) -> dict[str, int]:
        """Free what dead workers hold, and leave the mark that the timetable runs."""
        repeat, restored = self.settings.uncertain == "repeat", self.guard.go_on() is not None
        with self.database.writing() as session:
            heartbeat.beat(session)
            if restored:  # what its rows say of workers is of another time: an owner is to judge them
                return {}
            found = outbox.rescue(session, self.clock.now(), self.courier.leases, repeat=repeat)
            alarms.tell_owners(session, self.clock.now())
        if any(found.values()):
            log.warning("rescue", **found)
        with self.database.writing() as session:
            renewed = zone_data.renew(session, self.clock.now())
        if renewed:
            log.info("zone data is newer: planning anew", courses=renewed)
        return found

    def forget(self) -> int:
        """Erase some of the sign-ups that nobody confirmed; the next call finds the rest."""
        with self.database.writing() as session:
            forgotten = forget_unconfirmed(session, self.clock.now(), FORGET_AT_ONCE)
        if forgotten:
            log.info("forgotten", enrollments=forgotten)
        return forgotten

    def attend(self) -> bool:
        """Hear what came back about our mails; True when more waits."""
        tokens = self.courier.composer.tokens
        return Feedback(self.settings, self.database, self.clock, tokens).attend()

    def do_chores(self) -> bool:
        """Some slices of one chore; True when there may be more."""
        with self.database.writing() as session:
            mine = chores.take(session)
        if mine is None:
            return False
        for _ in range(CHORE_STEPS):
            with self.database.writing() as session:
                more = chores.step(session, *mine, self.clock.now())
            if not more or stopping.requested():
                break
        with self.database.writing() as session:
            chores.give_back(session, *mine)
            return chores.count_open(session) > 0


def open_runtime(settings: Settings) -> Runtime:
    """Everything a worker process needs; call it after the fork."""
    # What stands now stays: looking through it again and again would be a twentieth of all work.
    gc.freeze()
    gc.set_threshold(GARBAGE_AT_ONCE)
    database = Database(settings.database, sqlite_synchronous=settings.sqlite_synchronous)
    clock = open_clock(settings.state_dir, development=settings.development)
    with database.reading() as session:
        composer = Composer(settings, open_tokens(session, settings))
    relays = parse_smtp_urls(settings.smtp)
    lines = Lines(*map(_route, relays))
    windows = Windows(addresses(url_of(settings)).limits, settings.deliver_workers)
    throttle = Throttle(
        [each for each in relays if isinstance(each, Relay)], read_domain_rates(settings.domain_rates), windows
    )
    courier = Courier(
        database=database,
        clock=clock,
        composer=composer,
        lines=lines,
        allowance=Allowance(database, clock, lines, throttle, Breaker(database)),
        stopping=stopping.requested,
        leases=leases_of(settings, max(relay.timeouts.dot if isinstance(relay, Relay) else 0 for relay in relays)),
    )
    return Runtime(settings, database, clock, courier, open_guard(settings, database))


def _route(relay: Relay | Folder) -> Route:
    if isinstance(relay, Folder):
        return Route(str(relay), partial(connect, relay))
    return Route(str(relay), partial(connect, relay), relay.connections, relay.weight)


def leases_of(settings: Settings, dot_seconds: float) -> Leases:
    """How long a worker may hold a row: a mail on its way for as long as the answer to its dot may take."""
    return Leases(
        claim=timedelta(seconds=settings.claim_seconds),
        sending=timedelta(seconds=dot_seconds) + SENDING_GRACE,
        uncertain=timedelta(seconds=settings.uncertain_seconds),
    )


def _batches(rows: int) -> int:
    return -(-rows // BATCH)

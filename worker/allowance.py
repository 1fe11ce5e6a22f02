"""What a trip may claim: as much as the relays' rates and the breaker allow, and none for a domain that has its share.

A relay's tokens are kept on its route. They are spent when a mail is handed over; those that a trip could not use are
used by the next one, or lapse after a second.
"""

import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from math import inf

from course import due_rows, outbox
from course.clock import Clock
from course.database import Database
from course.outbox import URGENT, Claimed
from worker.breaker import Breaker
from worker.lines import Lines, Route
from worker.throttle import Throttle
from worker.windows import Windows

LAPSE_SECONDS = 1.0
# A token may come free sooner than was said, and urgent mail may become due.
LOOK_AGAIN_SECONDS = 0.5
# Whoever has to wait for longer goes home; the timetable rings again.
LONGEST_WAIT = 5.0

Priorities = tuple[int, ...]


@dataclass
class Allowance:
    """One process's leave to claim, over `lines`."""

    database: Database
    clock: Clock
    lines: Lines
    throttle: Throttle
    breaker: Breaker
    starved: bool = field(default=False, init=False)  # something is due and waits for a token
    _asked_at: float = field(default=0.0, init=False)
    _free_at: float = field(default=0.0, init=False)

    def rows(self, priorities: Priorities, waiting: int, most: int) -> tuple[int, Priorities]:
        """How many rows may be claimed now, and of which priorities, where so many wait in hand already."""
        if self.starved and time.monotonic() < self._free_at:
            return 0, priorities
        self.starved = False
        self.breaker.look(self.lines.routes)
        routes = self.lines.candidates()
        if not routes:
            return 0, priorities
        limited = [route for route in routes if self._is_limited(route)]
        if not limited:
            return most, priorities
        self._lapse(limited)
        granted = self._ask(limited, priorities, waiting, most)
        return (most if len(limited) < len(routes) else min(most, _in_hand(routes) - waiting)), granted

    def outlook(self, seconds: float, most: int) -> int:
        """How many mails, up to `most`, the relays' rates let go within so many seconds."""
        day, names = self.clock.now().date(), [route.name for route in self.lines.routes]
        if not all(self.throttle.limits(name) for name in names):
            return most
        return min(most, sum(self.throttle.outlook(name, seconds, day, most) for name in names))

    @property
    def wait(self) -> float:
        """Seconds until tokens may come free."""
        return max(0.0, self._free_at - time.monotonic())

    def sift(self, claimed: list[Claimed]) -> list[Claimed]:
        """Those whose domain takes mail now; the others are put off, together. Who waits at a screen is not."""
        if not claimed or not self.throttle.limits_domains:
            return claimed
        with self.database.reading() as session:
            known = outbox.reader_domains(session, [each.delivery_id for each in claimed])
        urgent: dict[str, int] = defaultdict(int)
        by_domain: dict[str, list[Claimed]] = defaultdict(list)
        for each in claimed:
            domain, is_urgent = known.get(each.delivery_id, ("", True))
            if is_urgent:
                urgent[domain] += 1
            else:
                by_domain[domain].append(each)
        later = self._refused(urgent, by_domain)
        with self.database.writing() as session:
            for each, due_at in later:
                outbox.release(session, [each], due_at)
        refused = {each.delivery_id for each, _ in later}
        return [each for each in claimed if each.delivery_id not in refused]

    def _is_limited(self, route: Route) -> bool:
        if self.throttle.limits(route.name) and route.tokens == inf:
            route.tokens = 0
        return route.tokens != inf

    def _lapse(self, routes: list[Route]) -> None:
        """Tokens are of their second: kept ones would make the next one too full."""
        if time.monotonic() - self._asked_at > LAPSE_SECONDS:
            for route in routes:
                route.tokens = min(route.tokens, 1) if route.on_trial else 0
        self._asked_at = time.monotonic()

    def _ask(self, routes: list[Route], priorities: Priorities, waiting: int, most: int) -> Priorities:
        """Take tokens for what is due. Where there are none left for lessons, urgent mail may have some."""
        now = self.clock.now()
        with self.database.reading() as session:
            due = due_rows.count_due(session, now, priorities, most)
        wanted = min(most, sum(due.values())) + waiting
        urgent = priorities == (URGENT,)
        wait = self._take(routes, wanted, urgent=urgent)
        if wait and not urgent and due.get(URGENT):
            priorities = (URGENT,)
            self._take(routes, min(most, due[URGENT]) + waiting, urgent=True)
        self.starved = 0 < wait < LONGEST_WAIT and wanted > 0 and _in_hand(routes) <= waiting
        self._free_at = time.monotonic() + min(wait, LOOK_AGAIN_SECONDS)
        return priorities

    def _take(self, routes: list[Route], wanted: int, *, urgent: bool) -> float:
        """Top the routes up, the one furthest behind its weight first; seconds to wait if no token is in hand."""
        day, waits = self.clock.now().date(), [0.0]
        for route in sorted(routes, key=lambda each: each.granted / (each.weight or 1)):
            lacking = wanted - _in_hand(routes)
            if lacking > 0 and not route.on_trial:
                grant = self.throttle.grant(route.name, lacking, day, urgent=urgent)
                route.tokens += grant.mails
                route.granted += grant.mails
                waits.append(grant.wait)
        return 0.0 if _in_hand(routes) >= 1 else min((each for each in waits if each), default=0.0)

    def _refused(self, urgent: dict[str, int], by_domain: dict[str, list[Claimed]]) -> list[tuple[Claimed, datetime]]:
        """Those that their domains do not take now, and when each may try again."""
        for domain, count in urgent.items():
            self.throttle.grant_domain(domain, count)
        refused: list[tuple[Claimed, datetime]] = []
        for domain, theirs in by_domain.items():
            grant = self.throttle.grant_domain(domain, len(theirs))
            later = theirs[grant.mails :]
            if later:
                times = self.throttle.put_off(domain, grant, len(later), self.clock.now())
                refused += zip(later, times, strict=True)
        return refused


def unlimited(database: Database, clock: Clock, lines: Lines) -> Allowance:
    """Leave to claim everything, for who has no rates; the breaker is always there."""
    return Allowance(database, clock, lines, Throttle((), {}, Windows("", 1)), Breaker(database))


def _in_hand(routes: list[Route]) -> int:
    return int(sum(route.tokens for route in routes if route.tokens != inf))

"""The open connections of one process, over one relay or several, driven together: one thread, many conversations.

Opening a connection may wait (names, TLS, signing in), so that is done aside, in threads. Everything after it never
waits for one connection while another could go on.
"""

import select
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from math import inf

from emails.errors import RelayTrouble
from emails.events import Event
from emails.transport import Carrier

# A short wait for the answers of other connections: what is settled in one commit costs the commit once.
LINGER_SECONDS = 0.002
# Mails that make one more connection worth its opening.
MAILS_PER_LINE = 4
# How long we keep to the connections that we have where another one was refused.
NO_MORE_SECONDS = 60.0
# How long a relay in trouble is left alone.
REST_SECONDS = 60.0
NAP_SECONDS = 0.05
_READ, _WRITE = select.POLLIN, select.POLLIN | select.POLLOUT


@dataclass
class Route:
    """One relay: how to connect to it, how often at once, and how much of the mail it should have.

    A weight of 0 is a reserve: it is used while no other one can be."""

    name: str
    connect: Callable[[], Carrier]
    connections: int = 1
    weight: float = 1
    rests_until: float = 0.0  # on time.monotonic's clock
    no_more_until: float = 0.0
    # What worker.allowance and worker.breaker say of it: mails that it may be given, and whether it may be used at all.
    tokens: float = inf
    granted: int = 0
    stopped: bool = False
    on_trial: bool = False
    trouble: RelayTrouble | None = None

    @property
    def usable(self) -> bool:
        """Whether it can be tried now."""
        return not self.stopped and time.monotonic() >= self.rests_until

    @property
    def takes_mail(self) -> bool:
        """Whether it may be given a mail now."""
        return self.usable and self.tokens > 0


@dataclass
class Line:
    """One open connection, and whose it is."""

    carrier: Carrier
    route: Route


class Lines:
    """The connections over all `routes`, opened as they are needed and kept between batches."""

    def __init__(self, *routes: Route) -> None:
        self.routes: Sequence[Route] = routes
        self._lines: list[Line] = []
        self._opening: dict[Future[Carrier], Route] = {}
        self._threads: ThreadPoolExecutor | None = None
        self._trouble: RelayTrouble | None = None

    @property
    def most(self) -> int:
        """How many connections there may be."""
        return sum(route.connections for route in self.routes)

    @property
    def trouble(self) -> RelayTrouble | None:
        """What was wrong with the last relay, when none can be used any more."""
        return None if self.candidates() else self._trouble or RelayTrouble("Every relay is resting.")

    def open_for(self, mails: int) -> None:
        """Begin to open connections, as many as so many waiting mails are worth."""
        ready = [*(each.route for each in self._lines), *self._opening.values()]
        wanted = -(-mails // MAILS_PER_LINE) - sum(route.takes_mail for route in ready)
        for _ in range(wanted):
            route = self._next_route()
            if route is None:
                return
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self.most, thread_name_prefix="line")
            self._opening[self._threads.submit(route.connect)] = route

    def free(self) -> Iterator[Line]:
        """The connections that take an offer, idle ones first."""
        usable = [each for each in self._lines if each.route.takes_mail and each.carrier.takes_offers]
        yield from sorted(usable, key=lambda line: not line.carrier.is_idle)

    def try_again(self) -> None:
        """A new trip. A relay that is the only one needs no rest of ours: its mail has been put off already."""
        if len(self.routes) == 1:
            self.routes[0].rests_until = 0.0

    def wake_up(self) -> None:
        """Before the first mail: connections that the server has ended meanwhile are let go."""
        self.gather(0)

    def rest(self, route: Route, trouble: RelayTrouble) -> None:
        """Leave this relay alone for a while."""
        route.rests_until, self._trouble, route.trouble = time.monotonic() + REST_SECONDS, trouble, trouble

    def gather(self, seconds: float) -> list[tuple[Line, Event]]:
        """Wait at most so long until something happens, then a little for the others; what has happened."""
        happened = self._turns(self._lines)
        if not happened:
            soonest = min((each.carrier.deadline - time.monotonic() for each in self._lines), default=seconds)
            happened = self._turns(self._wait(min(seconds, soonest)))
        until = time.monotonic() + LINGER_SECONDS
        while happened and self._is_worth_waiting(len(happened)) and (left := until - time.monotonic()) > 0:
            happened += self._turns(self._wait(left))
        return happened

    def close(self) -> None:
        """End every connection."""
        for each in self._lines:
            each.carrier.close()
        for opening in self._opening:
            opening.add_done_callback(_close_unused)
        self._lines, self._opening = [], {}
        if self._threads is not None:
            self._threads.shutdown(wait=False)
            self._threads = None

    def candidates(self) -> list[Route]:
        """The relays that mail may go to now."""
        usable = [route for route in self.routes if route.usable]
        return [route for route in usable if route.weight] or usable

    def _next_route(self) -> Route | None:
        """The one that is furthest behind its weight and may have one more connection."""
        open_routes = [each for each in self.candidates() if each.takes_mail and self._may_have_more(each)]
        return min(open_routes, key=lambda route: (self._count(route) + 1) / (route.weight or 1), default=None)

    def _may_have_more(self, route: Route) -> bool:
        count = self._count(route)
        return count < route.connections and (count == 0 or time.monotonic() >= route.no_more_until)

    def _count(self, route: Route) -> int:
        mine = [each.route for each in self._lines] + list(self._opening.values())
        return sum(each is route for each in mine)

    def _is_worth_waiting(self, happened: int) -> bool:
        busy = sum(not each.carrier.is_idle for each in self._lines)
        return happened < busy // 2

    def _turns(self, lines: Sequence[Line]) -> list[tuple[Line, Event]]:
        happened = [(each, event) for each in lines for event in each.carrier.turn()]
        self._take_opened()
        self._lines = [each for each in self._lines if each.carrier.is_open]
        return happened

    def _take_opened(self) -> None:
        for opening in [each for each in self._opening if each.done()]:
            route = self._opening.pop(opening)
            try:
                self._lines.append(Line(opening.result(), route))
            except RelayTrouble as trouble:
                if any(each.route is route for each in self._lines):
                    # It serves us, but takes no more connections.
                    route.no_more_until = time.monotonic() + NO_MORE_SECONDS
                else:
                    self.rest(route, trouble)

    def _wait(self, seconds: float) -> list[Line]:
        """Until a connection can go on; those that can, or whose time is over."""
        numbered = [(each.carrier.fileno(), each) for each in self._lines]
        poll = select.poll()
        for number, each in numbered:
            if number >= 0:
                poll.register(number, _WRITE if each.carrier.wants_to_write else _READ)
        ready: set[int] = {-1}
        if any(number >= 0 for number, _ in numbered):
            ready |= {
                number for number, _ in poll.poll(1000 * max(min(seconds, 0.02) if self._opening else seconds, 0))
            }
        elif self._opening:
            wait(self._opening, max(seconds, 0), FIRST_COMPLETED)
        else:
            time.sleep(max(0, min(seconds, NAP_SECONDS)))
        now = time.monotonic()
        return [each for number, each in numbered if number in ready or each.carrier.deadline < now]


def _close_unused(opening: Future[Carrier]) -> None:
    if opening.exception() is None:
        opening.result().close()

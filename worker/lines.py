"""The open connections of one process, driven together: one thread, many conversations.

Opening a connection may wait (names, TLS, signing in), so that is done aside, in threads. Everything after it never
waits for one connection while another could go on.
"""

import select
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from emails.conversation import Event
from emails.errors import RelayTrouble
from emails.transport import Carrier

# A short wait for the answers of other connections: what is settled in one commit costs the commit once.
LINGER_SECONDS = 0.002
# Mails that make one more connection worth its opening.
MAILS_PER_LINE = 4
# How long we keep to the connections that we have where another one was refused.
NO_MORE_SECONDS = 60.0


class Lines:
    """At most `most` connections, opened by `connect` as they are needed and kept between batches."""

    def __init__(self, connect: Callable[[], Carrier], most: int) -> None:
        self.most = most
        self._connect = connect
        self._carriers: list[Carrier] = []
        self._opening: list[Future[Carrier]] = []
        self._threads: ThreadPoolExecutor | None = None
        self._no_more_until = 0.0
        self.trouble: RelayTrouble | None = None

    def open_for(self, mails: int) -> None:
        """Begin to open connections, as many as so many waiting mails are worth."""
        missing = min(self.most, -(-mails // MAILS_PER_LINE)) - len(self._carriers) - len(self._opening)
        enough = self._carriers and time.monotonic() < self._no_more_until
        if missing <= 0 or enough or self.trouble is not None:
            return
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self.most, thread_name_prefix="line")
        self._opening += [self._threads.submit(self._connect) for _ in range(missing)]

    def free(self) -> Iterator[Carrier]:
        """The connections that take an offer, idle ones first."""
        yield from sorted((each for each in self._carriers if each.takes_offers), key=lambda each: not each.is_idle)

    @property
    def opening(self) -> bool:
        """Whether a connection is still being opened."""
        return bool(self._opening)

    def wake_up(self) -> None:
        """Before the first mail: connections that the server has ended meanwhile are let go, old trouble forgotten."""
        self.trouble = None
        self.gather(0)

    def gather(self, seconds: float) -> list[tuple[Carrier, Event]]:
        """Wait at most so long until something happens, then a little for the others; what has happened."""
        happened = self._turns()
        if not happened:
            self._wait(min([seconds, *(each.deadline - time.monotonic() for each in self._carriers)]))
            happened = self._turns()
        until = time.monotonic() + LINGER_SECONDS
        while happened and self._is_worth_waiting(len(happened)) and (left := until - time.monotonic()) > 0:
            self._wait(left)
            happened += self._turns()
        return happened

    def close(self) -> None:
        """End every connection."""
        for each in self._carriers:
            each.close()
        for opening in self._opening:
            opening.add_done_callback(_close_unused)
        self._carriers, self._opening = [], []
        if self._threads is not None:
            self._threads.shutdown(wait=False)
            self._threads = None

    def _is_worth_waiting(self, happened: int) -> bool:
        busy = sum(not each.is_idle for each in self._carriers)
        return happened < busy // 2

    def _turns(self) -> list[tuple[Carrier, Event]]:
        self._take_opened()
        happened = [(each, event) for each in self._carriers for event in each.turn()]
        self._carriers = [each for each in self._carriers if each.is_open]
        return happened

    def _take_opened(self) -> None:
        for opening in [each for each in self._opening if each.done()]:
            self._opening.remove(opening)
            try:
                self._carriers.append(opening.result())
            except RelayTrouble as trouble:
                if self._carriers:
                    # It serves us, but takes no more connections.
                    self._no_more_until = time.monotonic() + NO_MORE_SECONDS
                else:
                    self.trouble = trouble

    def _wait(self, seconds: float) -> None:
        sockets = [each for each in self._carriers if each.fileno() >= 0]
        if not sockets:
            wait(self._opening, max(seconds, 0), FIRST_COMPLETED)
            return
        seconds = min(seconds, 0.02) if self._opening else seconds
        poll = select.poll()
        for each in sockets:
            poll.register(each, select.POLLIN | (select.POLLOUT if each.wants_to_write else 0))
        poll.poll(max(seconds, 0) * 1000)


def _close_unused(opening: Future[Carrier]) -> None:
    if opening.exception() is None:
        opening.result().close()

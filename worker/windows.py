"""Sliding windows of mails, shared by all processes through Redis.

While Redis is away or hangs, each process counts for itself, in memory, with its share of the rate: together they stay
below it. Asking costs a fifth of a second once, then Redis is left alone for half a minute.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import structlog
from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter, RateLimiter, SlidingWindowCounterRateLimiter
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from course.rates import Rate

PATIENCE = 0.2
SILENCE_SECONDS = 30.0
# Up to here each mail of a window is remembered; beyond it the share of the window before is an estimate.
LONGEST_EXACT, MOST_EXACT = 60, 10_000
# A tenth of a second's mails at a time, so that they leave evenly.
SMOOTHNESS = 10
SOON = 0.01

Told = TypeVar("Told")

log = structlog.get_logger("throttle")


@dataclass(frozen=True)
class Grant:
    """So many mails may leave. Where it is none: seconds until one may."""

    mails: int
    wait: float = 0.0


@dataclass(frozen=True)
class Window:
    """What is counted under which name, and how much of it there may be."""

    name: str
    rate: Rate


class Windows:
    """Counts for one process; `url` as the `limits` library spells it, empty for this process alone."""

    def __init__(self, url: str, processes: int, prefix: str = "meantime") -> None:
        self._processes = processes
        self._own = MemoryStorage()
        self._silent_until = 0.0
        self._shared: Storage | None = None
        if url:
            self._shared = RedisStorage(
                url,
                key_prefix=f"{prefix}:throttle",
                socket_timeout=PATIENCE,
                socket_connect_timeout=PATIENCE,
                retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type]
            )

    def take(self, windows: Sequence[Window], most: int) -> Grant:
        """Up to `most` mails out of all these windows at once. Never raises."""
        return self._ask(_take, windows, most)

    def left(self, windows: Sequence[Window], most: int) -> int:
        """How many mails, up to `most`, these windows would let go now; nothing is taken. Never raises."""
        return self._ask(_left, windows, most)

    def _ask(
        self, what: Callable[[Storage, Sequence[Window], int], Told], windows: Sequence[Window], most: int
    ) -> Told:
        if self._shared is not None and time.monotonic() >= self._silent_until:
            try:
                return what(self._shared, windows, most)
            except (RedisError, OSError) as error:
                self._silent_until = time.monotonic() + SILENCE_SECONDS
                log.warning("each process keeps to its share of the rates", error=type(error).__name__)
        own = [Window(each.name, each.rate.shared(self._processes)) for each in windows]
        return what(self._own, own, most)


def _left(storage: Storage, windows: Sequence[Window], most: int) -> int:
    stats = (_limiter(storage, each.rate).get_window_stats(_item(each.rate), each.name) for each in windows)
    return min([most, *(int(each.remaining) for each in stats)])


def _take(storage: Storage, windows: Sequence[Window], most: int) -> Grant:
    left, wait = most, 0.0
    for each in windows:
        stats = _limiter(storage, each.rate).get_window_stats(_item(each.rate), each.name)
        if stats.remaining < 1:
            wait = max(wait, stats.reset_time - time.time(), 0.001)
        left = min(left, int(stats.remaining), _at_once(each.rate))
    if left < 1:
        return Grant(0, wait or SOON)
    for each in windows:
        if not _limiter(storage, each.rate).hit(_item(each.rate), each.name, cost=left):
            return Grant(0, SOON)  # somebody was faster
    return Grant(left)


def _item(rate: Rate) -> RateLimitItemPerSecond:
    return RateLimitItemPerSecond(rate.amount, rate.seconds)


def _limiter(storage: Storage, rate: Rate) -> RateLimiter:
    exact = rate.seconds <= LONGEST_EXACT and rate.amount <= MOST_EXACT
    return MovingWindowRateLimiter(storage) if exact else SlidingWindowCounterRateLimiter(storage)


def _at_once(rate: Rate) -> int:
    return max(1, rate.amount // SMOOTHNESS) if rate.seconds == 1 else rate.amount

"""How many sign-ups there may be: from one visitor, and in all. One round trip to Redis counts both.

A visit that is refused counts nowhere: whoever has used up their own share takes nothing from everybody else's.
While Redis is away or hangs each process counts for itself. Asking costs a fifth of a second once; then Redis is left
alone for half a minute.
"""

import threading
import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

import structlog
from flask import abort, current_app
from limits.storage import MemoryStorage, RedisStorage
from redis.exceptions import RedisError

from course.rates import Rate
from web.limits import impatient, visitor

SILENCE_SECONDS = 30.0
# The windows begin with their first visit and end by themselves.
_COUNT = """
for place, key in ipairs(KEYS) do
    if tonumber(redis.call('GET', key) or 0) >= tonumber(ARGV[2 * place - 1]) then
        return 0
    end
end
for place, key in ipairs(KEYS) do
    if redis.call('INCR', key) == 1 then
        redis.call('EXPIRE', key, ARGV[2 * place])
    end
end
return 1
"""

log = structlog.get_logger("caps")

Answer = TypeVar("Answer")


class Caps:
    """Counters that several processes share; `url` as the `limits` library spells it, empty for this process alone."""

    def __init__(self, url: str, per_visitor: Rate, in_all: Rate, prefix: str = "meantime") -> None:
        self._per_visitor, self._in_all = per_visitor, in_all
        self._prefix = prefix
        self._own = MemoryStorage()
        self._one_at_a_time = threading.Lock()
        self._silent_until = 0.0
        self._shared = RedisStorage(url, **impatient()).storage.register_script(_COUNT) if url else None

    def admit(self, who: str) -> bool:
        """Whether that visitor may sign somebody up now; if so, it is counted. Never raises."""
        rates = {f"{self._prefix}:sign-ups:{who}": self._per_visitor, f"{self._prefix}:sign-ups": self._in_all}
        if self._shared is not None and time.monotonic() >= self._silent_until:
            try:
                return self._in_redis(self._shared, rates)
            except (RedisError, OSError) as error:
                self._silent_until = time.monotonic() + SILENCE_SECONDS
                log.warning("each process counts sign-ups for itself", error=type(error).__name__)
        with self._one_at_a_time:
            return self._in_memory(rates)

    def _in_redis(self, count: Callable[..., Any], rates: Mapping[str, Rate]) -> bool:
        numbers = [number for rate in rates.values() for number in (rate.amount, rate.seconds)]
        return bool(count(keys=list(rates), args=numbers))

    def _in_memory(self, rates: Mapping[str, Rate]) -> bool:
        if any(self._own.get(name) >= rate.amount for name, rate in rates.items()):
            return False
        for name, rate in rates.items():
            self._own.incr(name, rate.seconds)
        return True


def capped(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """The view for visitors whom the app's caps admit; the others get the page of 429."""

    @wraps(view)
    def counted(*parts: Any, **named: Any) -> Answer:
        caps: Caps = current_app.extensions["caps"]
        return view(*parts, **named) if caps.admit(visitor()) else abort(429)

    return counted

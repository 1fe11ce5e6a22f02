"""Where the house's generation stands beside the database: a file in the state folder, and a key in Redis.

Either may be lost or away: the other one suffices. Marks of another house are no marks.
"""

import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

SOCKET_SECONDS = 0.2
SILENCE_SECONDS = 30.0

log = structlog.get_logger("guard")


@dataclass(frozen=True)
class Seen:
    """The highest mark, 0 where there is none; and whether every place could be asked."""

    highest: int
    complete: bool


class Marks:
    """The marks of one house. Never raises: a place that does not answer is left alone for half a minute."""

    def __init__(self, folder: Path, redis_url: str, house: str) -> None:
        self._file = folder / "generation"
        self._house = house
        self._key = f"meantime:generation:{house}"
        patience = {"socket_timeout": SOCKET_SECONDS, "socket_connect_timeout": SOCKET_SECONDS}
        self._redis = redis.Redis.from_url(redis_url, retry=Retry(NoBackoff(), 0), **patience)
        self._silent_until = 0.0

    def look(self) -> Seen:
        """What stands there now."""
        found = (self._in_file(), self._in_redis())
        return Seen(max(each or 0 for each in found), None not in found)

    def leave(self, number: int) -> None:
        """Write it down in both places. One that is smaller than what stands there is too late, and dropped."""
        if (self._in_file() or 0) < number:
            self._to_file(number)
        if (self._in_redis() or 0) < number:
            self._to_redis(number)

    def _in_file(self) -> int | None:
        """None where it cannot be read, 0 where there is none of ours."""
        try:
            house, _, number = self._file.read_text(encoding="ascii").strip().partition(" ")
        except FileNotFoundError:
            return 0
        except (OSError, UnicodeDecodeError):
            return None
        return int(number) if house == self._house and number.isdecimal() else 0

    def _to_file(self, number: int) -> None:
        fresh = self._file.with_suffix(f".{os.getpid()}")
        try:
            fresh.write_text(f"{self._house} {number}\n", encoding="ascii")
            fresh.replace(self._file)
        except OSError as error:
            log.warning("the generation cannot be written beside the database", error=error.strerror)
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)

    def _in_redis(self) -> int | None:
        if time.monotonic() < self._silent_until:
            return None
        try:
            found = self._redis.get(self._key)
        except (redis.RedisError, OSError):
            self._leave_alone()
            return None
        return int(found) if isinstance(found, bytes) and found.isdigit() else 0

    def _to_redis(self, number: int) -> None:
        if time.monotonic() < self._silent_until:
            return
        try:
            self._redis.set(self._key, number)
        except (redis.RedisError, OSError):
            self._leave_alone()

    def _leave_alone(self) -> None:
        self._silent_until = time.monotonic() + SILENCE_SECONDS

"""A warm child process that answers one request after the other, so that nothing it reads can hurt who asks.

The child holds no secret (its environment is empty), opens nothing, and is killed when an answer takes too long.
Requests and answers are frames of JSON on its two pipes: four octets of length, then text.

    Broken              the child died over this request
    ├── TooSlow         it was killed: the answer took too long
    └── NotStarted      it does not start, whatever the request
"""

import json
import os
import resource
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

START_SECONDS = 30.0  # a cold start on a busy machine
MEMORY = 1 << 30  # octets of address space
CPU_SECONDS = 5  # for one request; the parent's deadline comes first unless the parent is gone
HOME = Path(__file__).resolve().parent.parent


class Broken(Exception):
    """The child died over this request."""


class TooSlow(Broken):
    """The child was killed: its answer took too long."""


class NotStarted(Broken):
    """The child does not start."""


class Child:
    """One child at a time, started when it is needed; safe to share between threads."""

    def __init__(self, module: str, seconds: float) -> None:
        """`module` is run in the child and calls `serve`; it has `seconds` for each answer."""
        self._module = module
        self._seconds = seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The child's answer. Raises Broken or TooSlow; the next request gets another child."""
        with self._lock:
            child = self._running()
            try:
                write_frame(_pipe(child.stdin), request)
                answer = read_frame(_Deadline(_pipe(child.stdout), self._seconds).read)
            except TimeoutError:
                self._stop()
                raise TooSlow from None
            except OSError:
                answer = None
            if answer is None:
                self._stop()
                raise Broken
            return answer

    def close(self) -> None:
        """Ends the child; the next use starts another."""
        with self._lock:
            self._stop()

    def _running(self) -> subprocess.Popen[bytes]:
        # In a fork `poll` says that the child is gone, for it is the parent's: the fork starts its own.
        if self._process is None or self._process.poll() is not None:
            self._stop()
            self._process = self._start()
        return self._process

    def _start(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(  # noqa: S603 - a module of ours
            [sys.executable, "-m", self._module],
            cwd=HOME,
            env={"PYTHONHASHSEED": "0", "PYTHONUTF8": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            if read_frame(_Deadline(_pipe(child.stdout), START_SECONDS).read) is not None:
                return child
        except TimeoutError:
            pass
        _end(child)
        raise NotStarted

    def _stop(self) -> None:
        if self._process is not None:
            _end(self._process)
        self._process = None


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    child.wait()
    _pipe(child.stdin).close()
    _pipe(child.stdout).close()


class _Deadline:
    """Reads a pipe until a moment has come, then raises TimeoutError."""

    def __init__(self, pipe: IO[bytes], seconds: float) -> None:
        self._pipe = pipe
        self._end = time.monotonic() + seconds

    def read(self, size: int) -> bytes:
        """Exactly `size` octets, or fewer at the pipe's end."""
        got = b""
        while len(got) < size:
            ready, _, _ = select.select([self._pipe], [], [], max(0.0, self._end - time.monotonic()))
            if not ready:
                raise TimeoutError
            piece = os.read(self._pipe.fileno(), size - len(got))
            if not piece:
                break
            got += piece
        return got


def write_frame(pipe: IO[bytes], value: dict[str, Any]) -> None:
    """One frame. Raises OSError if nobody reads it."""
    data = json.dumps(value).encode()
    pipe.write(len(data).to_bytes(4, "big") + data)
    pipe.flush()


def read_frame(read: Callable[[int], bytes]) -> dict[str, Any] | None:
    """The next frame, or None at the end."""
    head = read(4)
    if len(head) < 4:
        return None
    size = int.from_bytes(head, "big")
    data = read(size)
    return json.loads(data) if len(data) == size else None


Answers = Callable[[dict[str, Any]], dict[str, Any]]


def serve(requests: IO[bytes], answers: IO[bytes], answer: Answers, before_each: Callable[[], None]) -> None:
    """In the child: says that it is ready, then answers every request; calls `before_each` when one has come."""
    write_frame(answers, {"ready": True})
    while (request := read_frame(requests.read)) is not None:
        before_each()
        write_frame(answers, answer(request))


def limit() -> None:
    """Bounds the process: memory, no files written, no core dump."""
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        # Some systems refuse a limit; the deadline holds there all the same.
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def limit_cpu() -> None:
    """Grants the process the processor time of one more request."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (spent + CPU_SECONDS, hard))


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise OSError("The child has no pipes.")
    return pipe

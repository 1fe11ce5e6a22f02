"""The compiler: one warm child process, so that no text can hang, fill or crash what asked for it.

The child holds no secret (its environment is empty), opens nothing, and is killed when a text takes longer
than three seconds. Requests and answers are frames of JSON on its two pipes: four octets of length, then text.
"""

import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from course.errors import Problem
from emails.errors import Unpublishable
from emails.letter import Compiled, Look, Source
from emails.typeset import COMPILER

__all__ = ["COMPILER", "Compiler"]

SECONDS = 3.0
START_SECONDS = 30.0  # a cold start on a busy machine
HOME = Path(__file__).resolve().parent.parent
SLOW = "The text takes longer than three seconds to compile."
BROKEN = "The text brings the MJML engine down."


class Compiler:
    """Compiles sources in its child; safe to share between threads. Close it, or use it in a `with`."""

    def __init__(self, seconds: float = SECONDS, own_themes: Path | None = None) -> None:
        """`own_themes` is the folder of the house's own themes; it need not be there."""
        self._seconds = seconds
        self._own_themes = str(own_themes.resolve()) if own_themes else ""
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Compiler":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def compile(self, source: Source, look: Look) -> Compiled:
        """The compilation of a lesson. Raises Unpublishable with every problem that forbids it."""
        return _compiled(self._ask({"do": "lesson", "source": asdict(source), "look": self._look(look)}))

    def compile_system(self, name: str, language: str, look: Look) -> Compiled:
        """The compilation of a system letter: "confirmation", "completion", "sign_in" or "already_in".

        Raises Unpublishable if the course's look cannot be used.
        """
        return _compiled(self._ask({"do": "system", "name": name, "language": language, "look": self._look(look)}))

    def close(self) -> None:
        """Ends the child; the next use starts another."""
        with self._lock:
            self._stop()

    def _look(self, look: Look) -> dict[str, Any]:
        return {**asdict(look), "own_themes": look.own_themes or self._own_themes}

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            child = self._running()
            try:
                write_frame(_pipe(child.stdin), request)
                answer = read_frame(_Deadline(_pipe(child.stdout), self._seconds).read)
            except TimeoutError:
                self._stop()
                raise Unpublishable(Problem(SLOW)) from None
            except OSError:
                answer = None
            if answer is None:
                self._stop()
                raise Unpublishable(Problem(BROKEN))
            return answer

    def _running(self) -> subprocess.Popen[bytes]:
        # In a fork `poll` says that the child is gone, for it is the parent's: the fork starts its own.
        if self._child is None or self._child.poll() is not None:
            self._stop()
            self._child = self._start()
        return self._child

    def _start(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [sys.executable, "-m", "emails.compile_child"],
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
        raise Unpublishable(Problem("The compiler does not start; try again, or see the server's log."))

    def _stop(self) -> None:
        if self._child is not None:
            _end(self._child)
        self._child = None


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


def _compiled(answer: dict[str, Any]) -> Compiled:
    if "problems" in answer:
        raise Unpublishable(*(Problem(**problem) for problem in answer["problems"]))
    compiled = answer["compiled"]
    warnings = tuple(Problem(**problem) for problem in compiled["warnings"])
    return Compiled(**{**compiled, "links": tuple(compiled["links"]), "warnings": warnings})


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise OSError("The compiler's child has no pipes.")
    return pipe

"""The compiler's child: answers one request after the other until its input ends. See `emails.compile`."""

import gc
import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import IO, Any

from course.errors import Problem
from emails.compile import read_frame, write_frame
from emails.errors import Unpublishable
from emails.letter import Look, Source
from emails.system import typeset_system
from emails.typeset import typeset

MEMORY = 1 << 30  # octets of address space
CPU_SECONDS = 5  # for one request; the parent's deadline comes first unless the parent is gone


def serve(requests: IO[bytes], answers: IO[bytes], before_each: Callable[[], None]) -> None:
    """Says that it is ready, then answers every request; calls `before_each` when one has come."""
    write_frame(answers, {"ready": True})
    while (request := read_frame(requests.read)) is not None:
        before_each()
        write_frame(answers, answer(request))


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The compilation that was asked for, or the problems that forbid it."""
    look = Look(**request["look"])
    try:
        if request["do"] == "lesson":
            compiled = typeset(Source(**request["source"]), look)
        else:
            compiled = typeset_system(request["name"], request["language"], look)
    except Unpublishable as error:
        return {"problems": [asdict(problem) for problem in error.problems]}
    except (RecursionError, MemoryError):
        return {"problems": [asdict(Problem("The text is too large or too deeply nested to compile."))]}
    return {"compiled": asdict(compiled)}


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


if __name__ == "__main__":
    limit()
    # What is loaded stays: the collector need not look through it for each letter.
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    serve(sys.stdin.buffer, sys.stdout.buffer, limit_cpu)

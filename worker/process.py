"""What belongs to one process and must not cross a fork: database connections above all. And its rank among others."""

import os
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

Thing = TypeVar("Thing")
# As of nice(1): less than a web server's 0, and far from starving at 19.
PATIENCE = 5


def let_others_first() -> None:
    """Take the processor when no page wants it: lessons have a day, and an urgent mail has seconds, which is enough.

    Of the calling thread, on Linux, and of all that it starts from then on."""
    with suppress(OSError):  # where a container forbids it
        os.setpriority(os.PRIO_PROCESS, 0, max(PATIENCE, os.getpriority(os.PRIO_PROCESS, 0)))


def once_per_process(make: Callable[[], Thing]) -> Callable[[], Thing]:
    """A function that makes the thing at its first call in each process, and answers with it from then on."""
    made: dict[int, Thing] = {}

    def get() -> Thing:
        pid = os.getpid()
        if pid not in made:
            made.clear()
            made[pid] = make()
        return made[pid]

    return get

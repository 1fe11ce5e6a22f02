"""What belongs to one process and must not cross a fork: database connections above all."""

import os
from collections.abc import Callable
from typing import TypeVar

Thing = TypeVar("Thing")


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

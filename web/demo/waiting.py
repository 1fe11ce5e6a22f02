"""Waiting for what other processes do, and saying what did not come."""

import time
from collections.abc import Callable
from typing import TypeVar

from course.errors import MeantimeError

PATIENCE_SECONDS = 60.0
Found = TypeVar("Found")


class Failed(MeantimeError):
    """Something did not happen, or happened that must not."""


def until(what: str, look: Callable[[], Found | None], seconds: float = PATIENCE_SECONDS) -> Found:
    """Wait for something; raise Failed when it does not come."""
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise Failed(f"Waited {seconds:.0f} seconds for {what}.")
        time.sleep(0.05)
    return found

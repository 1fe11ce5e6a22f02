"""Time that a test lets pass, for workers whose waiting is counted and not lived through.

All clocks stand still while work is done, so a relay answers in no time; a courier that waits for its relay's next
token moves them on. Which mail may leave, and when, is decided by the product's own claims and tokens.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

import time_machine

from emails.events import Event
from worker.lines import Line, Lines, Route

# The hands of a waiting process are late by as much.
LATE_SECONDS = 0.001


class VirtualTime:
    """What the clocks of this process show: the wall's and the stopwatch's go together."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller
        self._passed = time.monotonic()

    def monotonic(self) -> float:
        """In place of `time.monotonic`."""
        return self._passed

    def pass_by(self, seconds: float) -> None:
        """So much later."""
        self._passed += seconds
        self._traveller.shift(seconds)


@contextmanager
def virtual_time(begins: datetime) -> Iterator[VirtualTime]:
    """From that instant on; threads that wait by themselves do so in real time."""
    with time_machine.travel(begins, tick=False) as traveller:
        hands = VirtualTime(traveller)
        with patch.object(time, "monotonic", hands.monotonic):
            yield hands


class Unhurried(Lines):
    """Connections whose process, with nothing on its way, waits in virtual time."""

    def __init__(self, hands: VirtualTime, *routes: Route) -> None:
        super().__init__(*routes)
        self._hands = hands

    def gather(self, seconds: float) -> list[tuple[Line, Event]]:
        """As the original; only the waiting is counted."""
        if self._opening or not all(each.carrier.is_idle for each in self._lines):
            return super().gather(0.05)
        self._hands.pass_by(seconds + LATE_SECONDS if seconds else 0.0)
        return super().gather(0)

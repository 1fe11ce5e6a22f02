"""A relay that takes so many mails a second: pure arithmetic about when each of them leaves.

Nothing leaves before it is due. Among what is due, urgent mail goes first; among courses that have something due, each
has its turn, so a large one does not stand in front of a small one.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Generic, TypeVar

T = TypeVar("T")

Line = tuple[bool, int]  # scheduled mail stands behind urgent mail; each course has a line of its own


@dataclass(frozen=True)
class Leaving(Generic[T]):
    """Something whose turn it is `at`; it was due then or before."""

    due_at: datetime
    at: datetime
    item: T


@dataclass
class Relay(Generic[T]):
    """One way out. Without a rate everything leaves when it is due."""

    per_second: float | None = None
    _free_at: datetime | None = None
    _lines: dict[Line, list[tuple[datetime, int, T]]] = field(default_factory=dict)
    _served: dict[Line, int] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=count)
    _turns: "count[int]" = field(default_factory=count)

    def put(self, due_at: datetime, item: T, *, course: int = 0, urgent: bool = False) -> None:
        """Something that may leave from `due_at` on."""
        heappush(self._lines.setdefault((not urgent, course), []), (due_at, next(self._numbers), item))

    def next_at(self) -> datetime | None:
        """When the next one leaves; None where nothing waits."""
        first = min((line[0][0] for line in self._lines.values() if line), default=None)
        return first if first is None or self._free_at is None else max(first, self._free_at)

    def take(self) -> Leaving[T]:
        """The next one; IndexError where nothing waits. It costs no time yet: see `spend`."""
        at = self.next_at()
        if at is None:
            raise IndexError("Nothing waits.")
        waiting = [
            (line[0], self._served.get(line, -1), line)
            for line, rows in self._lines.items()
            if rows[:1] and rows[0][0] <= at
        ]
        line = min(waiting)[2]
        due_at, _number, item = heappop(self._lines[line])
        self._served[line] = next(self._turns)
        return Leaving(due_at, at, item)

    def spend(self, at: datetime, mails: int = 1) -> None:
        """So many mails leave from `at` on, one after the other."""
        if self.per_second:
            self._free_at = at + timedelta(seconds=mails / self.per_second)

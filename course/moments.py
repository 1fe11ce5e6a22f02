"""One moment of sending: what readers in the same position have before them is worked out once for all of them.

At a course's hour thousands get the same lesson, and the same one comes next on the same day. Their receipts differ by
seconds, and a local date is all that the schedule makes of those. So an answer is kept under everything that it can
depend on. Whoever has more about them than that, such as a wait of their own, is asked about alone.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta

from course.batch import Ordinary
from course.schedule import Slot
from course.schedule.walltime import QUARTER
from course.sequence import Sequence, SequenceLesson
from course.standing import forecast

LENGTH = timedelta(seconds=0.1)


@dataclass(frozen=True, eq=False)
class Departure:
    """An ordinary lesson that goes now: under which slot, and which lesson comes after it and when; None at the end."""

    sequence: Sequence
    lesson: SequenceLesson
    compilation_id: int
    slot_at: datetime
    coming: tuple[SequenceLesson, Slot] | None


class Moment:
    """The departures of all who are asked about `now`."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._departures: dict[Hashable, Departure | None] = {}

    def departure(self, ordinary: Ordinary) -> Departure | None:
        """What goes to this reader now; None when it is too late, useless, or not ordinary any more."""
        position = _position(ordinary, self.now)
        if position is None:
            return self._work_out(ordinary)
        if position not in self._departures:
            self._departures[position] = self._work_out(ordinary)
        return self._departures[position]

    def lasts_until(self, now: datetime) -> bool:
        """Whether `now` is still this moment."""
        return timedelta() <= now - self.now < LENGTH

    def _work_out(self, ordinary: Ordinary) -> Departure | None:
        slot_at = ordinary.slot_now(self.now)
        if slot_at is None:
            return None
        coming = next(forecast(ordinary.sent(slot_at, self.now)), None)
        return Departure(ordinary.standing.sequence, ordinary.lesson, ordinary.compilation_id, slot_at, coming)


def _position(ordinary: Ordinary, now: datetime) -> Hashable | None:
    """All that a departure at this moment depends on; None where it may depend on more."""
    standing, past = ordinary.standing, ordinary.standing.history.past
    if standing.anchor_wait is not None or past.anchor > now:
        return None
    following = standing.sequence.after({**standing.history.lessons, ordinary.lesson.lesson_id: now})
    if following is not None and following.step.useless_after is not None:
        return None  # it may be skipped, and then the one behind it comes
    received = tuple([at.timestamp() // QUARTER for at in past.received])
    return (
        standing.sequence.edition_id, ordinary.lesson.lesson_id, following and following.lesson_id, ordinary.slot_at,
        ordinary.day_based, standing.wishes, past.gap_slot, received,
    )  # fmt: skip

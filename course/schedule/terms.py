"""The terms of the schedule: what it is asked with, and what it answers. Frozen values."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from course.errors import MeantimeError
from course.schedule.waits import Wait
from course.schedule.walltime import Quiet

EVERY_DAY = frozenset(range(7))


class NoSlot(MeantimeError):
    """No day within a year is open: an error at publishing, since nobody would ever get this lesson."""


@dataclass(frozen=True)
class Rules:
    """A course's schedule. `weekdays` are the open ones (0 = Monday), `skip` holds first and last days, inclusive,
    `quiet` a start and an end that may lie on the next day, `gap` the least time between the slots of two day-based
    lessons, `cap` the most lessons a reader gets per local day over all courses (kept by whoever sends)."""

    hour: time
    timezone: str
    weekdays: frozenset[int] = EVERY_DAY
    skip: tuple[tuple[date, date], ...] = ()
    quiet: Quiet | None = None
    gap: timedelta = timedelta(hours=18)
    cap: int | None = None


@dataclass(frozen=True)
class Wishes:
    """A reader's own. A zone that is not known falls back to the course's; pace 2.0 doubles waits in days."""

    timezone: str | None = None
    hour: time | None = None
    pace: float = 1.0


@dataclass(frozen=True)
class Step:
    """A lesson's own: its wait, an hour that takes precedence, the last local day on which it makes sense."""

    wait: Wait
    hour: time | None = None
    useless_after: date | None = None


@dataclass(frozen=True)
class Past:
    """What happened to this enrollment. `anchor`: confirmation, then the instant the last lesson was accepted.
    `gap_slot`: the slot of the last day-based lesson sent. `received`: the instants at which lessons were accepted,
    whose local days are taken; those more than two days before the anchor need not be passed."""

    anchor: datetime
    gap_slot: datetime | None = None
    received: tuple[datetime, ...] = ()

    def __post_init__(self) -> None:
        if self.anchor.tzinfo is None:  # else it would quietly be read as this machine's local time
            raise ValueError("An anchor is an aware instant.")


@dataclass(frozen=True)
class Slot:
    """The answer: when (`at` in UTC, `local` in the reader's zone) and why then, in sentences for a person.

    `late_for` is the slot that has passed when `at` is now."""

    at: datetime
    local: datetime
    why: tuple[str, ...] = ()
    zone_unknown: bool = False
    late_for: datetime | None = None

    @property
    def slot_at(self) -> datetime:
        """What the gap to the next lesson is measured from: the slot itself, however late the lesson goes."""
        return self.late_for or self.at

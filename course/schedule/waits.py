"""How long a lesson waits for the one before it: the author's words and the value they stand for."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Literal

from course.errors import MeantimeError

Day = date  # the field of that name would hide the type from the class body
Kind = Literal["immediately", "minutes", "hours", "days", "weeks", "date", "weekday"]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EXAMPLES = "immediately, 90 minutes, 6 hours, 2 days, 1 week, on 2027-03-28 or next monday"
LONGEST = timedelta(days=3660)

_ELAPSED = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1)}
_UNITS = _ELAPSED | {"days": timedelta(days=1), "weeks": timedelta(weeks=1)}
_AMOUNT = re.compile(r"([0-9]{1,7}) (minute|hour|day|week)s?")
_DATE = re.compile(r"on ([0-9]{4}-[0-9]{2}-[0-9]{2})")
_WEEKDAY = re.compile(r"next ([a-z]+)")


class BadWait(MeantimeError, ValueError):
    """A text that is no wait; str() says what to write instead."""


@dataclass(frozen=True)
class Wait:
    """The time from the lesson before to this one.

    `amount` counts minutes, hours, days or weeks; `date` belongs to the kind "date", `weekday` (0 = Monday) to the
    kind "weekday". str() gives the canonical text, which parse_wait reads back to an equal value.
    """

    kind: Kind
    amount: int = 0
    date: Day | None = None
    weekday: int | None = None

    @property
    def day_based(self) -> bool:
        """Counts local days, so it falls on the hour of a day; the others count minutes on a stopwatch."""
        return self.kind in _DAY_BASED

    @property
    def counts_days(self) -> bool:
        """Whether it matters on which local day the anchor was, but not at which hour."""
        return self.kind == "weekday" or (self.kind in {"days", "weeks"} and self.amount > 0)

    @property
    def elapsed(self) -> timedelta:
        """The stopwatch time of a wait in minutes or hours; KeyError for the other kinds."""
        return self.amount * _ELAPSED[self.kind]

    def days(self, pace: float = 1.0) -> int:
        """The calendar days of a wait in days or weeks at the reader's pace (2.0 is half as fast).

        At least one, but 0 stays 0. A week is seven days before it is scaled, so that a pace can shorten it.
        """
        days = self.amount * 7 if self.kind == "weeks" else self.amount
        # Rounded first: 50 days at pace 1.1 are 55.00000000000001 in floating point, and nobody waits 56.
        return days if days == 0 or pace == 1.0 else max(1, ceil(round(days * pace, 6)))

    def __str__(self) -> str:
        if self.kind == "immediately":
            return "immediately"
        if self.date is not None:
            return f"on {self.date.isoformat()}"
        if self.weekday is not None:
            return f"next {WEEKDAYS[self.weekday]}"
        return f"{self.amount} {self.kind[:-1] if self.amount == 1 else self.kind}"


_DAY_BASED = frozenset({"days", "weeks", "date", "weekday"})
IMMEDIATELY = Wait("immediately")


def parse_wait(text: str) -> Wait:
    """The wait that an author wrote; raises BadWait with a sentence that lists what can be written."""
    words = " ".join(text.lower().split())
    if words == "immediately":
        return IMMEDIATELY
    if match := _AMOUNT.fullmatch(words):
        return _amount(int(match[1]), f"{match[2]}s", words)
    if match := _DATE.fullmatch(words):
        return _date(match[1])
    if match := _WEEKDAY.fullmatch(words):
        return _weekday(match[1])
    raise BadWait(f'"{text}" is not a wait; write {EXAMPLES}.')


def _amount(amount: int, unit: str, words: str) -> Wait:
    if unit in _ELAPSED and amount == 0:
        raise BadWait(f'"{words}" is no time at all; write immediately.')
    if amount * _UNITS[unit] > LONGEST:
        raise BadWait(f'"{words}" is longer than ten years.')
    return Wait(unit, amount)  # type: ignore[arg-type]


def _date(text: str) -> Wait:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadWait(f'"{text}" is not a date of the calendar.') from None
    if not 2000 <= day.year < 2200:
        raise BadWait(f'"{text}" lies too far away; write a year from 2000 to 2199.')
    return Wait("date", date=day)


def _weekday(name: str) -> Wait:
    for number, weekday in enumerate(WEEKDAYS):
        if name in (weekday, weekday[:3]):
            return Wait("weekday", weekday=number)
    raise BadWait(f'"next {name}" is not a wait; write a weekday, as in next monday.')

"""What a pause of a course does to a reader's dates: it moves the anchor that the next wait is counted from.

Pauses are plain intervals; those that overlap count once. How a pause counts is chosen when the course resumes:

    original   the dates stay; a lesson whose slot fell into the pause is late
    restart    the wait begins again at the end of the pause
    active     only active time counts: a wait in days is lengthened by the reader's send hours inside the pause, a
               wait in minutes or hours by the time itself; cohort dates and weekdays do not move
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from course.schedule.slots import local_zone
from course.schedule.terms import Rules, Step, Wishes
from course.schedule.walltime import DAY, days_later, send_time

INSTANT = timedelta(microseconds=1)


class Resume(StrEnum):
    """How the time of a pause counts, once it is over."""

    ORIGINAL = "original"
    RESTART = "restart"
    ACTIVE = "active"


@dataclass(frozen=True)
class Pause:
    """From `start` up to `end`, both instants; one that still lasts is given the time until which it is reckoned."""

    start: datetime
    end: datetime
    resume: Resume = Resume.ACTIVE


def moved_anchor(anchor: datetime, pauses: Iterable[Pause], step: Step, rules: Rules, wishes: Wishes) -> datetime:
    """The anchor in UTC from which the step's wait counts after these pauses; never before `anchor`."""
    after = [pause for pause in pauses if pause.end > anchor]
    restarts = [pause.end for pause in after if pause.resume is Resume.RESTART]
    anchor = max([anchor, *restarts]).astimezone(UTC)
    spans = merged((pause.start, pause.end) for pause in after if pause.resume is Resume.ACTIVE)
    spans = [(max(start, anchor), end) for start, end in spans if end > anchor]
    if step.wait.kind in ("minutes", "hours"):
        return anchor + sum((end - start for start, end in spans), timedelta())
    if step.wait.kind not in ("days", "weeks"):
        return anchor
    hours = _SendHours(step, rules, wishes)
    # Strictly after the anchor: the send hour of the lesson that set it was not lost.
    lost = sum(hours.between(max(start, anchor + INSTANT), end) for start, end in spans)
    return days_later(anchor, lost, hours.zone)


def merged(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The same time as intervals in order that do not overlap; empty and reversed ones are dropped."""
    result: list[tuple[datetime, datetime]] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


class _SendHours:
    """The hour of a step for a reader, on every day of the calendar: waits count closed days too."""

    def __init__(self, step: Step, rules: Rules, wishes: Wishes) -> None:
        self.zone = local_zone(rules, wishes)
        self._hour = step.hour or wishes.hour or rules.hour
        self._quiet = rules.quiet

    def between(self, start: datetime, end: datetime) -> int:
        """How many lie from `start` up to, not including, `end`."""
        return (self._first_day(end) - self._first_day(start)).days

    def _first_day(self, instant: datetime) -> date:
        """The day of the first send hour that is not before the instant."""
        day = instant.astimezone(self.zone).date() - DAY
        while send_time(day, self._hour, self.zone, self._quiet).astimezone(UTC) < instant:
            day += DAY
        return day

"""Why a lesson comes on the day it comes: short plain sentences, collected while the schedule looks for a slot."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo

from course.schedule.walltime import Quiet, is_quiet, on_the_wall

# A closed weekday is noted as its number, so that a weekend becomes one sentence; anything else is its sentence.
Reason = int | str

TAKEN = "You already get a lesson that day."
_SHORT = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def sentences(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """The collected reasons as sentences: closed weekdays in one, the rest once each, in the order of the days."""
    each = tuple(dict.fromkeys(reasons))
    weekdays = [reason for reason in each if isinstance(reason, int)]
    closed = f"{_listed([_SHORT[day] for day in weekdays])} {'is' if len(weekdays) == 1 else 'are'} closed."
    return tuple(dict.fromkeys(closed if isinstance(reason, int) else reason for reason in each))


def resting(first: date, last: date) -> str:
    """A skipped span of days."""
    return f"The course rests on {first}." if first == last else f"The course rests from {first} to {last}."


def too_close(gap: timedelta) -> str:
    """The minimum gap between two lessons."""
    return f"Two lessons lie at least {_duration(gap)} apart."


def hour_had_passed(hour: time) -> str:
    """A wait of no days, asked for after the day's hour."""
    return f"{hour:%H:%M} had passed that day."


def date_had_passed(day: date) -> str:
    """A cohort's date that lies behind the reader's anchor."""
    return f"{day} had passed, so it is the next open day."


def made_up_for(local: datetime) -> str:
    """A slot that has passed and is not given up."""
    return f"{local:%H:%M} on {local.date()} has passed, so it goes now."


def unknown_zone(used: tzinfo) -> str:
    """The course's zone stands in for the reader's."""
    return f"Your time zone is not known; {used} is used."


def moved_hour(day: date, hour: time, zone: tzinfo, quiet: Quiet | None) -> Iterable[str]:
    """Why mail meant for `hour` on `day` goes at another wall time."""
    wanted = datetime.combine(day, hour)
    local = on_the_wall(day, hour, zone)
    if jump := local.replace(tzinfo=None) - wanted:
        yield f"{hour:%H:%M} does not exist on that day; the clock jumps, so {_duration(jump)} later."
    if quiet is not None and is_quiet(local.time(), quiet):
        yield still_quiet(local.time(), quiet)


def still_quiet(clock: time, quiet: Quiet) -> str:
    """A time inside the quiet hours, which waits for their end."""
    return f"{clock:%H:%M} lies in the quiet hours, so it waits until {quiet[1]:%H:%M}."


def _listed(words: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _duration(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    amount, unit = (minutes // 60, "hour") if minutes % 60 == 0 else (minutes, "minute")
    return f"{amount} {unit}" if amount == 1 else f"{amount} {unit}s"

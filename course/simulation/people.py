"""Readers who never were: where they live, when they sign up, when they read. The same for the same seed."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from course.folder import CourseSource
from course.schedule import is_quiet
from course.schedule.walltime import on_the_wall
from course.schedule.zones import zone

T = TypeVar("T")

# Where people sit who read courses by mail, in shares of a hundred; both halves of the world, odd offsets among them.
ZONES = {
    "America/New_York": 17, "America/Chicago": 9, "America/Los_Angeles": 11, "America/Toronto": 3,
    "America/Sao_Paulo": 4, "America/Mexico_City": 2, "Europe/London": 11, "Europe/Berlin": 9, "Europe/Paris": 5,
    "Europe/Madrid": 3, "Europe/Warsaw": 2, "Europe/Kyiv": 1, "Africa/Lagos": 2, "Africa/Johannesburg": 1,
    "Asia/Kolkata": 8, "Asia/Kathmandu": 1, "Asia/Singapore": 2, "Asia/Tokyo": 3, "Australia/Sydney": 4,
    "Pacific/Auckland": 1, "": 1,
}  # fmt: skip
# "" is the course's own hour, which most people never change.
HOURS = {
    "": 55,
    "06:30": 4,
    "07:00": 9,
    "07:30": 5,
    "08:00": 9,
    "09:00": 3,
    "12:30": 3,
    "18:00": 4,
    "20:00": 6,
    "21:30": 2,
}
PACES = {1.0: 86, 2.0: 9, 0.5: 5}
# Of a hundred sign-ups, how many in each hour of the local day.
CLOCK = (1, 1, 0, 0, 0, 1, 2, 4, 6, 7, 7, 6, 6, 5, 5, 5, 5, 5, 5, 7, 8, 7, 5, 2)
LAUNCH = 0.25
LAUNCH_DAYS = 3
ANSWERS = 0.75
RESTS = 0.05


@dataclass(frozen=True)
class Person:
    """One of them. `asked_at` and `confirmed_at` are instants; `rests` is when a pause begins and its last day's
    morrow; `done_after` how long the exercises take, None for who never says so."""

    number: int
    timezone: str | None
    hour: str | None
    pace: float
    asked_at: datetime
    confirmed_at: datetime
    done_after: timedelta | None
    rests: tuple[datetime, date] | None


def people(course: CourseSource, start: date, days: int, readers: int, seed: int) -> Iterator[Person]:
    """So many who sign up within those days, a quarter of them right after the launch."""
    chance = random.Random(seed)  # noqa: S311 - a seed is there to be guessed
    for number in range(1, readers + 1):
        yield _person(chance, course, number, start, days)


def _person(chance: random.Random, course: CourseSource, number: int, start: date, days: int) -> Person:
    timezone = _one_of(chance, ZONES) if "timezone" in course.reader_may else ""
    hour = _one_of(chance, HOURS) if "hour" in course.reader_may else ""
    if hour and is_quiet(time.fromisoformat(hour), course.rules.quiet):
        hour = ""  # the form would refuse it
    pace = _one_of(chance, PACES) if "pace" in course.reader_may else 1.0
    asked_at = _asked_at(chance, timezone, course, (start, days))
    confirmed_at = asked_at + timedelta(seconds=30 + int(chance.expovariate(1 / 240)))
    hours = chance.lognormvariate(2.3, 1.2)
    done_after = timedelta(hours=min(hours, 24 * 30)) if chance.random() < ANSWERS else None
    return Person(
        number,
        timezone or None,
        hour or None,
        pace,
        asked_at,
        confirmed_at,
        done_after,
        _rest(chance, course, confirmed_at),
    )


def _asked_at(chance: random.Random, timezone: str, course: CourseSource, launch: tuple[date, int]) -> datetime:
    """A moment by the reader's own clock, within the course's days."""
    start, days = launch
    span = min(LAUNCH_DAYS, days) if chance.random() < LAUNCH else days
    day = start + timedelta(days=chance.randrange(span))
    wall = time(_one_of(chance, dict(enumerate(CLOCK))), chance.randrange(60), chance.randrange(60))
    asked_at = on_the_wall(day, wall, _zone(timezone or course.rules.timezone)).astimezone(UTC)
    home = _zone(course.rules.timezone)
    if asked_at < on_the_wall(start, time(0), home):
        return asked_at + timedelta(days=1)
    late = asked_at >= on_the_wall(start + timedelta(days=days), time(0), home)
    return asked_at - timedelta(days=1) if late else asked_at


def _zone(name: str) -> ZoneInfo:
    found = zone(name)
    assert found is not None, "a course's zone and ours are known ones"
    return found


def _rest(chance: random.Random, course: CourseSource, confirmed_at: datetime) -> tuple[datetime, date] | None:
    """A holiday, for a few."""
    if "pause" not in course.reader_may or chance.random() >= RESTS:
        return None
    begins = confirmed_at + timedelta(minutes=chance.randrange(60 * 24 * 10))
    return begins, begins.date() + timedelta(days=3 + chance.randrange(12))


def _one_of(chance: random.Random, shares: Mapping[T, int]) -> T:
    """One of the keys, by its share."""
    return chance.choices(tuple(shares), tuple(shares.values()))[0]

"""Short ways to ask the schedule something: wall times are New York's unless a zone is named."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from course.schedule import Past, Rules, Step, Wishes, parse_wait

NEW_YORK = "America/New_York"
WORKDAYS = frozenset(range(5))
NIGHT = (time(21), time(8))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str, zone: str = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def clock(text: str) -> time:
    return time.fromisoformat(text)


def rules(hour: str = "09:00", **others) -> Rules:
    return Rules(clock(hour), NEW_YORK, **others)


def step(wait: str, hour: str | None = None, **others) -> Step:
    return Step(parse_wait(wait), clock(hour) if hour else None, **others)


def wishes(zone: str | None = NEW_YORK, hour: str | None = None, pace: float = 1.0) -> Wishes:
    return Wishes(zone, clock(hour) if hour else None, pace)


def sent(at: datetime, slot_at: datetime | None = None) -> Past:
    """The past of a reader whose last lesson was accepted then."""
    return Past(at, slot_at or at, (at,))

"""Wall time and instants: what a clock on the reader's wall shows, and when that is.

A day is never 24 hours and a zone is never an offset: a wall time belongs to a date in a zone and is converted once,
at the end. PEP 495's `fold=0`, the default, already is our rule for the two odd days of the year: a time that the
clock jumps over moves forward by the jump, a time that comes twice is its first occurrence.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

Quiet = tuple[time, time]

DAY = timedelta(days=1)
# Seconds. No zone has midnight amid a quarter of an hour: within one, everybody keeps their date.
QUARTER = 900


def on_the_wall(day: date, hour: time, zone: tzinfo) -> datetime:
    """When the clock shows `hour` on `day`, as local time that exists: moved forward out of a jump of the clock."""
    return datetime.combine(day, hour, zone).astimezone(UTC).astimezone(zone)


def is_quiet(clock: time, quiet: Quiet | None) -> bool:
    """Whether a wall time lies in the quiet hours: from their start up to, not including, their end."""
    if quiet is None:
        return False
    start, end = quiet
    return start <= clock < end if start <= end else clock >= start or clock < end


def out_of_quiet(local: datetime, quiet: Quiet | None) -> datetime:
    """`local` itself, or the end of the quiet hours that it lies in."""
    # More than once only where the clock jumps over the end and right into quiet hours that last nearly all day.
    while quiet is not None and is_quiet(local.time(), quiet):
        local = _quiet_end(local, quiet[1])
    return local


def send_time(day: date, hour: time, zone: tzinfo, quiet: Quiet | None) -> datetime:
    """The local time at which mail for `hour` on `day` may go: out of quiet hours, perhaps on the next day."""
    return out_of_quiet(on_the_wall(day, hour, zone), quiet)


def days_later(instant: datetime, days: int, zone: tzinfo) -> datetime:
    """The same wall time that many local days later, in UTC; no days later is the instant itself."""
    if days == 0:
        return instant
    local = instant.astimezone(zone)
    return on_the_wall(local.date() + timedelta(days=days), local.time(), zone).astimezone(UTC)


def _quiet_end(local: datetime, end: time) -> datetime:
    day = local.date() if local.time() < end else local.date() + DAY
    first = on_the_wall(day, end, local.tzinfo or UTC)
    if first.astimezone(UTC) > local.astimezone(UTC):
        return first
    # The clock was put back and `local` is in the second round, so the end that counts is the second one too.
    return first.replace(fold=1)

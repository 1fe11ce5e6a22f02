"""Wall time and instants: what a clock on the reader's wall shows, and when that is.

A day is never 24 hours and a zone is never an offset: a wall time belongs to a date in a zone and is converted once,
at the end. PEP 495's `fold=0`, the default, already is our rule for the two odd days of the year: a time that the
clock jumps over moves forward by the jump, a time that comes twice is its first occurrence.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

Quiet = tuple[time, time]

DAY = timedelta(days=1)


def on_the_wall(day: date, hour: time, zone: tzinfo) -> datetime:
    """When the clock shows `hour` on `day`, as local time that exists: moved forward out of a jump of the clock."""
    return datetime.combine(day, hour, zone).astimezone(UTC).astimezone(zone)


def is_quiet(clock: time, quiet: Quiet | None) -> bool:
    """Whether a wall time lies in the quiet hours: from their start up to, not including, their end."""
    if quiet is None:
        return False
    start, end = quiet
    return start <= clock < end if start <= end else clock >= start or clock < end


def quiet_end(local: datetime, quiet: Quiet) -> datetime:
    """The end of the quiet hours that `local` lies in; always after it."""
    end = quiet[1]
    day = local.date() if local.time() < end else local.date() + DAY
    first = on_the_wall(day, end, local.tzinfo or UTC)
    if first.astimezone(UTC) > local.astimezone(UTC):
        return first
    # The clock was put back and `local` is in the second round, so the end that counts is the second one too.
    return first.replace(fold=1)


def send_time(day: date, hour: time, zone: tzinfo, quiet: Quiet | None) -> datetime:
    """The local time at which mail for `hour` on `day` may go: out of quiet hours, perhaps on the next day."""
    local = on_the_wall(day, hour, zone)
    return quiet_end(local, quiet) if quiet is not None and is_quiet(local.time(), quiet) else local

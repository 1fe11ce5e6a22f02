"""What a simulation found: as text for a terminal, as values for a program, as a picture."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from course.models import Kind
from course.simulation.load import Backlog, Load, needed
from course.simulation.simulator import Scenario
from web.plot.calendar import Calendar, days_from, drawn
from web.plot.shapes import Picture
from web.spans import span

NAMES = {Kind.LESSON: "lessons", Kind.CONFIRMATION: "confirmations", Kind.COMPLETION: "completion letters"}
EIGHTHS = " ▁▂▃▄▅▆▇█"
ROWS = 6
WIDEST = 72
WIDTH = 960


def as_text(scenario: Scenario, load: Load) -> str:
    """A report of about thirty lines."""
    return "\n".join([_title(scenario), "", *_plots(scenario, load), *_figures(scenario, load)])


def _title(scenario: Scenario) -> str:
    first = _day(scenario.start)
    asked = f"{scenario.readers:,} imagined readers, {scenario.days} days from {first}, seed {scenario.seed}"
    return f"{scenario.course.title}\n{asked}; days and hours of {scenario.course.rules.timezone}"


def _plots(scenario: Scenario, load: Load) -> Iterator[str]:
    hour = load.busiest_hour
    if hour is None:
        return
    days, by_day = days_from(scenario.start, scenario.days), load.days
    many = -(-len(days) // WIDEST)
    sums = [sum(by_day.get(day, 0) for day in days[begun : begun + many]) for begun in range(0, len(days), many)]
    wide = max(1, WIDEST // len(sums))
    yield f"Mails {'a day' if many == 1 else f'in {many} days'}, at most {max(sums):,}"
    yield from _columns(sums, wide)
    yield from _under(days[::many], wide)
    yield ""
    yield f"Mails an hour on {_day(hour[0][0])}, at most {hour[1]:,}"
    yield from _columns([load.hours.get((hour[0][0], each), 0) for each in range(24)], 3)
    yield "".join(f"{each:02d}:00".ljust(18) for each in range(0, 24, 6)).rstrip()
    yield ""


def _columns(values: Sequence[int], wide: int) -> Iterator[str]:
    """Bars that stand side by side, each `wide` characters, the last of them a gap where there is room."""
    most, thick = max(values), max(1, wide - 1)
    for row in range(ROWS - 1, -1, -1):
        eighths = (round(value / most * ROWS * 8) - row * 8 for value in values)
        blocks = (EIGHTHS[min(8, max(0, each))] for each in eighths)
        yield "".join((block * thick).ljust(wide) for block in blocks).rstrip()


def _under(days: Sequence[date], wide: int) -> Iterator[str]:
    every = 7 * -(-8 // (7 * wide))
    yield "".join(f"{day.day} {day:%b}".ljust(every * wide) for day in days[::every]).rstrip()


def _figures(scenario: Scenario, load: Load) -> Iterator[str]:
    kinds = ", ".join(f"{load.kinds[kind]:,} {name}" for kind, name in NAMES.items() if load.kinds[kind])
    yield f"Mails          {load.mails:,}: {kinds}"
    day, hour = load.busiest_day, load.busiest_hour
    if day is None or hour is None:
        return
    yield f"Busiest day    {_day(day[0])}: {day[1]:,} mails"
    yield f"Busiest hour   {_day(hour[0][0])}, {hour[0][1]:02d}:00: {hour[1]:,} mails"
    yield f"Needed         {needed(load.dues):g} a second, so that nothing is more than 15 minutes late"
    if scenario.per_second is None:
        yield "Throttle       none: every mail leaves when it is due"
        return
    late = (
        f"half within {span(load.late(0.5))}, 99 % within {span(load.late(0.99))}, the last {span(load.late(1.0))} late"
    )
    yield f"Throttle       {scenario.per_second:g} a second: {late}"
    if load.worst is not None:
        yield f"Longest queue  {_backlog(load, load.worst)}"
    yield f"Another day    {load.moved:,} times a lesson was too late for its day and was planned anew"


def _backlog(load: Load, worst: Backlog) -> str:
    began = worst.began_at.astimezone(load.zone)
    return f"{_day(began.date())}, {began:%H:%M}: {worst.mails:,} mails, gone after {span(worst.lasted)}"


def as_json(scenario: Scenario, load: Load) -> dict[str, object]:
    """Instants in UTC as ISO 8601 with Z, days and hours local, lateness in seconds."""
    worst, by_day = load.worst, load.days
    return {
        "course": scenario.course.slug,
        "timezone": scenario.course.rules.timezone,
        "readers": scenario.readers,
        "start": scenario.start.isoformat(),
        "days": scenario.days,
        "seed": scenario.seed,
        "per_second": scenario.per_second,
        "mails": load.mails,
        "kinds": {kind.value: load.kinds[kind] for kind in NAMES},
        "busiest_day": {"day": load.busiest_day[0].isoformat(), "mails": load.busiest_day[1]}
        if load.busiest_day
        else None,
        "busiest_hour": {"hour": _hour(load.busiest_hour[0]), "mails": load.busiest_hour[1]}
        if load.busiest_hour
        else None,
        "needed_per_second": needed(load.dues),
        "lateness": {
            name: load.late(share).total_seconds() for name, share in (("p50", 0.5), ("p99", 0.99), ("max", 1.0))
        },
        "longest_queue": _queue(worst) if worst else None,
        "moved_to_another_day": load.moved,
        "by_day": {day.isoformat(): by_day.get(day, 0) for day in days_from(scenario.start, scenario.days)},
        "by_hour": {_hour(hour): mails for hour, mails in sorted(load.hours.items())},
    }


def _queue(worst: Backlog) -> dict[str, object]:
    return {
        "began": _instant(worst.began_at),
        "ended": _instant(worst.ended_at),
        "seconds": worst.lasted.total_seconds(),
        "mails": worst.mails,
    }


def picture(scenario: Scenario, load: Load) -> Picture:
    """Days as bars, hours beneath."""
    days = days_from(scenario.start, scenario.days)
    heading = f"{scenario.course.title}: {scenario.readers:,} imagined readers"
    return drawn(Calendar(days, load.hours, heading, _sentence(load)), WIDTH)


def _sentence(load: Load) -> str:
    day = load.busiest_day
    return f"{load.mails:,} mails by day and hour; most on {_day(day[0])}: {day[1]:,}." if day else "No mail at all."


def _day(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"


def _hour(hour: tuple[date, int]) -> str:
    return f"{hour[0].isoformat()}T{hour[1]:02d}:00"


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

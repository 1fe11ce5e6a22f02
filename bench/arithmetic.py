"""Due-time arithmetic: slots per second on one core."""

from collections.abc import Iterator
from datetime import date, time, timedelta

from bench.figures import Figure, at_least, cpu_seconds_of_five
from bench.lives import NOW, PLACES
from course.schedule import Past, Rules, Step, Wishes, parse_wait, slot

SLOTS = 20_000
BAR = 50_000


def figures() -> Iterator[Figure]:
    """Ordinary days, and days with everything that can push a slot."""
    plain = Rules(time(9), "Europe/Berlin")
    yield _figure("slots, 1 day", plain, Past(NOW))
    busy = Rules(
        time(9),
        "Europe/Berlin",
        weekdays=frozenset(range(5)),
        skip=((date(2026, 12, 24), date(2027, 1, 2)),),
        quiet=(time(21), time(8)),
    )
    received = tuple(NOW - timedelta(days=days) for days in range(3))
    yield _figure("slots, weekdays, holidays, quiet hours, gap", busy, Past(NOW, NOW - timedelta(hours=3), received))


def _figure(name: str, rules: Rules, past: Past) -> Figure:
    step = Step(parse_wait("1 day"))
    wishes = [Wishes(zone) for zone in PLACES]

    def work() -> None:
        for number in range(SLOTS):
            slot(step, rules, wishes[number % len(wishes)], past)

    return at_least(name, SLOTS / cpu_seconds_of_five(work), "per second and core", BAR)

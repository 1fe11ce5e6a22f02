"""Mails by day as bars, and beneath them every hour of those days: one column per day, one row per hour."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt

from web.plot.shapes import Anchor, Box, Picture, Shape, Words

LEFT, RIGHT, TOP, BETWEEN = 48, 8, 20, 44
# The height of the bars and of an hour, for a phone and for wider places.
LOW, HIGH, WIDE = (136, 8), (176, 11), 600
LABEL_ROOM = 48
STEPS = (1, 2, 5)
FAINTEST, STRONGEST = 0.12, 0.9


@dataclass(frozen=True)
class Calendar:
    """`days` in order, without gaps; how many mails in each (day, hour of the day). `heading` may be empty."""

    days: Sequence[date]
    hours: Mapping[tuple[date, int], int]
    heading: str = ""
    sentence: str = ""

    def on(self, day: date) -> int:
        """All mails of a day."""
        return sum(self.hours.get((day, hour), 0) for hour in range(24))


def days_from(first: date, number: int) -> tuple[date, ...]:
    """So many days, from the first on."""
    return tuple(first + timedelta(days=ahead) for ahead in range(number))


def drawn(calendar: Calendar, width: int) -> Picture:
    """The picture, `width` pixels wide."""
    frame = _Frame(calendar, width)
    heading = [Words(LEFT, 24, calendar.heading, "ink", size=15, bold=True)] if calendar.heading else []
    shapes = (*heading, *_bars(frame), *_hours(frame))
    return Picture(width, frame.hours_foot + 32, shapes, calendar.sentence)


class _Frame:
    """Where things stand."""

    def __init__(self, calendar: Calendar, width: int) -> None:
        self.calendar, self.width = calendar, width
        self.bars, self.row = HIGH if width >= WIDE else LOW
        self.foot = TOP + (28 if calendar.heading else 0) + self.bars
        self.hours_top = self.foot + BETWEEN
        self.hours_foot = self.hours_top + 24 * self.row
        self.column = (width - LEFT - RIGHT) / max(1, len(calendar.days))
        self.gap = min(4.0, self.column * 0.2)

    def x(self, number: int) -> float:
        """The left edge of a day's column."""
        return LEFT + number * self.column


def _bars(frame: _Frame) -> Iterator[Shape]:
    totals = [frame.calendar.on(day) for day in frame.calendar.days]
    most = max(totals, default=0)
    step = _step(most)
    scale = (frame.bars - 16) / max(1, most)
    for level in range(0, most + 1, step):
        y = frame.foot - level * scale
        yield Box(LEFT, y, frame.width - LEFT - RIGHT, 1, "line")
        yield Words(LEFT - 8, y + 4, _short(level), anchor="end", size=11)
    for number, mails in enumerate(totals):
        peak = mails == most and mails > 0 and number == totals.index(most)
        height = mails * scale
        yield Box(
            frame.x(number) + frame.gap / 2,
            frame.foot - height,
            frame.column - frame.gap,
            height,
            "accent" if peak else "bar",
        )
        if peak:
            yield _above(frame, number, frame.foot - height - 6, f"{mails:,}")
    yield from _dates(frame)


def _above(frame: _Frame, number: int, y: float, text: str) -> Words:
    """A label over a column, kept inside the picture at both ends."""
    middle = frame.x(number) + frame.column / 2
    anchor: Anchor = "middle"
    if middle < LEFT + 24:
        anchor, middle = "start", LEFT
    elif middle > frame.width - RIGHT - 24:
        anchor, middle = "end", frame.width - RIGHT
    return Words(middle, y, text, "accent", anchor, bold=True)


def _dates(frame: _Frame) -> Iterator[Shape]:
    """The days' names between both parts; every seventh at most where they are many."""
    fits = max(1, round(LABEL_ROOM / frame.column + 0.49))
    every = fits if fits <= 2 else 7 * -(-fits // 7)
    for number, day in enumerate(frame.calendar.days):
        if number % every == 0 and frame.x(number) + LABEL_ROOM * 0.7 < frame.width:
            yield Box(frame.x(number), frame.foot + 1, 1, 6, "quiet")
            yield Words(frame.x(number), frame.foot + 20, f"{day:%a}", size=11)
            yield Words(frame.x(number), frame.foot + 33, f"{day.day} {day:%b}", "ink", size=11)


def _hours(frame: _Frame) -> Iterator[Shape]:
    for hour in range(0, 24, 6):
        y = frame.hours_top + hour * frame.row
        yield Box(LEFT, y, frame.width - LEFT - RIGHT, 1, "line")
        yield Words(LEFT - 8, y + 9, f"{hour:02d}:00", anchor="end", size=11)
    yield Box(LEFT, frame.hours_foot, frame.width - LEFT - RIGHT, 1, "line")
    peak = max(sorted(frame.calendar.hours.items()), key=lambda each: each[1], default=None)
    if peak is None:
        return
    (day, hour), most = peak
    for number, each in enumerate(frame.calendar.days):
        yield from _cells(frame, number, most, hour if each == day else None)
    said = f"{most:,} on {day:%a} {day.day} {day:%b} between {hour:02d}:00 and {(hour + 1) % 24:02d}:00"
    yield Words(LEFT, frame.hours_foot + 20, said, "accent", bold=True)


def _cells(frame: _Frame, number: int, most: int, peak: int | None) -> Iterator[Shape]:
    """The hours of one day: the darker, the more mail, by the root, so that a little is seen beside a lot."""
    x, width = frame.x(number) + frame.gap / 2, frame.column - frame.gap
    for hour in range(24):
        mails = frame.calendar.hours.get((frame.calendar.days[number], hour), 0)
        y = frame.hours_top + hour * frame.row + 1
        if hour == peak:
            yield Box(x, y, width, frame.row - 1, "accent")
        elif mails:
            yield Box(x, y, width, frame.row - 1, "ink", FAINTEST + (STRONGEST - FAINTEST) * sqrt(mails / most))


def _short(level: int) -> str:
    """A number that fits beside the plot: 5,000, 20k, 1.5M."""
    if level < 10_000:
        return f"{level:,}"
    return f"{level / 1000:g}k" if level < 1_000_000 else f"{level / 1_000_000:g}M"


def _step(most: int) -> int:
    """The distance of lines so that there are at most four: 1, 2 or 5 times a power of ten."""
    power = 1
    while True:
        for step in STEPS:
            if most / (step * power) <= 4:
                return step * power
        power *= 10

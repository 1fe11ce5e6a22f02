"""The coming fortnight: how many mails on which day and in which hour, and what a relay makes of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template, request

from course.schedule.zones import zone
from course.simulation.load import Load, needed
from course.simulation.outlook import Outlook, Question, house_zone, outlook
from web.database import now, reading
from web.plot.calendar import Calendar, drawn
from web.plot.svg import inline
from web.spans import span

WIDE, NARROW = 760, 340
FASTEST = 10_000.0


@dataclass(frozen=True)
class Day:
    """One row of the table: how many mails, and how many in each hour of the day."""

    date: date
    mails: int
    hours: tuple[int, ...]

    @property
    def busiest(self) -> int:
        """The first hour in which most leave."""
        return self.hours.index(max(self.hours))


def register(desk: Blueprint) -> None:
    """Put the forecast at its address."""
    desk.add_url_rule("/forecast", "forecast", forecast)


def forecast() -> str:
    """What leaves in the next fourteen days, from real rows."""
    at, per_second = now(), _rate(request.args.get("per_second", ""))
    with reading() as session:
        name = request.args.get("zone", "")
        place = zone(name)
        if place is None:
            name = house_zone(session)
            place = zone(name)
        assert place is not None, "a course's zone was checked when it was saved"
        found = outlook(session, Question(place, per_second=per_second), at)
    calendar = Calendar(found.days, found.load.hours, sentence=_sentence(found))
    return render_template(
        "admin/forecast.html",
        found=found,
        days=list(_days(found)),
        zone=name,
        per_second=per_second,
        needed=needed(found.load.dues),
        span=span,
        wide=inline(drawn(calendar, WIDE)),
        narrow=inline(drawn(calendar, NARROW)),
    )


def _rate(text: str) -> float | None:
    """Mails per second out of a form; None where it says nothing that can be used."""
    try:
        rate = float(text)
    except ValueError:
        return None
    return rate if 0 < rate <= FASTEST else None


def _days(found: Outlook) -> Iterator[Day]:
    for each in found.days:
        hours = tuple(found.load.hours.get((each, hour), 0) for hour in range(24))
        yield Day(each, sum(hours), hours)


def _sentence(found: Outlook) -> str:
    return f"{_most(found.load)} The table beside it has the same numbers."


def _most(load: Load) -> str:
    day = load.busiest_day
    return f"Mails by day and hour; most on {day[0]:%A} {day[0].day} {day[0]:%B}: {day[1]:,}." if day else "No mails."

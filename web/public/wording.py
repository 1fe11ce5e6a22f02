"""In words: when a lesson comes, how long a course takes, on which days; and authors' lines without their tags."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from course.schedule.waits import WEEKDAYS, Wait
from emails.errors import Unrenderable
from emails.render import render_subject
from emails.sandbox import sample_values
from web.public.places import zone_words


def moment(at: datetime, zone: str, now: datetime) -> str:
    """An instant in the reader's zone: "Tuesday, 12 January at 09:00, Berlin time"; the year only where it differs."""
    return f"{day_and_hour(at, now)}, {zone_words(zone)}"


def day_and_hour(at: datetime, now: datetime) -> str:
    """An instant where the zone stands nearby: "Tuesday, 12 January at 09:00"."""
    return f"{day(at.date(), now.date())} at {at:%H:%M}"


def day(when: date, today: date) -> str:
    """A date: "Tuesday, 12 January", with the year where it is another one."""
    year = f" {when.year}" if when.year != today.year else ""
    return f"{when:%A}, {when.day} {when:%B}{year}"


def when_it_comes(wait: Wait, *, first: bool) -> str:
    """A lesson's wait for somebody who thinks of signing up."""
    if wait.kind == "immediately":
        return "At once, when you have confirmed" if first else "Together with the one before"
    if wait.kind == "date" and wait.date is not None:
        return f"On {wait.date.day} {wait.date:%B %Y}"
    if wait.kind == "weekday" and wait.weekday is not None:
        return f"On the next {WEEKDAYS[wait.weekday].capitalize()}"
    if wait.amount == 0:
        return "At your next hour" if first else "At the next hour"
    return f"{wait} {'after you have confirmed' if first else 'later'}"


def span(waits: Iterable[Wait]) -> str:
    """How long a course takes: "over 9 days"; nothing where it is over at once or cannot be said."""
    each = list(waits)
    if any(wait.kind in ("date", "weekday") for wait in each):
        return ""
    days = sum(wait.days() for wait in each if wait.day_based)
    days += sum((wait.elapsed for wait in each if wait.kind in ("minutes", "hours")), timedelta()).days
    if days < 2:
        return ""
    return f"over {days // 7} weeks" if days % 7 == 0 and days > 7 else f"over {days} days"


def lessons(count: int) -> str:
    """A number of lessons."""
    return "1 lesson" if count == 1 else f"{count} lessons"


def open_days(weekdays: frozenset[int]) -> str:
    """The days on which lessons come."""
    if len(weekdays) == 7:
        return "Every day of the week"
    if weekdays == frozenset(range(5)):
        return "Monday to Friday"
    names = [f"{WEEKDAYS[number].capitalize()}s" for number in sorted(weekdays)]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def clock(hour: time) -> str:
    """An hour as it stands in a form: "09:00"."""
    return f"{hour:%H:%M}"


def line(text: str, name: str = "") -> str:
    """An author's subject or preview line as a page shows it: it may greet a reader by name, or hold other tags."""
    values = sample_values()
    values["reader"]["name"] = name
    try:
        return render_subject(text, values)
    except Unrenderable:
        return text

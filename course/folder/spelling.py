"""How a person spells things in the keys of a course: hours, days, lengths of time.

Each reader takes the text of one value and gives what it means, or raises Wrong with a sentence.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, time, timedelta
from difflib import get_close_matches
from typing import Literal, TypeVar, cast

from course.folder.source import Status
from course.schedule.zones import known_zone, zones

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LENGTH = re.compile(r"(\d{1,5})\s*(minutes?|hours?|days?|weeks?)", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
_LONGEST_SKIP = timedelta(days=366)
_LONGEST_GAP = timedelta(days=31)

T = TypeVar("T", bound=str)


class Wrong(ValueError):
    """A value that cannot be read: one sentence, and what to write instead."""

    def __init__(self, sentence: str, hint: str | None = None) -> None:
        super().__init__(sentence)
        self.hint = hint


def line(longest: int) -> Callable[[str], str]:
    """Text on one line, trimmed, neither empty nor longer than `longest` characters."""

    def read(text: str) -> str:
        if "\n" in text.strip():
            raise Wrong("This must fit on one line.", "use `>-` or quotes to fold it")
        return prose(longest)(text)

    return read


def prose(longest: int) -> Callable[[str], str]:
    """Text with line breaks allowed, trimmed, neither empty nor longer than `longest` characters."""

    def read(text: str) -> str:
        trimmed = text.strip()
        if not trimmed:
            raise Wrong("This is empty.")
        if len(trimmed) > longest:
            raise Wrong(f"This has {len(trimmed)} characters; {longest} are the most.")
        if _CONTROLS.search(trimmed):
            raise Wrong("This holds a control character.", "remove it")
        return trimmed

    return read


def one_of(choices: tuple[T, ...]) -> Callable[[str], T]:
    """One of a few words, in any case."""

    def read(text: str) -> T:
        word = text.strip().lower()
        if word not in choices:
            raise Wrong(f"`{text}` is none of {', '.join(choices)}.", did_you_mean(word, choices))
        return word

    return read


def did_you_mean(word: str, choices: Iterable[str]) -> str | None:
    """A hint that names the nearest choice, if one is near."""
    near = get_close_matches(word, list(choices), n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else None


status = one_of(cast(tuple[Status, ...], ("draft", "published")))


def identifier(text: str) -> str:
    """A short name for addresses and ids: [a-z0-9-], at most 64, no hyphen at its ends."""
    if re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?", text):
        return text
    nearest = re.sub(r"[^a-z0-9]+", "-", text.lower())[:64].strip("-")
    raise Wrong(
        f"`{text}` is not made of small letters, digits and hyphens, 64 at most.",
        f"for example `{nearest}`" if nearest else None,
    )


def language(text: str) -> str:
    """A BCP 47 tag such as `en` or `pt-BR`."""
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", text):
        raise Wrong(f"`{text}` is no language.", "write a tag such as `en` or `pt-BR`")
    return text


def yes_or_no(text: str) -> bool:
    """yes, no, and what YAML takes for them."""
    word = text.strip().lower()
    if word in ("yes", "true", "on"):
        return True
    if word in ("no", "false", "off"):
        return False
    raise Wrong(f"`{text}` is neither yes nor no.")


def hour(text: str) -> time:
    """A wall time, 0:00 to 23:59."""
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text.strip(), re.ASCII)
    if match is None:
        raise Wrong(f"`{text}` is no time of day.", 'write it as "09:00"')
    return time(int(match[1]), int(match[2]))


def quiet(text: str) -> tuple[time, time] | None:
    """Quiet hours such as 21:00-08:00, or none."""
    if text.strip().lower() == "none":
        return None
    start, separator, end = re.sub(r"\s*[-–]\s*", "-", text).partition("-")
    if not separator:
        raise Wrong(f"`{text}` is no span of hours.", 'write "21:00-08:00", or none')
    begins, ends = hour(start), hour(end)
    if begins == ends:
        raise Wrong("These quiet hours begin when they end.", "write none if no hour is quiet")
    return begins, ends


def day(text: str) -> date:
    """A calendar day, 2027-03-28."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text.strip(), re.ASCII):
            return date.fromisoformat(text.strip())
    except ValueError:
        raise Wrong(f"There is no {text.strip()} in the calendar.") from None
    raise Wrong(f"`{text}` is no date.", "write it as 2027-03-28")


def days(text: str) -> tuple[date, date]:
    """A day, or a range of days with both ends in it: 2027-12-24..2027-12-26."""
    first, separator, last = text.partition("..")
    begins = day(first)
    ends = day(last) if separator else begins
    if ends < begins:
        raise Wrong("This range ends before it begins.", f"write {ends}..{begins}")
    if ends - begins > _LONGEST_SKIP:
        raise Wrong("This range is longer than a year.")
    return begins, ends


def weekdays(text: str) -> tuple[int, ...]:
    """A weekday or a range of them, 0 for Monday: mon, Saturday, mon-fri."""
    first, separator, last = text.replace("–", "-").partition("-")
    begins = _weekday(first)
    ends = _weekday(last) if separator else begins
    return tuple((begins + step) % 7 for step in range((ends - begins) % 7 + 1))


def _weekday(text: str) -> int:
    word = text.strip().lower()
    for number, (short, name) in enumerate(zip(DAYS, _DAY_NAMES, strict=True)):
        if word in (short, name):
            return number
    raise Wrong(
        f"`{text.strip()}` is no weekday.",
        did_you_mean(word, _DAY_NAMES) or "write mon, tue, wed, thu, fri, sat or sun",
    )


def gap(text: str) -> timedelta:
    """The shortest time between two lessons: 18 hours, 90 minutes, none."""
    if text.strip().lower() in ("none", "0"):
        return timedelta()
    length = _length(text, 'write it as "18 hours"')
    if length > _LONGEST_GAP:
        raise Wrong("A gap longer than 31 days stands in the way of every wait.")
    return length


def fallback_days(text: str) -> int:
    """After how many days something goes on by itself: 5 days, 2 weeks."""
    length = _length(text, 'write it as "5 days"')
    if length.seconds or not 1 <= length.days <= 365:
        raise Wrong("This takes whole days, from 1 to 365.", 'write it as "5 days"')
    return length.days


def _length(text: str, hint: str) -> timedelta:
    match = _LENGTH.fullmatch(text.strip())
    if match is None:
        raise Wrong(f"`{text}` is no length of time.", hint)
    unit = cast(Literal["minutes", "hours", "days", "weeks"], match[2].lower().removesuffix("s") + "s")
    return timedelta(**{unit: int(match[1])})


def cap(text: str) -> int | None:
    """The most lessons in a day over all courses, or none."""
    if text.strip().lower() == "none":
        return None
    if not re.fullmatch(r"[1-9]\d?", text.strip(), re.ASCII):
        raise Wrong(f"`{text}` is no number from 1 to 99.")
    return int(text)


def zone(text: str) -> str:
    """An IANA time zone."""
    if not known_zone(text):
        raise Wrong(f"`{text}` is no time zone.", did_you_mean(text, zones()) or "write it as Europe/Berlin")
    return text


def setting(text: str) -> str:
    """One value of a theme: one line; a colour has six digits."""
    value = line(300)(text)
    if value.startswith("#") and not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise Wrong(f"`{value}` is no colour.", 'write it as "#b8452b"')
    return value

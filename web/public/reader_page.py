"""A reader's page in words: rows with dates, what comes next, what may be changed."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from course.progress import Asked, ReaderPage, Row
from course.schedule import Wishes, local_zone
from course.tokens import Purpose, Tokens
from web.public.course_page import hours
from web.public.places import zone_words
from web.public.wording import clock, day, day_and_hour, lessons, line

PACES = (("0.5", "Twice as fast"), ("1", "As planned"), ("1.5", "A little slower"), ("2", "Half as fast"))
MARKS = {"received": "is-done", "next": "is-next", "failed": "is-held"}


@dataclass(frozen=True)
class RowEntry:
    """One lesson on the reader's time line; `read_path` is empty until it can be read online."""

    mark: str
    subject: str
    when: str
    why: tuple[str, ...]
    key: str
    read_path: str
    under_way: bool
    dated: bool


@dataclass(frozen=True)
class ReaderEntry:
    """Everything the reader's page shows."""

    name: str
    email: str
    course_name: str
    course_title: str
    slug: str
    state: str
    done: int
    total: int
    progress: str
    next: RowEntry | None
    next_key: str
    asked: Asked | None
    resting_until: str
    rows: tuple[RowEntry, ...]
    hour: str
    course_hour: str
    hours: tuple[str, ...]
    zone: str
    zone_name: str
    course_zone_name: str
    pace: str
    paces: tuple[tuple[str, str], ...]
    may: frozenset[str]
    leave_path: str


def reader_page(page: ReaderPage, tokens: Tokens, handle: str, now: datetime) -> ReaderEntry:
    """Put a reader's progress into words, in their own zone."""
    local = local_zone(page.course.rules, Wishes(page.timezone, None))
    zone = local.key
    rows = {
        row.lesson.key: _row(row, _read_path(row, tokens, handle), page.reader_name, now)
        for row in page.rows
        if row.state != "passed"
    }
    following = next((row.lesson.key for row in page.rows if row.state in ("next", "failed", "waiting")), "")
    return ReaderEntry(
        name=page.reader_name,
        email=page.email_masked,
        course_name=page.course.title.partition(": ")[0],
        course_title=page.course.title,
        slug=page.course.slug,
        state=page.state,
        done=page.done,
        total=page.total,
        progress=f"{page.done} of {lessons(page.total)}",
        next=rows.get(following),
        next_key=page.next_key or "",
        asked=page.asked,
        resting_until=_until(page, local, now),
        rows=tuple(rows.values()),
        hour=page.hour or "",
        course_hour=clock(page.course.rules.hour),
        hours=hours(page.course),
        zone=page.timezone or "",
        zone_name=zone_words(zone),
        course_zone_name=zone_words(page.course.rules.timezone),
        pace=f"{page.pace:g}",
        paces=PACES,
        may=page.course.reader_may,
        leave_path=f"/unsubscribe/{tokens.sign(Purpose.LEAVE, handle)}",
    )


def _row(row: Row, read_path: str, name: str, now: datetime) -> RowEntry:
    return RowEntry(
        mark=MARKS.get(row.state, ""),
        subject=line(row.lesson.subject, name),
        when=_when(row, now),
        why=row.why,
        key=row.lesson.key,
        read_path=read_path,
        under_way=_under_way(row, now),
        dated=row.at is not None and not _under_way(row, now),
    )


def _when(row: Row, now: datetime) -> str:
    if row.state == "failed":
        return "Held up on our side; we are looking into it"
    if row.at is None:
        return ""
    return "On its way to your inbox" if _under_way(row, now) else day_and_hour(row.at, now)


def _under_way(row: Row, now: datetime) -> bool:
    return row.state == "next" and row.at is not None and row.at <= now


def _until(page: ReaderPage, zone: ZoneInfo, now: datetime) -> str:
    """The day on which the reader's pause ends, if they named one."""
    if page.paused_until is None:
        return ""
    return day(page.paused_until.astimezone(zone).date(), now.date())


def _read_path(row: Row, tokens: Tokens, handle: str) -> str:
    return f"/read/{tokens.sign(Purpose.READ, handle, row.lesson.key)}" if row.may_read else ""

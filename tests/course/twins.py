"""Readers who are alike in all that a plan depends on, but for one thing: a family for each such thing.

It is 11 in the morning of Monday, 15 March 2027, in New York, whose clocks all times are told by. Unless said
otherwise the reader had lesson "one" this morning at nine, and "two" is planned for tomorrow at nine.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.folder import CourseSource, LessonSource, parse_lesson
from course.models import Delivery, Edition, Enrollment, Lesson, Pause, Reader, Sign
from tests.course.crowds import FIRST, NOW, SECOND
from tests.factories import at, course_source, lesson, publish_change, publish_course

MORNING = "03-15 09:00"
EVENING = "03-15 18:00"
TOMORROW = "03-16 09:00"
LATER = "03-17 09:00"
LATE = "03-13 09:00"


@dataclass(frozen=True)
class One:
    """A reader. Times are "MM-DD HH:MM"; `sent` and `skipped` are lessons and times, `kept` is the slot of what was
    sent (None: it was not day-based), `pauses` are spans of this reader's own."""

    timezone: str | None = "America/New_York"
    hour: str | None = None
    pace: float = 1.0
    state: str = "active"
    until: str | None = None
    began: str = "03-10 10:00"
    wait: str | None = None
    sent: tuple[tuple[str, str], ...] = (("one", MORNING),)
    skipped: tuple[tuple[str, str], ...] = ()
    kept: str | None = "03-14 09:00"
    said: tuple[tuple[str, str], ...] = ()
    pauses: tuple[tuple[str, str], ...] = ()
    row: str = "two"
    row_state: str = "planned"
    slot: str = TOMORROW
    due: str = TOMORROW
    edition: int = 2
    wishes: int = 0
    asked: bool = False


_EARLY = One(slot=EVENING, due=EVENING)
_NEW = replace(_EARLY, began=MORNING, sent=(), row="one")
_TWO = (("one", "03-10 11:00"), ("two", "03-11 09:00"))
_GATE = replace(_EARLY, sent=(("one", "03-13 09:00"), ("two", "03-14 09:00"), ("three", MORNING)), row="four")
_BACK = replace(_EARLY, sent=(*_TWO, ("three", "03-14 09:00")), began=MORNING, row="four")
_LATE = One(sent=(("one", "03-12 09:00"),), kept="03-12 09:00", slot=LATE, due=LATE)
_DONE = (("three", "03-15 10:00"),)


FAMILIES = {
    "zone": (One(), One(timezone="America/Chicago")),
    "hour": (One(), One(hour="18:00")),
    "pace": (One(), One(pace=2.0)),
    "state": (One(), One(state="paused")),
    "end of the pause": (replace(_EARLY, state="paused", until="03-18 12:00"),
                         replace(_EARLY, state="paused", until="03-20 12:00")),
    "wait after the anchor": (_NEW, replace(_NEW, wait="3 days")),
    "day of the anchor": (_EARLY, replace(_EARLY, sent=(("one", "03-14 09:00"),))),
    "lessons had": (One(row="four"), One(sent=(("two", MORNING),), row="four")),
    "slot of the gap": (
        One(hour="01:00", kept="03-15 01:00", slot="03-16 01:00", due="03-16 01:00"),
        One(hour="01:00", kept=MORNING, slot="03-16 01:00", due="03-16 01:00"),
    ),
    "sent or skipped": (
        One(began="03-15 08:00", wait="3 days", kept=None),
        One(began="03-15 08:00", wait="3 days", kept=None, sent=(), skipped=(("one", MORNING),)),
    ),
    "day of the last before the anchor": (_BACK, replace(_BACK, sent=(*_TWO, ("three", "03-13 09:00")))),
    "the last asks": (
        _GATE,
        replace(_GATE, sent=(("one", "03-13 09:00"), ("two", MORNING), ("three", "03-14 09:00"))),
    ),
    "said or not": (_GATE, replace(_GATE, said=(("three", "03-15 10:00"),))),
    "said by a clock that runs ahead": (
        replace(_GATE, said=(("three", "03-16 12:00"),)),
        replace(_GATE, said=(("three", "03-17 12:00"),)),
    ),
    "planned under these wishes": (_LATE, replace(_LATE, wishes=1)),
    "planned lesson": (One(), One(row="four")),
    "state of the row": (_EARLY, replace(_EARLY, row_state="uncertain")),
    "slot of the row": (One(due="03-16 12:00"), One(slot="03-15 18:00", due="03-16 12:00")),
    "due time of the row": (One(), One(due="03-16 12:00")),
    "edition of the row": (_LATE, replace(_LATE, edition=1)),
    "asked for": (_EARLY, replace(_EARLY, asked=True)),
    "own pause": (_LATE, replace(_LATE, pauses=(("03-12 12:00", "03-15 10:00"),))),
    "pause of all": tuple(
        replace(_LATE, sent=(("one", minute),), kept="03-10 09:00", slot="03-12 09:00", due="03-12 09:00")
        for minute in ("03-11 08:00", "03-11 10:00")
    ),
    # The first is in days. The others, whose minutes count, must not be taken for the like.
    "lesson in hours": (One(), *(
        replace(_GATE, sent=(*_TWO, ("four", "03-12 09:00"), ("three", minute)), said=_DONE, row="five")
        for minute in (MORNING, "03-15 09:30")
    )),
    "wait in hours after the anchor": tuple(
        replace(_NEW, wait=wait, began=minute, slot="03-15 12:00")
        for wait, minute in ((None, MORNING), ("6 hours", MORNING), ("6 hours", "03-15 09:30"))
    ),
    "days of another zone": (One(), *(
        replace(_EARLY, sent=(("one", minute),), timezone="Pacific/Apia") for minute in ("03-15 05:30", "03-15 08:00")
    )),
    "edition in hours": tuple(
        replace(_GATE, sent=(*_TWO, ("three", minute)), said=_DONE, edition=edition, slot=LATER, due=LATER)
        for minute, edition in (("03-15 03:00", 2), ("03-15 03:00", 1), ("03-15 04:00", 1))
    ),
    # Puerto Rico, whose clocks stay, has New York's time since yesterday, and had an hour more before.
    "edition of another zone": tuple(
        replace(_NEW, timezone=None, edition=1, slot=LATER, due=LATER, began=minute)
        for minute in ("03-13 22:00", "03-13 23:30")
    ),
}  # fmt: skip


class Twins:
    """A course of two editions that rested for an hour once, and all families in the middle of it.

    `names` says of each enrollment family it is of, and its place there."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.course = publish_course(
            session, *_lessons("10 days", "30 hours"), at=FIRST, timezone="America/Puerto_Rico"
        )
        publish_change(session, self.course, *_lessons("1 day", "1 day"), at=SECOND)
        theirs = select(Lesson).where(Lesson.course_id == self.course.id)
        self.lessons = {each.key: each.id for each in session.scalars(theirs)}
        mine = select(Edition.id).where(Edition.course_id == self.course.id)
        self.editions = session.scalars(mine.order_by(Edition.number)).all()
        self._rest(None, ("03-11 08:30", "03-11 09:30"))
        self.names = {
            self._join(f"{name} {place}", one): (name, place)
            for name, family in FAMILIES.items()
            for place, one in enumerate(family)
        }
        session.flush()
        session.expire_all()

    def draft(self) -> CourseSource:
        """One lesson more behind all others."""
        return course_source(*_lessons("1 day", "1 day"), lesson("six"))

    def _join(self, name: str, one: One) -> int:
        reader = Reader(
            handle=f"r {name}", email=f"{name}@example.org", digest=name, name="", created_at=FIRST,
            timezone=one.timezone, hour=one.hour, pace=one.pace, wishes_number=0,
        )  # fmt: skip
        mine = Enrollment(
            handle=f"e {name}", reader=reader, course_id=self.course.id, state=one.state, created_at=FIRST,
            asked_at=FIRST, confirmed_at=FIRST, anchor_at=_here(one.began), anchor_wait=one.wait,
            paused_until=one.until and _here(one.until),
        )  # fmt: skip
        self.session.add_all((reader, mine))
        self.session.flush()
        self._deliver(mine, one)
        for key, said_at in one.said:
            self.session.add(Sign(enrollment_id=mine.id, lesson_id=self.lessons[key], said_at=_here(said_at)))
        for span in one.pauses:
            self._rest(mine.id, span)
        return mine.id

    def _rest(self, whose: int | None, span: tuple[str, str]) -> None:
        began, ended = map(_here, span)
        rest = Pause(course_id=self.course.id, enrollment_id=whose, began_at=began, ended_at=ended, mode="active")
        self.session.add(rest)

    def _deliver(self, mine: Enrollment, one: One) -> None:
        """In the order of the lessons, so that the same ones are told in the same order."""
        came = {**dict(one.sent), **dict(one.skipped)}
        for key in sorted(came, key=lambda each: self.lessons[each]):
            row = self._row(mine, key, one.kept or came[key])
            row.state, row.sent_at = "skipped" if key in dict(one.skipped) else "sent", _here(came[key])
            row.day_based = one.kept is not None
        row = self._row(mine, one.row, one.slot)
        row.state, row.due_at, row.asked = one.row_state, _here(one.due), one.asked
        row.edition_id, row.wishes_number = self.editions[one.edition - 1], one.wishes

    def _row(self, mine: Enrollment, key: str, slot: str) -> Delivery:
        row = Delivery(
            kind="lesson", state="planned", priority=1, enrollment_id=mine.id, reader_id=mine.reader_id,
            lesson_id=self.lessons[key], slot_at=_here(slot), day_based=True, created_at=FIRST,
        )  # fmt: skip
        self.session.add(row)
        return row


def _lessons(two: str, four: str) -> list[LessonSource]:
    third = lesson("three")
    asks = third.source.replace("wait:", "asks: {done: Done, fallback: 5 days}\nwait:")
    return [
        lesson("one"), lesson("two", two), parse_lesson(asks, third.file_name), lesson("four", four),
        lesson("five", "6 hours"),
    ]  # fmt: skip


def _here(text: str) -> datetime:
    return at(f"2027-{text}", "America/New_York")


assert _here("03-15 11:00") == NOW

"""A course with some history and a crowd in the middle of it, by chance: what could stand in the tables, and more.

Few zones, days and hours, and siblings, so that many readers are nearly alike; and among them everything that makes
one different.
"""

from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.folder import CourseSource, LessonSource, parse_lesson
from course.models import Course, Delivery, Edition, Enrollment, Lesson, Pause, Reader, Sign
from tests.factories import at, course_source, lesson, publish_change, publish_course

NOW = at("2027-03-15 15:00")  # the Monday after New York's clocks went forward
FIRST, SECOND = NOW - timedelta(days=60), NOW - timedelta(days=4, hours=3)
ZONES = ("America/New_York", "America/New_York", "Pacific/Apia", "America/St_Johns", None, "Mars/Base")
HOURS = (None, None, "09:00", "20:30")
WAITS = (
    "0 days",
    "1 day",
    "1 day",
    "2 days",
    "5 days",
    "1 week",
    "next friday",
    "6 hours",
    "90 minutes",
    "immediately",
)
KEYS = ("one", "two", "three", "four", "five", "six", "seven", "new")
OPEN = ("planned", "planned", "planned", "planned", "planned", "claimed", "sending", "uncertain", "failed")
FAMILIES, SIBLINGS = 12, 3


class Crowd:
    """Everything in it follows from the seed."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.chance, self.minutes = session, Random(seed), Random(-seed)
        self.course = self._published()
        theirs = select(Lesson.id).where(Lesson.course_id == self.course.id)
        self.lessons = list(session.scalars(theirs.order_by(Lesson.id)))
        self.editions = list(session.scalars(select(Edition.id).where(Edition.course_id == self.course.id)))
        self.enrollments = [self._join(number, seed) for number in range(FAMILIES * SIBLINGS)]
        self.chance = Random(seed)
        for each in (None, None, *self.chance.sample(self.enrollments, 5)):
            self._rest(each)
        session.flush()
        session.expire_all()

    def draft(self) -> CourseSource:
        """Any other state of the course."""
        keys = list(KEYS)
        if self.chance.random() < 0.5:
            self.chance.shuffle(keys)
        taken = sorted(self.chance.sample(range(len(keys)), self.chance.randrange(2, len(keys) + 1)))
        hour, quiet = self.chance.choice(("09:00", "09:00", "10:30")), self.chance.choice(("none", "21:00-08:00"))
        lessons = [_written(keys[place], self.chance.choice(WAITS)) for place in taken]
        zone = self.chance.choice(("America/New_York", "America/New_York", "Asia/Kathmandu"))
        return course_source(*lessons, hour=hour, quiet=quiet, timezone=zone)

    def _published(self) -> Course:
        """Two editions: the second has lessons between those that some had received before it."""
        waits = {key: self.chance.choice(WAITS) for key in KEYS}
        old = [_written(key, waits[key]) for key in KEYS if key not in {"four", "seven", "new"}]
        course = publish_course(self.session, *old, at=FIRST)
        waits["six"] = self.chance.choice(WAITS)
        publish_change(self.session, course, *(_written(key, waits[key]) for key in KEYS[:-1]), at=SECOND)
        return course

    def _join(self, number: int, seed: int) -> Enrollment:
        """Siblings have all in common but the minutes at which things happened, and sometimes the day or a lesson."""
        self.chance = Random(f"{seed} {number % FAMILIES}")
        self.odd = self.minutes.choice(("", "", "day", "lesson"))
        reader = Reader(
            handle=f"r{number}", email=f"r{number}@example.org", digest=f"d{number}", name="", created_at=FIRST,
            timezone=self.chance.choice(ZONES), hour=self.chance.choice(HOURS),
            pace=self.chance.choice((1.0, 1.0, 1.0, 2.0)), wishes_number=self.chance.randrange(2),
        )  # fmt: skip
        began = self._instant()
        mine = Enrollment(
            handle=f"e{number}", reader=reader, course_id=self.course.id, state="active", created_at=began,
            asked_at=began, confirmed_at=began, anchor_at=self.chance.choice((began, began, self._instant(), None)),
            anchor_wait=self.chance.choice((None, None, None, None, "0 days", "2 days")),
        )  # fmt: skip
        if self.chance.random() < 0.2:
            mine.state = self.chance.choice(("paused", "paused", "completed", "ended"))
            mine.paused_until = self.chance.choice((None, NOW + timedelta(days=2), NOW - timedelta(hours=2)))
        self.session.add_all((reader, mine))
        self.session.flush()
        self._deliver(mine)
        return mine

    def _deliver(self, mine: Enrollment) -> None:
        had = self.chance.randrange(len(self.lessons))
        order = self.lessons if self.chance.random() < 0.8 else self.chance.sample(self.lessons, len(self.lessons))
        if self.odd == "lesson" and had + 1 < len(order):
            order = [order[-1], *order[1:-1], order[0]]
        for lesson_id in order[:had]:
            sent_at = self._instant()
            state = self.chance.choice(("sent", "sent", "sent", "sent", "sent", "skipped", "cancelled"))
            row = self._row(mine, lesson_id, state, self._instant(ahead=True) - timedelta(days=4))
            row.sent_at = sent_at if state != "cancelled" else None
            if self.chance.random() < 0.3:
                said_at = sent_at + timedelta(days=self.chance.choice((0, 1, 9)))
                self.session.add(Sign(enrollment_id=mine.id, lesson_id=lesson_id, said_at=said_at))
        if self.chance.random() < 0.9:
            row = self._row(mine, order[had], self.chance.choice(OPEN), self._instant(ahead=True))
            if row.state in {"planned", "uncertain"}:
                row.due_at = self.chance.choice((row.slot_at, row.slot_at, None, row.slot_at + timedelta(hours=1)))
            row.asked = self.chance.random() < 0.05

    def _row(self, mine: Enrollment, lesson_id: int, state: str, slot_at: datetime) -> Delivery:
        row = Delivery(
            kind="lesson", state=state, priority=1, enrollment_id=mine.id, reader_id=mine.reader_id,
            lesson_id=lesson_id, slot_at=slot_at, day_based=self.chance.random() < 0.8, created_at=FIRST,
            edition_id=self.chance.choice(self.editions), wishes_number=self.chance.choice((0, 0, 1, None)),
        )  # fmt: skip
        self.session.add(row)
        return row

    def _instant(self, *, ahead: bool = False) -> datetime:
        """On one of a few days, at an hour of many mails, to the microsecond."""
        days = timedelta(days=self.chance.choice((0, 1, 1, 2) if ahead else (-1, -1, -2, -3, -6, -9)))
        hour = timedelta(hours=self.chance.choice((-1, -1, -2, -8, -14)))
        late = timedelta() if ahead else timedelta(microseconds=self.minutes.randrange(3_600_000_000))
        if not ahead and self.odd == "day":
            late -= timedelta(days=1)
        return NOW + days + hour + late

    def _rest(self, mine: Enrollment | None) -> None:
        """A pause that is over, of the course or of one reader; some courses never had one."""
        if mine is not None or self.chance.random() < 0.3:
            ended, mode = self._instant(), self.chance.choice(("original", "restart", "active"))
            began = ended - timedelta(days=self.chance.randrange(1, 4))
            whose = mine.id if mine else None
            self.session.add(
                Pause(course_id=self.course.id, enrollment_id=whose, began_at=began, ended_at=ended, mode=mode)
            )


def _written(key: str, wait: str) -> LessonSource:
    """The third one asks for a sign of life, and so does a second one in some editions."""
    made = lesson(key, wait)
    if key != "three" and (key, wait) != ("two", "1 day"):
        return made
    return parse_lesson(made.source.replace("wait:", "asks: {done: Done, fallback: 2 days}\nwait:"), made.file_name)

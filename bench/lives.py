"""What happened to one reader of the benchmark's course, as the real schedule and chance have it."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from course.gates import gate_of
from course.schedule import Past, Slot, Wishes, local_zone, when_replanned
from course.schedule import slot as first_slot
from course.sequence import Sequence, SequenceLesson

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAYS = 32  # how long the course has been running
PLACES = (
    "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Europe/London", "America/Los_Angeles", "America/Chicago",
    "Europe/Paris", "Australia/Sydney", "America/Sao_Paulo", "Asia/Tokyo", "America/Toronto", "Europe/Madrid",
    "Europe/Rome", "Europe/Amsterdam", "Africa/Lagos", "Asia/Singapore", "America/Denver", "Europe/Warsaw",
    "Europe/Stockholm", "Europe/Zurich", "Asia/Dubai", "Africa/Johannesburg", "America/Mexico_City", "Asia/Manila",
    "Europe/Istanbul", "Pacific/Auckland", "Europe/Lisbon", "Asia/Jakarta", "America/Bogota", "Europe/Dublin",
    "Asia/Kathmandu", "America/St_Johns", "Asia/Seoul", "Africa/Nairobi", "America/Argentina/Buenos_Aires",
    "Australia/Adelaide", "Europe/Kyiv", "Asia/Shanghai", "America/Halifax", "Pacific/Apia",
)  # fmt: skip
HOURS = ("07:30", "06:00", "08:00", "12:30", "18:00", "20:00", "19:30", "17:15")


@dataclass
class Sent:
    """A lesson, by its place, that went out."""

    place: int
    planned_at: datetime
    slot_at: datetime
    sent_at: datetime
    day_based: bool


@dataclass
class Life:
    """Somebody's wishes, what they have had, and what is planned for them (`due_at` None: it is held)."""

    confirmed_at: datetime
    timezone: str | None
    hour: str | None
    pace: float
    state: str = "active"
    paused_until: datetime | None = None
    rested: tuple[datetime, datetime] | None = None
    said: tuple[int, datetime] | None = None
    sent: list[Sent] = field(default_factory=list)
    planned: Sent | None = None
    due_at: datetime | None = None

    @property
    def wishes(self) -> Wishes:
        """As the schedule wants them."""
        return Wishes(self.timezone, time.fromisoformat(self.hour) if self.hour else None, self.pace)


def live(sequence: Sequence, chance: random.Random) -> Life:
    """One life, from a confirmation within the last month until now."""
    life = Life(
        confirmed_at=NOW - timedelta(seconds=chance.randrange(DAYS * 24 * 3600)),
        timezone=_zone(chance),
        hour=chance.choice(HOURS) if chance.random() < 0.35 else None,
        pace=chance.choice((0.5, 2.0)) if chance.random() < 0.08 else 1.0,
    )
    for place, lesson in enumerate(sequence.lessons):
        slot, opens_at = _next(life, sequence, lesson, chance)
        step = Sent(place, _planned_at(life), slot.slot_at, slot.at + _late(chance), lesson.step.wait.day_based)
        if opens_at is None or step.sent_at >= NOW:
            life.planned, life.due_at = step, slot.at if opens_at else None
            return _resting(life, sequence, chance)
        life.sent.append(step)
    life.state = "completed"
    return life


def _zone(chance: random.Random) -> str | None:
    """Some zones have many readers, most have few; a few readers never told theirs."""
    if chance.random() < 0.03:
        return None
    return chance.choices(PLACES, [1 / (rank + 2) for rank in range(len(PLACES))])[0]


def _late(chance: random.Random) -> timedelta:
    hours = chance.randrange(1, 6) if chance.random() < 0.02 else 0
    return timedelta(hours=hours, seconds=chance.expovariate(1 / 200))


def _planned_at(life: Life) -> datetime:
    return life.sent[-1].sent_at if life.sent else life.confirmed_at


def _next(
    life: Life, sequence: Sequence, lesson: SequenceLesson, chance: random.Random
) -> tuple[Slot, datetime | None]:  # fmt: skip
    """When the lesson goes, and since when the gate before it is open: None while it waits for its reader."""
    rules, wishes, past = sequence.course.rules, life.wishes, _past(life)
    opens_at: datetime | None = past.anchor
    asks = sequence.lessons[life.sent[-1].place].source.asks if life.sent else None
    if asks is not None:
        said_at = past.anchor + timedelta(hours=chance.expovariate(1 / 30))
        if said_at < NOW and chance.random() < 0.8:
            life.said = (life.sent[-1].place, said_at)
        said = life.said[1] if life.said else None
        gate = gate_of(asks, past.anchor, said, local_zone(rules, wishes))
        opens_at = gate.opens_at if gate else opens_at
    if opens_at is not None and opens_at > past.anchor:
        return when_replanned(lesson.step, rules, wishes, past, opens_at), opens_at
    return first_slot(lesson.step, rules, wishes, past), opens_at


def _past(life: Life) -> Past:
    if not life.sent:
        return Past(life.confirmed_at)
    slots = [each.slot_at for each in life.sent if each.day_based]
    return Past(life.sent[-1].sent_at, max(slots, default=None), tuple(each.sent_at for each in life.sent[-3:]))


def _resting(life: Life, sequence: Sequence, chance: random.Random) -> Life:
    """A few rest at the moment, for good or until a day; others did so once."""
    kind = chance.random()
    if kind < 0.02:
        life.state, life.due_at = "paused", None
    elif kind < 0.04 and life.planned is not None and life.due_at is not None:
        life.state, life.paused_until = "paused", NOW + timedelta(days=chance.randrange(1, 30))
        step = sequence.lessons[life.planned.place].step
        slot = when_replanned(step, sequence.course.rules, life.wishes, _past(life), life.paused_until)
        life.planned.slot_at, life.due_at = slot.slot_at, slot.at
    elif kind < 0.10:
        began = life.confirmed_at + (NOW - life.confirmed_at) * chance.random()
        life.rested = (began, began + (NOW - began) * chance.random())
    return life

"""What leaves a house, counted: by hour and by day, its peaks, how late it is, and what rate it would need."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo

Hour = tuple[date, int]

ON_TIME = timedelta(minutes=15)
PRECISE = 0.01
MOST_ROUNDS = 60


@dataclass(frozen=True)
class Backlog:
    """A stretch in which the relay was never without something due: from the first mail that was on time."""

    began_at: datetime
    ended_at: datetime
    mails: int

    @property
    def lasted(self) -> timedelta:
        """From its first mail to its last."""
        return self.ended_at - self.began_at


@dataclass
class Load:
    """Mails as they leave. Hours and days are those of `zone`; `weight` is how many mails one note stands for.

    `dues` are by the minute. `moved` counts lessons that came so late that their reader got them on another day."""

    zone: tzinfo
    hours: Counter[Hour] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    dues: Counter[datetime] = field(default_factory=Counter)
    lateness: Counter[timedelta] = field(default_factory=Counter)
    moved: int = 0
    worst: Backlog | None = None
    _present: Backlog | None = None

    def note(self, kind: str, due_at: datetime, at: datetime, weight: int = 1) -> None:
        """A mail that was due leaves `at`. Mails are noted in the order in which they leave."""
        local = at.astimezone(self.zone)
        self.hours[local.date(), local.hour] += weight
        self.kinds[kind] += weight
        self.dues[due_at.replace(second=0, microsecond=0)] += weight
        self.lateness[at - due_at] += weight
        self._note_backlog(due_at, at, weight)

    @property
    def mails(self) -> int:
        """All of them."""
        return self.hours.total()

    @property
    def days(self) -> Mapping[date, int]:
        """How many on each day, those on which something left, in order."""
        found: Counter[date] = Counter()
        for (day, _hour), mails in sorted(self.hours.items()):
            found[day] += mails
        return found

    @property
    def busiest_hour(self) -> tuple[Hour, int] | None:
        """The first of those hours in which most leave."""
        return max(sorted(self.hours.items()), key=lambda each: each[1], default=None)

    @property
    def busiest_day(self) -> tuple[date, int] | None:
        """The first of those days on which most leave."""
        return max(self.days.items(), key=lambda each: each[1], default=None)

    def late(self, share: float) -> timedelta:
        """How late at most `share` of all mails are: 0.5 for the median, 1.0 for the last one."""
        wanted, seen = share * self.lateness.total(), 0
        for late, mails in sorted(self.lateness.items()):
            seen += mails
            if seen >= wanted:
                return late
        return timedelta()

    def _note_backlog(self, due_at: datetime, at: datetime, weight: int) -> None:
        before = self._present
        if before is None or at <= due_at:
            self._present = Backlog(at, at, weight)
        else:
            self._present = Backlog(before.began_at, at, before.mails + weight)
        if self.worst is None or self._present.lasted > self.worst.lasted:
            self.worst = self._present


def needed(dues: Mapping[datetime, int], longest: timedelta = ON_TIME) -> float:
    """The mails per second at which nothing is later than `longest`, to the next hundredth; 0.0 for no mail."""
    arrivals = sorted(dues.items())
    if not arrivals:
        return 0.0
    low, high = 0.0, max(PRECISE, sum(dues.values()) / longest.total_seconds())
    for _ in range(MOST_ROUNDS):
        if high - low <= PRECISE:
            break
        middle = (low + high) / 2
        low, high = (low, middle) if latest(arrivals, middle) <= longest else (middle, high)
    return round(high + PRECISE / 2, 2)


def latest(arrivals: Iterable[tuple[datetime, int]], per_second: float) -> timedelta:
    """How late the latest mail is that leaves at that rate; `arrivals` are due times in order, and how many each."""
    free: datetime | None = None
    worst = timedelta()
    for due_at, mails in arrivals:
        began = due_at if free is None else max(due_at, free)
        free = began + timedelta(seconds=mails / per_second)
        worst = max(worst, free - due_at)
    return worst

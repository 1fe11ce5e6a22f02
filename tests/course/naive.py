"""A course and its readers as one would keep them with pencil and paper: written without looking at course/.

It knows what may be sent to whom and when, and says so in assertions. It plans nothing.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

UNDO = timedelta(minutes=5)
HOUR, LATEST = time(9), time(21)


@dataclass(frozen=True)
class State:
    """What is published: lessons in order, their waits in days, since when, and what followed them at that moment."""

    order: tuple[str, ...]
    waits: dict[str, int]
    since: dict[str, tuple[datetime, frozenset[str]]]
    published_at: datetime

    def next_of(self, receipts: dict[str, datetime]) -> str | None:
        """In today's order, the first lesson without a receipt that was not published behind this reader."""
        for key in self.order:
            born, followers = self.since[key]
            behind = any(each in receipts and receipts[each] <= born for each in followers)
            if key not in receipts and not behind:
                return key
        return None

    def after(self, order: tuple[str, ...], waits: dict[str, int], now: datetime) -> "State":
        """The same course with another order; who was not in it before is newly published."""
        fresh = {key: (now, frozenset(order[place + 1 :])) for place, key in enumerate(order)}
        since = {key: self.since[key] if key in self.order else fresh[key] for key in order}
        return State(order, waits, since, now)


@dataclass
class Traveller:
    """One reader in the course, run 1."""

    email: str
    zone: str
    confirmed_at: datetime
    receipts: dict[str, datetime] = field(default_factory=dict)
    # Lessons that may have been accepted already: they may come once more.
    uncertain: str | None = None
    asked: str | None = None
    came_back: bool = False
    left: bool = False
    rests: bool = False
    rests_until: datetime | None = None
    completed_at: datetime | None = None
    # What a publication made this reader's next lesson, and until when that must not go.
    held: tuple[str, datetime] | None = None

    def local(self, instant: datetime) -> datetime:
        """That instant on this reader's wall."""
        return instant.astimezone(ZoneInfo(self.zone))

    def is_resting(self, now: datetime) -> bool:
        """Whether the reader asked for quiet at this time."""
        return self.rests and (self.rests_until is None or now < self.rests_until)

    def take(self, key: str, now: datetime) -> None:
        """A lesson has arrived."""
        self.receipts[key] = now
        self.asked = self.held = self.uncertain = None
        self.came_back = False

    def check(self, key: str, state: State, now: datetime) -> None:
        """Whether this lesson may be sent now; raises AssertionError."""
        what = f"{key} to {self.email} at {self.local(now):%a %d %H:%M:%S}"
        assert not self.left, f"{what}: has left"
        assert not self.is_resting(now), f"{what}: rests"
        assert key not in self.receipts, f"{what}: a second time"
        if self.uncertain == key:
            return  # the same mail once more: it was decided before
        assert key == state.next_of(self.receipts), f"{what}: next is {state.next_of(self.receipts)}"
        if self.asked == key:
            return
        if self.held is not None and self.held[0] == key:
            assert now >= self.held[1], f"{what}: the publication can still be undone"
        assert HOUR <= self.local(now).time() <= LATEST, f"{what}: not the time of day"
        days = {self.local(each).date() for each in self.receipts.values()}
        assert self.local(now).date() not in days, f"{what}: the second one today"
        assert self.local(now).date() >= self.earliest(key, state), f"{what}: too early"

    def earliest(self, key: str, state: State) -> date:
        """The first local day on which this lesson may come, as far as waits go."""
        anchor = max([self.confirmed_at, *self.receipts.values()])
        wait = 0 if self.came_back and self.receipts else state.waits[key]
        return self.local(anchor).date() + timedelta(days=wait)


@dataclass
class House:
    """One course, its readers, and what was published before, for undo."""

    state: State
    readers: list[Traveller] = field(default_factory=list)
    before: State | None = None
    paused: bool = False

    def publish(self, order: tuple[str, ...], waits: dict[str, int], now: datetime) -> None:
        """Another order for everybody."""
        follows = self.state.after(order, waits, now)
        for each in self.readers:
            then = follows.next_of(each.receipts)
            if then is not None and then != self.state.next_of(each.receipts):
                each.held = (then, now + UNDO)
        self.before, self.state = self.state, follows

    def may_undo(self, now: datetime) -> bool:
        """Whether the last publication can be taken back."""
        return self.before is not None and now < self.state.published_at + UNDO

    def undo(self) -> None:
        """Back to what was published before."""
        assert self.before is not None
        for each in self.readers:
            each.held = None
            if each.completed_at is not None and each.completed_at >= self.state.published_at:
                each.completed_at = None
        self.state, self.before = replace(self.before), None

    def check(self, reader: Traveller, key: str, now: datetime) -> None:
        """Whether a lesson may go to one of the readers now; raises AssertionError."""
        assert not self.paused, f"{key} to {reader.email}: the course rests"
        assert reader.completed_at is None, f"{key} to {reader.email}: the course is over"
        reader.check(key, self.state, now)

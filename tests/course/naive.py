"""A course and its readers as one would keep them with pencil and paper: written without looking at course/.

It knows what may be sent to whom and when, and says so in assertions. It plans nothing.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

UNDO = timedelta(minutes=5)
LATEST = timedelta(hours=12)


@dataclass(frozen=True)
class Rules:
    """When the course sends: at an hour, not on closed weekdays (0 = Monday), so many lessons a day at the most."""

    hour: int = 9
    closed: frozenset[int] = frozenset()
    cap: int | None = None


@dataclass(frozen=True)
class State:
    """What is published: lessons in order, their waits, which ask for a sign, since when each is there, and what
    followed it at that moment."""

    order: tuple[str, ...]
    waits: dict[str, str]
    since: dict[str, tuple[datetime, frozenset[str]]]
    published_at: datetime
    rules: Rules = Rules()
    asks: frozenset[str] = frozenset()

    def next_of(self, receipts: dict[str, datetime]) -> str | None:
        """In today's order, the first lesson without a receipt that was not published behind this reader."""
        for key in self.order:
            born, followers = self.since[key]
            behind = any(each in receipts and receipts[each] <= born for each in followers)
            if key not in receipts and not behind:
                return key
        return None

    def after(self, order: tuple[str, ...], waits: dict[str, str], now: datetime) -> "State":
        """The same course with another order; who was not in it before is newly published."""
        fresh = {key: (now, frozenset(order[place + 1 :])) for place, key in enumerate(order)}
        since = {key: self.since[key] if key in self.order else fresh[key] for key in order}
        return replace(self, order=order, waits=waits, since=since, published_at=now)


@dataclass
class Traveller:
    """One reader in the course, run 1."""

    email: str
    zone: str
    confirmed_at: datetime
    receipts: dict[str, datetime] = field(default_factory=dict)
    signs: set[str] = field(default_factory=set)
    # Lessons that may have been accepted already: they may come once more.
    uncertain: str | None = None
    asked: str | None = None
    came_back: bool = False
    left: bool = False
    rests: bool = False
    rests_until: datetime | None = None
    completed_at: datetime | None = None
    # Lessons that were added after this reader had finished: sent on to them, not meant for them, or hard to say.
    granted: set[str] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)
    unclear: set[str] = field(default_factory=set)
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

    def next_ones(self, state: State) -> set[str | None]:
        """What may come next: one lesson, or one of two where it is hard to say what was meant for this reader."""
        passed = dict.fromkeys(self.denied, self.confirmed_at)
        maybe = passed | dict.fromkeys(self.unclear, self.confirmed_at)
        return {state.next_of({**some, **self.receipts}) for some in (passed, maybe)}

    def waits_for_a_sign(self, state: State) -> bool:
        """Whether the lesson that came last asks for a sign that this reader has not given."""
        last = max(self.receipts, key=lambda key: self.receipts[key], default=None)
        return last in state.order and last in state.asks and last not in self.signs

    def check(self, key: str, state: State, now: datetime) -> None:
        """Whether this lesson may be sent now; raises AssertionError."""
        what = f"{key} to {self.email} at {self.local(now):%a %d %H:%M:%S}"
        assert not self.left, f"{what}: has left"
        assert not self.is_resting(now), f"{what}: rests"
        assert key not in self.receipts, f"{what}: a second time"
        assert not self.waits_for_a_sign(state), f"{what}: a sign is missing"
        if self.uncertain == key:
            return  # the same mail once more: it was decided before
        assert key in self.next_ones(state), f"{what}: next is {self.next_ones(state)}"
        if self.completed_at is not None:
            assert key in self.granted | self.unclear, f"{what}: has finished, and it was not meant for them"
        if self.asked == key:
            return
        if self.held is not None and self.held[0] == key:
            assert now >= self.held[1], f"{what}: the publication can still be undone"
        self._check_the_day(what, key, state, now)

    def _check_the_day(self, what: str, key: str, state: State, now: datetime) -> None:
        local, rules = self.local(now), state.rules
        days = [self.local(each).date() for each in self.receipts.values()]
        assert local.weekday() not in rules.closed, f"{what}: closed"
        assert rules.cap is None or days.count(local.date()) < rules.cap, f"{what}: enough for today"
        if (hours := self.hours(key, state)) is not None:
            assert now >= self.anchor + hours, f"{what}: too early"
            return
        opens = datetime.combine(local.date(), time(rules.hour), local.tzinfo)
        assert opens <= local <= opens + LATEST, f"{what}: not the time of day"
        assert local.date() not in days, f"{what}: the second one today"
        assert local.date() >= self.earliest(key, state), f"{what}: too early"

    @property
    def anchor(self) -> datetime:
        """What a wait counts from."""
        return max([self.confirmed_at, *self.receipts.values()])

    def hours(self, key: str, state: State) -> timedelta | None:
        """A wait by the stopwatch; None for one that counts days, as it does for who came back."""
        amount, unit = state.waits[key].split()
        return timedelta(hours=int(amount)) if unit == "hours" and not self._waits_anew(key) else None

    def earliest(self, key: str, state: State) -> date:
        """The first local day on which this lesson may come, as far as waits go."""
        days = 0 if self._waits_anew(key) else int(state.waits[key].split()[0])
        return self.local(self.anchor).date() + timedelta(days=days)

    def _waits_anew(self, key: str) -> bool:
        return (self.came_back and bool(self.receipts)) or key in self.granted | self.unclear


@dataclass
class House:
    """One course, its readers, and what was published before, for undo."""

    state: State
    readers: list[Traveller] = field(default_factory=list)
    before: State | None = None
    paused: bool = False

    def publish(self, follows: State, now: datetime, *, finished: bool = False) -> None:
        """Another state for everybody; with `finished`, what is new goes also to those who have had everything."""
        new = set(follows.order) - set(self.state.order)
        for each in self.readers:
            self._note_for_who_has_finished(each, new, finished=finished)
            then = follows.next_of(each.receipts)
            if then is not None and then != self.state.next_of(each.receipts):
                each.held = (then, now + UNDO)
        self.before, self.state = self.state, follows

    def _note_for_who_has_finished(self, reader: Traveller, new: set[str], *, finished: bool) -> None:
        under_way = bool((reader.granted | reader.unclear) - reader.receipts.keys())
        for keys in (reader.granted, reader.denied, reader.unclear):
            keys.difference_update(new)
        if reader.completed_at is None or reader.left:
            return
        if finished:
            reader.granted |= new
        elif under_way:
            reader.unclear |= new  # was the reader back already when this was published?
        else:
            reader.denied |= new

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
        reader.check(key, self.state, now)

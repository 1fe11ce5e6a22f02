"""What publishing a draft would do to the readers who are on their way: counted, grouped, with a few named examples.

A pure comparison of today's planned rows with the answers that the draft would give. Nothing is written.
"""

import gc
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from course.cases import Cases
from course.lines import Person
from course.models import DeliveryState, Edition, Reader
from course.schedule import local_zone
from course.sequence import Sequence, SequenceLesson, find_published_sequence, read_sequence
from course.standing import Answer, answer
from course.standings import OpenRow, Traveller, slices
from course.unmoved import Unmoved

MOST_EXAMPLES = 10
MOST_GROUPS = 12
UNDER_WAY = (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNCERTAIN)


class Effect(StrEnum):
    """What happens to one reader."""

    SAME = "nothing changes"
    EARLIER = "the next lesson comes earlier"
    LATER = "the next lesson comes later"
    AT_ONCE = "the next lesson comes at once"
    OTHER = "another lesson comes next"
    MORE = "a lesson comes where none was left"
    NOTHING = "nothing more comes"
    WAITS = "the next lesson waits for somebody"


@dataclass(frozen=True)
class Plan:
    """A lesson, by id and subject, and when it comes, local to the reader; None where it waits for somebody."""

    key: str
    lesson: str
    local: datetime | None

    def same_as(self, other: "Plan | None") -> bool:
        """Whether a reader would notice no difference in what comes next; a new subject is none."""
        return other is not None and (self.key, self.local) == (other.key, other.local)


@dataclass(frozen=True)
class Example:
    """One reader, named, before and after."""

    name: str
    email: str
    effect: Effect
    before: Plan | None
    after: Plan | None


@dataclass
class Consequences:
    """Counts by effect, the largest groups in words, and up to ten examples."""

    readers: int = 0
    effects: Counter[Effect] = field(default_factory=Counter)
    groups: Counter[str] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)

    @property
    def moved(self) -> int:
        """How many readers notice anything."""
        return self.readers - self.effects[Effect.SAME]

    def largest_groups(self) -> list[tuple[str, int]]:
        """The groups that hold most readers, in words."""
        return self.groups.most_common(MOST_GROUPS)


def consequences(
    session: Session, draft: Edition, now: datetime, *, undo: timedelta, catch_up: frozenset[str] = frozenset()
) -> Consequences:
    """What publishing `draft` now would do; `catch_up` as in PublishOptions."""
    before = find_published_sequence(session, draft.course_id)
    after = as_if_published(read_sequence(session, draft.id), before, catch_up, now)
    forecast = Forecast(before, Unmoved(session, now), now, now + undo)
    tally, cases = _Tally(session), Cases(session, now, lambda each: verdict_of(each, forecast))
    with _collector_at_rest():
        for slice_ in slices(session, after):
            for person, verdict in cases.of(slice_):
                tally.note(person, verdict)
    return tally.counted()


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """A hundred thousand lines hold no circles, and looking for some among them is a sixth of the work."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def as_if_published(
    draft: Sequence, before: Sequence | None, catch_up: Iterable[str], now: datetime
) -> Sequence:  # fmt: skip
    """The draft's sequence with the publications that its new lessons would get now."""
    standing = {lesson.lesson_id: lesson for lesson in before.lessons} if before else {}
    caught_up = frozenset(catch_up)

    def published(index: int, lesson: SequenceLesson) -> SequenceLesson:
        if lesson.lesson_id in standing:
            old = standing[lesson.lesson_id]
            return replace(lesson, followers=old.followers, published_at=old.published_at)
        behind = [] if lesson.key in caught_up else [each.lesson_id for each in draft.lessons[index + 1 :]]
        return replace(lesson, followers=frozenset(behind), published_at=now)

    return replace(draft, lessons=tuple(published(i, lesson) for i, lesson in enumerate(draft.lessons)))


@dataclass(frozen=True)
class Forecast:
    """What both plans are computed from; rows that move are not claimable before `claimable`."""

    before: Sequence | None
    unmoved: Unmoved
    now: datetime
    claimable: datetime


@dataclass(frozen=True)
class Verdict:
    """What happens to everybody in the same case; `words` are for those who notice something."""

    effect: Effect
    before: Plan | None
    after: Plan | None
    words: str


def verdict_of(traveller: Traveller, forecast: Forecast) -> Verdict:
    """What one reader would notice."""
    old, new = _before(traveller, forecast.before), _after(traveller, forecast)
    effect = _effect(old, new, forecast.claimable)
    return Verdict(effect, old, new, "" if effect is Effect.SAME else _in_words(effect, old, new))


class _Tally:
    """Counts people by verdict: by the object, which all in the same case share, for hashing one takes far longer."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._verdicts: dict[int, Verdict] = {}  # kept, so that no other one gets its number
        self._counts: defaultdict[int, int] = defaultdict(int)
        self._examples: list[Example] = []

    def note(self, person: Person, verdict: Verdict) -> None:
        """One person more."""
        number = id(verdict)
        self._verdicts[number] = verdict
        self._counts[number] += 1
        if len(self._examples) < MOST_EXAMPLES and verdict.effect is not Effect.SAME:
            reader = self._session.get_one(Reader, person.reader_id)
            named = Example(reader.name, reader.email, verdict.effect, verdict.before, verdict.after)
            self._examples.append(named)

    def counted(self) -> Consequences:
        """All of them."""
        found = Consequences(examples=self._examples)
        for number, count in self._counts.items():
            verdict = self._verdicts[number]
            found.readers += count
            found.effects[verdict.effect] += count
            if verdict.effect is not Effect.SAME:
                found.groups[verdict.words] += count
        return found


def _before(traveller: Traveller, before: Sequence | None) -> Plan | None:
    row = traveller.row
    if row is None:
        return None
    lesson = before.find(row.lesson_id) if before else None
    return _plan(traveller, lesson, row.due_at)


def _after(traveller: Traveller, forecast: Forecast) -> Plan | None:
    standing, row = traveller.standing, traveller.row
    if row is not None and row.state in UNDER_WAY:
        lesson = standing.sequence.find(row.lesson_id)
        return _plan(traveller, lesson, row.due_at)
    awaited = standing.awaited
    if awaited is None:
        return None
    said = answer(standing, awaited, forecast.now)
    if row is not None and row.lesson_id == awaited.lesson_id and _stays(traveller, row, said, forecast):
        return _plan(traveller, awaited, row.due_at)
    due = said.due_at
    return _plan(traveller, awaited, due and max(due, forecast.claimable))


def _stays(traveller: Traveller, row: OpenRow, said: Answer, forecast: Forecast) -> bool:
    """Whether planning would leave the row of the awaited lesson where it is."""
    standing = traveller.standing
    if row.asked:
        return not standing.paused
    if row.slot_at == said.slot_at and row.due_at is not None and not standing.held:
        return True
    return forecast.unmoved.keeps(row, traveller.wishes_number, standing, said)


def _plan(traveller: Traveller, lesson: SequenceLesson | None, due_at: datetime | None) -> Plan:
    local = _local(traveller, due_at)
    return Plan(lesson.key, lesson.source.subject, local) if lesson else Plan("", "a lesson that is gone", local)


def _effect(old: Plan | None, new: Plan | None, claimable: datetime) -> Effect:
    if new is None:
        return Effect.SAME if old is None else Effect.NOTHING
    if old is None:
        return Effect.MORE
    if new.same_as(old):
        return Effect.SAME
    if new.local is None:
        return Effect.WAITS
    if new.local <= claimable and (old.local is None or old.local > claimable):
        return Effect.AT_ONCE
    if old.key != new.key:
        return Effect.OTHER
    return Effect.EARLIER if old.local is None or new.local < old.local else Effect.LATER


def _in_words(effect: Effect, old: Plan | None, new: Plan | None) -> str:
    """What happens to a group, to stand behind "312 readers: "."""
    if effect is Effect.NOTHING or new is None:
        return "nothing more to come"
    when = f"on {new.local:%a %d %b}" if new.local else "when somebody lets it"
    if effect in (Effect.OTHER, Effect.MORE):
        return f"“{new.lesson}” next, {when}"
    if effect is Effect.AT_ONCE:
        return f"“{new.lesson}” at once"
    was = f"{old.local:%a %d %b}" if old and old.local else "waiting"
    return f"from {was} to {new.local:%a %d %b}" if new.local else f"“{new.lesson}” waits for somebody"


def _local(traveller: Traveller, instant: datetime | None) -> datetime | None:
    zone = local_zone(traveller.standing.sequence.course.rules, traveller.standing.wishes)
    return instant.astimezone(zone) if instant else None

"""Many readers, few cases: those of whom everything that matters is the same are judged once.

A wait in days counts from the local date of its anchor, not from its minute. So two readers in the same zone with the
same hour, who had the same lessons and the last one on the same day, wait for the same instant; there are some ten
thousand such cases among a hundred thousand readers.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from course.lines import Had, Person, Slice
from course.schedule import local_zone
from course.schedule.pauses import Pause
from course.sequence import Sequence, recall_sequence
from course.standings import NOTHING, Traveller, traveller

Verdict = TypeVar("Verdict")
_UNJUDGED: Any = object()


@dataclass(frozen=True)
class _Kind:
    """What readers who await the same lesson in the same zone have in common: whether days are all that counts."""

    zone: ZoneInfo
    counts_days: bool


class Cases(Generic[Verdict]):
    """Asks `judge` at one moment about the travellers of one sequence, and about those in the same case only once.

    A verdict may depend on the standing's answers and on the row's fields, but on no number of a row."""

    def __init__(self, session: Session, now: datetime, judge: Callable[[Traveller], Verdict]) -> None:
        self._session, self._now, self._judge = session, now, judge
        self._verdicts: dict[Hashable, Verdict] = {}
        self._kinds: dict[Hashable, _Kind] = {}
        self._editions: dict[int, Sequence] = {}

    def of(self, slice_: Slice) -> Iterator[tuple[Person, Verdict]]:
        """Each person of the slice with the verdict."""
        for person in slice_.people:
            case = self._case(slice_, person)
            if case is None:
                yield person, self._judge(traveller(slice_, person))
                continue
            # Once: to look a case up is to hash all that it consists of.
            verdict = self._verdicts.get(case, _UNJUDGED)
            if verdict is _UNJUDGED:
                verdict = self._verdicts[case] = self._judge(traveller(slice_, person))
            yield person, verdict

    def _case(self, slice_: Slice, person: Person) -> Hashable | None:
        """Everything that the verdict depends on; None where it depends on more than days."""
        had = slice_.had.get(person.id, NOTHING)
        last, begins_at = had.last_sent_at, person.begins_at
        goes_on = last is not None and last > begins_at
        anchor = last if last is not None and goes_on else begins_at
        kind = self._kind(slice_, person, had, goes_on)
        if not kind.counts_days or _rested_since(slice_, person, anchor):
            return None
        asking = had.asking(slice_.asking)
        said_at = slice_.signs.get((person.id, asking)) if asking is not None else None
        said = said_at if said_at is None or said_at > self._now else True
        day = anchor.astimezone(kind.zone).date()
        last_day = last.astimezone(kind.zone).date() if last is not None and not goes_on else None
        same_wishes = person.wishes_number == person.row_wishes_number
        return (person.telling, had.lessons, had.gap_slot, goes_on, day, last_day, asking, said, same_wishes)

    def _kind(self, slice_: Slice, person: Person, had: Had, goes_on: bool) -> _Kind:  # noqa: FBT001
        own_wait = None if goes_on else person.anchor_wait
        known = (had.lessons, own_wait, person.timezone, person.row_edition_id)
        if known not in self._kinds:
            self._kinds[known] = self._read_kind(traveller(slice_, person))
        return self._kinds[known]

    def _read_kind(self, one: Traveller) -> _Kind:
        standing, awaited = one.standing, one.standing.awaited
        zone = local_zone(standing.sequence.course.rules, standing.wishes)
        if awaited is None:
            return _Kind(zone, True)
        counts = standing.step(awaited).wait.counts_days
        if one.row is not None and one.row.edition_id is not None:
            before = self._planned_under(one.row.edition_id)
            was = before.find(awaited.lesson_id)
            counts = counts and (was is None or standing.step(was).wait.counts_days)
            counts = counts and local_zone(before.course.rules, standing.wishes) is zone
        return _Kind(zone, counts)

    def _planned_under(self, edition_id: int) -> Sequence:
        if edition_id not in self._editions:
            self._editions[edition_id] = recall_sequence(self._session, edition_id)
        return self._editions[edition_id]


def _rested_since(slice_: Slice, person: Person, anchor: datetime) -> bool:
    """Whether a pause moves the anchor, which asks for its minute."""
    pauses = slice_.pauses
    mine = pauses.get(person.id)  # hardly anybody has any, so that is all that most people cost
    return (mine is not None and _ends_after(mine, anchor)) or (None in pauses and _ends_after(pauses[None], anchor))


def _ends_after(pauses: list[Pause], anchor: datetime) -> bool:
    return any(pause.end > anchor for pause in pauses)

"""Which planned rows a publication leaves alone: they keep their slot and their due time, however late they are.

A plan that is computed anew asks the slot itself, and one that has passed long ago goes to the next. That is right for
whoever a publication moves. For everybody else nothing has happened: what is late because of an outage or a throttle
flows on, and what was pushed to a later day stays there.
"""

from dataclasses import replace
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from course.schedule import NoSlot, latest_recurrence, slot
from course.sequence import Sequence, recall_sequence
from course.standing import Answer, Standing, answer


class Planned(Protocol):
    """A planned row as it was read: of the outbox, or of a slice."""

    @property
    def slot_at(self) -> datetime: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def edition_id(self) -> int | None: ...
    @property
    def wishes_number(self) -> int | None: ...


class Unmoved:
    """Asked at one moment about the rows of one course; every edition that they were planned under is read once.

    `zones`: by other zone data, perhaps; what is to come has to be at its hour by today's, too."""

    def __init__(self, session: Session, now: datetime, *, zones: bool = False) -> None:
        self._session, self._now, self._zones = session, now, zones
        self._known: dict[int, Sequence] = {}

    def keeps(self, row: Planned, wishes_number: int, standing: Standing, said: Answer) -> bool:
        """Whether the row stays as it is: the edition that it was planned under gives the answer that today's has
        `said`."""
        if row.due_at is None or row.edition_id is None or row.wishes_number != wishes_number or standing.held:
            return False
        if row.edition_id != standing.sequence.edition_id and not self._same(row.edition_id, standing, said):
            return False
        lesson = said.lesson
        step, rules = standing.step(lesson), standing.sequence.course.rules
        try:
            # A pause that has ended since it was planned moves it, whoever publishes.
            ordinary = slot(step, rules, standing.wishes, standing.past(lesson))
        except NoSlot:
            return False
        if row.slot_at < ordinary.at:
            return False
        if not self._zones or row.due_at <= self._now or not step.wait.day_based:
            return True
        # Pushed to a later day or not: it is at the hour.
        return latest_recurrence(ordinary.at, step, rules, standing.wishes, row.slot_at) == row.slot_at

    def _same(self, edition_id: int, standing: Standing, said: Answer) -> bool:
        before = self._edition(edition_id)
        was = before.find(said.lesson.lesson_id)
        if was is None:
            return False
        old = answer(replace(standing, sequence=before), was, self._now)
        return (old.slot_at, old.due_at) == (said.slot_at, said.due_at)

    def _edition(self, edition_id: int) -> Sequence:
        if edition_id not in self._known:
            self._known[edition_id] = recall_sequence(self._session, edition_id)
        return self._known[edition_id]

"""Answers for many readers at one moment: those whose days look alike get the same one, computed once.

A wait in days counts from the local date of its anchor, not from its minute. So two readers in the same zone with the
same hour, whose last lessons came on the same days, wait for the same instant; there are a few thousand such cases
among a hundred thousand readers.
"""

from datetime import date, datetime

from course.schedule import local_zone
from course.sequence import SequenceLesson
from course.standing import Answer, Standing, answer

Case = tuple[object, ...]


class Answers:
    """What standing.answer says, asked at one moment about one sequence."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._known: dict[Case, Answer] = {}

    def of(self, standing: Standing, lesson: SequenceLesson) -> Answer:
        """The answer for one reader."""
        case = _case(standing, lesson)
        if case is None:
            return answer(standing, lesson, self._now)
        if case not in self._known:
            self._known[case] = answer(standing, lesson, self._now)
        return self._known[case]


def _case(standing: Standing, lesson: SequenceLesson) -> Case | None:
    """Everything that the answer depends on; None where it depends on more than days."""
    wait = standing.step(lesson).wait
    if not wait.counts_days or standing.pauses or standing.resumes_at or standing.gate:
        return None
    past, zone = standing.history.past, local_zone(standing.sequence.course.rules, standing.wishes)
    taken: frozenset[date] = frozenset(instant.astimezone(zone).date() for instant in past.received)
    anchor = past.anchor.astimezone(zone).date()
    return (lesson.lesson_id, str(wait), standing.wishes, standing.paused, anchor, past.gap_slot, taken)

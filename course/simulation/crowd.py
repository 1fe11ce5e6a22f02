"""The readers of a course, or every n-th of them where they are many: read in a few windows spread over them all."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from course.lines import read_people
from course.models import Enrollment
from course.sequence import Sequence
from course.standing import ON_THE_WAY
from course.standings import Traveller, slices, traveller

WINDOWS = 20


@dataclass(frozen=True)
class Crowd:
    """Readers who stand for all readers of their course, each for `one_in` of them."""

    travellers: list[Traveller]
    one_in: int = 1


def everybody(session: Session, sequence: Sequence) -> Iterator[Traveller]:
    """All who are on their way, in the order of their enrollments."""
    for slice_ in slices(session, sequence):
        yield from (traveller(slice_, person) for person in slice_.people)


def crowd(session: Session, sequence: Sequence, readers: int, most: int) -> Crowd:
    """About `most` of the `readers` of this course; all of them where they are no more."""
    one_in = -(-readers // max(1, most))
    if one_in <= 1:
        return Crowd(list(everybody(session, sequence)))
    size = max(1, readers // one_in)
    mine = Enrollment.course_id == sequence.course_id, Enrollment.state.in_(ON_THE_WAY)
    first, last = session.execute(select(func.min(Enrollment.id), func.max(Enrollment.id)).where(*mine)).one()
    windows = min(WINDOWS, size)
    found: dict[int, Traveller] = {}
    for number in range(windows if first is not None else 0):
        after = first - 1 + (last - first) * number // windows
        slice_ = read_people(session, sequence, after, size // windows)
        found |= {person.id: traveller(slice_, person) for person in slice_.people}
    return Crowd(list(found.values()), max(1, round(readers / max(1, len(found)))))

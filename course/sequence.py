"""An edition as planning reads it: the lessons in order, with waits, and the rules of the course.

A published edition never changes, so its sequence is read once per process and kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, bindparam, select
from sqlalchemy.orm import Session, joinedload

from course.database import instant
from course.errors import NotFound
from course.folder.parsing import parse_course, parse_lesson
from course.folder.source import CourseSource, LessonSource
from course.models import Course, Edition, EditionLesson, EditionLetter, EditionState
from course.prepared import Prepared
from course.schedule import Step

REMEMBERED = 500
_PUBLISHED_AT = Prepared(
    select(Edition.id, Edition.published_at, Edition.undo_until)
    .join(Course, Course.id == Edition.course_id)
    .where(Course.slug == bindparam("slug"), Edition.state == EditionState.PUBLISHED)
)


@dataclass(frozen=True)
class SequenceLesson:
    """A published lesson in its place; `followers` are the lessons that stood behind it when it was published."""

    lesson_id: int
    revision_id: int
    compilation_id: int | None
    followers: frozenset[int]
    published_at: datetime
    source: LessonSource

    @property
    def key(self) -> str:
        """The lesson's stable id."""
        return self.source.key

    @cached_property
    def step(self) -> Step:
        """What the schedule asks of it."""
        return Step(self.source.wait, self.source.hour, self.source.useless_after)

    def is_behind(self, receipts: Mapping[int, datetime]) -> bool:
        """Whether a reader was already past this lesson's place at the moment when it was published."""
        if self.followers.isdisjoint(receipts):
            return False
        return any(receipts[each] <= self.published_at for each in self.followers if each in receipts)


@dataclass(frozen=True)
class Sequence:
    """The published lessons of an edition in order, its course.yaml, and its system letters' compilations."""

    edition_id: int
    course_id: int
    number: int
    course: CourseSource
    lessons: tuple[SequenceLesson, ...]
    letters: Mapping[str, int]
    undo_until: datetime | None = None

    @cached_property
    def has_gates(self) -> bool:
        """Whether any lesson asks for a sign of life."""
        return any(lesson.source.asks for lesson in self.lessons)

    def after(self, receipts: Mapping[int, datetime]) -> SequenceLesson | None:
        """The next lesson of a reader who had these lessons then: the first without a receipt, not behind them."""
        for lesson in self.lessons:
            if lesson.lesson_id not in receipts and not lesson.is_behind(receipts):
                return lesson
        return None

    def all_after(self, receipts: Mapping[int, datetime]) -> tuple["SequenceLesson", ...]:
        """All lessons that are still to come to that reader."""
        return tuple(each for each in self.lessons if each.lesson_id not in receipts and not each.is_behind(receipts))

    def number_of(self, lesson_id: int) -> int:
        """The lesson's place, from 1; 0 when it is no longer published."""
        return next((n for n, lesson in enumerate(self.lessons, 1) if lesson.lesson_id == lesson_id), 0)

    def find(self, lesson_id: int | None) -> SequenceLesson | None:
        """The lesson by its row, if it is published."""
        return next((lesson for lesson in self.lessons if lesson.lesson_id == lesson_id), None)


def published_sequence(session: Session, course_id: int) -> Sequence:
    """The sequence that readers are on now; raises NotFound before the first publication."""
    found = find_published_sequence(session, course_id)
    if found is None:
        raise NotFound("This course is not published.")
    return found


def find_published_sequence(session: Session, course_id: int) -> Sequence | None:
    """The same, or None before the first publication."""
    published = select(Edition.id, Edition.published_at, Edition.undo_until)
    edition = session.execute(
        published.where(Edition.course_id == course_id, Edition.state == EditionState.PUBLISHED)
    ).one_or_none()
    if edition is None:
        return None
    # Its instants too: SQLite gives the number of a publication that was rolled back to another one.
    return _kept_sequence(session, (edition.id, edition.published_at, edition.undo_until))


def sequence_at(session: Session, slug: str) -> Sequence:
    """The same by the course's address, for whoever signs up; raises NotFound."""
    found = _PUBLISHED_AT.fetch(session, slug=slug)
    if not found:
        raise NotFound("There is no such course.")
    edition_id, *instants = found[0]
    published_at, undo_until = (None if each is None else instant(each) for each in instants)
    return _kept_sequence(session, (edition_id, published_at, undo_until))


def recall_sequence(session: Session, edition_id: int) -> Sequence:
    """The sequence of an edition that readers are or were on; it is kept as well."""
    edition = session.get_one(Edition, edition_id)
    return _kept_sequence(session, (edition.id, edition.published_at, edition.undo_until))


def _kept_sequence(session: Session, key: tuple[int, datetime | None, datetime | None]) -> Sequence:
    kept = _kept.setdefault(_engine(session), {})
    if key not in kept:
        if len(kept) >= REMEMBERED:
            kept.clear()
        kept[key] = read_sequence(session, key[0])
    return kept[key]


def read_sequence(session: Session, edition_id: int) -> Sequence:
    """The sequence of any edition, read anew: for drafts, which change."""
    edition = session.get_one(Edition, edition_id)
    places = session.scalars(
        select(EditionLesson)
        .where(EditionLesson.edition_id == edition_id)
        .order_by(EditionLesson.position)
        .options(joinedload(EditionLesson.revision), joinedload(EditionLesson.publication))
    )
    lessons = tuple(_lesson(place, parse_lesson(place.revision.source, place.file_name)) for place in places)
    letters = session.execute(
        select(EditionLetter.name, EditionLetter.compilation_id).where(EditionLetter.edition_id == edition_id)
    )
    return Sequence(
        edition_id=edition_id,
        course_id=edition.course_id,
        number=edition.number,
        course=parse_course(edition.source, "course.yaml"),
        lessons=tuple(lesson for lesson in lessons if lesson.source.status == "published"),
        letters={row.name: row.compilation_id for row in letters},
        undo_until=edition.undo_until,
    )


def _lesson(place: EditionLesson, source: LessonSource) -> SequenceLesson:
    return SequenceLesson(
        lesson_id=place.lesson_id,
        revision_id=place.revision_id,
        compilation_id=place.compilation_id,
        followers=frozenset(place.publication.followers if place.publication else ()),
        published_at=place.publication.published_at if place.publication else place.revision.created_at,
        source=source,
    )


_kept: WeakKeyDictionary[Engine, dict[tuple[int, datetime | None, datetime | None], Sequence]] = WeakKeyDictionary()


def _engine(session: Session) -> Engine:
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine

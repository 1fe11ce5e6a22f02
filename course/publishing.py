"""From draft to everybody: publish swaps which edition readers are on, undo swaps it back.

There is one path, whoever asks: the desk, a folder, the API. Compiling comes before (emails.publish); here nothing
can fail halfway, because it is one transaction. Readers' plans follow in a chore, and a row that the chore has not
reached yet is caught at begin.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from course import chores, planning
from course.editions import Author, copy_edition, draft_lessons, edition_source, find_draft, find_published
from course.errors import Refused, SourceError, Stale
from course.models import (
    Compilation,
    Course,
    Edition,
    EditionLesson,
    EditionLetter,
    EditionState,
    Enrollment,
    EnrollmentState,
    Pause,
    Publication,
)
from course.prospects import prospects
from course.reopening import Asked, finished
from course.schedule.pauses import Resume
from course.settings import Settings


@dataclass(frozen=True)
class Compiled:
    """What emails.compile made of one text; `digest` names everything that went in."""

    digest: str
    subject: str
    html: str
    text: str
    links: Sequence[str]
    compiler: str


@dataclass(frozen=True)
class Compilations:
    """The published lessons' compilations by lesson row, and the system letters' by name."""

    lessons: Mapping[int, Compiled]
    letters: Mapping[str, Compiled]


@dataclass(frozen=True)
class PublishOptions:
    """`catch_up`: lessons (by id) that readers get although they are past their place. `finished`: who has finished
    gets the new lessons too, at most `an_hour` of them in any hour."""

    undo: timedelta = timedelta(minutes=5)
    catch_up: frozenset[str] = frozenset()
    finished: bool = False
    an_hour: int = 500

    @classmethod
    def of(cls, settings: Settings, catch_up: Iterable[str] = (), *, finished: bool = False) -> Self:
        """What an admin asked for, with the installation's bounds."""
        undo = timedelta(minutes=settings.undo_minutes)
        return cls(undo, frozenset(catch_up), finished, settings.finished_per_hour)


def publish(
    session: Session, draft: Edition, compilations: Compilations, options: PublishOptions, author: Author
) -> None:
    """Make the draft what everybody is on, and plan anew.

    Raises Refused where there is nothing to publish, and Stale when somebody saved since it was read for compiling."""
    course, before = _lock(session, draft.course), find_published(session, draft.course)
    _check_unchanged(session, draft)
    published = [each.place for each in draft_lessons(draft) if each.source.status == "published"]
    if not published:
        raise Refused({"course": "There is no published lesson in this draft yet."})
    _check_prospects(draft, author.now)
    _check_known(options.catch_up, published)
    _note_publications(session, before, published, options, author.now)
    for place in published:
        place.compilation_id = keep_compilation(session, compilations.lessons[place.lesson_id], author.now)
    for name, compiled in compilations.letters.items():
        compilation_id = keep_compilation(session, compiled, author.now)
        draft.letters.append(EditionLetter(name=name, compilation_id=compilation_id))
    if before is not None:
        before.state, draft.previous_id = EditionState.RETIRED, before.id
        session.flush()
    draft.state, draft.published_at, draft.published_by = EditionState.PUBLISHED, author.now, author.name
    draft.undo_until = author.now + options.undo if before is not None else None
    session.flush()
    replan_all(session, course, author.now)
    if options.finished and before is not None:
        known = _standing(before)
        _bring_back(session, draft, frozenset(each.lesson_id for each in published) - known.keys(), options, author.now)


def _bring_back(
    session: Session, edition: Edition, lessons: frozenset[int], options: PublishOptions, now: datetime
) -> None:
    """Readers who have finished get what is new, in a chore of its own."""
    readers = count_finished(session, edition.course_id)
    if lessons and readers:
        asked = Asked(edition.id, lessons, options.an_hour)
        chores.begin_append(session, edition.course_id, readers, asked, now)


def count_finished(session: Session, course_id: int) -> int:
    """How many readers have finished the course and are not taking it again."""
    return session.scalar(select(func.count()).select_from(finished(course_id).subquery())) or 0


def stands(session: Session, edition: Edition, compilations: Compilations) -> bool:
    """Whether a published edition was published with exactly these compilations."""
    lessons = {each.lesson_id: each.compilation_id for each in edition.lessons if each.compilation_id is not None}
    letters = {each.name: each.compilation_id for each in edition.letters}
    rows = (*lessons.values(), *letters.values())
    theirs = select(Compilation.id, Compilation.digest).where(Compilation.id.in_(rows))
    digests = {row.id: row.digest for row in session.execute(theirs)}
    return all(
        {key: digests[row] for key, row in used.items()} == {key: each.digest for key, each in made.items()}
        for used, made in ((lessons, compilations.lessons), (letters, compilations.letters))
    )


def undo(session: Session, course: Course, author: Author) -> Edition:
    """Take back the last publication, within its window, and give it; what it held becomes a draft again, and what
    had left of it is in course.sent_texts. Raises Refused."""
    undone = find_published(session, _lock(session, course))
    if undone is None or undone.previous_id is None or (undone.undo_until or author.now) <= author.now:
        raise Refused({"course": "The time to undo this publication is over."})
    undone.state = EditionState.RETIRED
    session.flush()
    previous = session.get_one(Edition, undone.previous_id)
    previous.state, previous.undo_until = EditionState.PUBLISHED, None
    session.flush()
    # Its step waits for enrollments while it holds the chore: nobody who holds any may wait for the chore.
    chores.stop_append(session, course.id, undone.id, author.now)
    planning.reopen(session, undone)
    if find_draft(session, course) is None:
        copy_edition(session, undone, author.now)
    replan_all(session, course, author.now)
    return undone


def _lock(session: Session, course: Course) -> Course:
    """One publication or undo of a course at a time."""
    session.refresh(course, with_for_update={"key_share": True})
    return course


def _check_prospects(draft: Edition, now: datetime) -> None:
    """What nobody would ever get is not published."""
    never = [each for each in prospects(edition_source(draft), now) if each.severity == "error"]
    if never:
        raise SourceError(*never)


def _check_unchanged(session: Session, draft: Edition) -> None:
    """What was compiled must be what is published."""
    compiled_from = draft.saves
    session.refresh(draft, ["saves", "state"], with_for_update={"key_share": True})
    if draft.state is not EditionState.DRAFT or draft.saves != compiled_from:
        raise Stale("Somebody changed this draft while it was being published; look at it again.")


def keep_compilation(session: Session, compiled: Compiled, now: datetime) -> int:
    """The row of this compilation, made once for the same input."""
    known = session.scalars(select(Compilation.id).where(Compilation.digest == compiled.digest)).first()
    if known is not None:
        return known
    row = Compilation(
        digest=compiled.digest,
        subject=compiled.subject,
        html=compiled.html,
        text=compiled.text,
        links=list(compiled.links),
        compiler=compiled.compiler,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def replan_all(session: Session, course: Course, now: datetime, *, resumed: bool = False, zones: str = "") -> None:
    """Plan every enrollment of the course anew, in bounded steps of the tick. `resumed`: because a pause has ended;
    `zones`: because of this release of the zone data."""
    on_the_way = select(func.count()).where(
        Enrollment.course_id == course.id, Enrollment.state.in_((EnrollmentState.ACTIVE, EnrollmentState.PAUSED))
    )
    chores.begin_replan(session, course.id, session.scalar(on_the_way) or 0, now, resumed=resumed, zones=zones)


def _note_publications(
    session: Session, before: Edition | None, published: list[EditionLesson], options: PublishOptions, now: datetime
) -> None:
    """A lesson that was not published before gets a publication: which lessons follow it at this moment."""
    standing = _standing(before)
    for index, place in enumerate(published):
        if place.lesson_id in standing:
            place.publication_id = standing[place.lesson_id]
            continue
        behind = [] if place.lesson.key in options.catch_up else published[index + 1 :]
        followers = [each.lesson_id for each in behind]
        publication = Publication(lesson_id=place.lesson_id, followers=followers, published_at=now)
        session.add(publication)
        session.flush()
        place.publication_id = publication.id


def _check_known(catch_up: frozenset[str], published: list[EditionLesson]) -> None:
    unknown = sorted(catch_up - {place.lesson.key for place in published})
    if unknown:
        raise Refused({"catch_up": f"There is no published lesson {unknown[0]} in this draft."})


def _standing(before: Edition | None) -> dict[int, int | None]:
    if before is None:
        return {}
    lessons = [each for each in draft_lessons(before) if each.source.status == "published"]
    return {each.place.lesson_id: each.place.publication_id for each in lessons}


def pause_course(session: Session, course: Course, now: datetime) -> None:
    """Nothing of this course goes out until it is resumed. Planned rows are held when their turn comes."""
    if course.paused_at is None:
        course.paused_at = now
        session.add(Pause(course_id=course.id, began_at=now))
        session.flush()


def resume_course(session: Session, course: Course, mode: str, now: datetime) -> None:
    """Go on: `mode` says how the pause counts (original, restart, active). Plans follow in a chore."""
    if course.paused_at is None:
        return
    course.paused_at = None
    for each in session.scalars(select(Pause).where(Pause.course_id == course.id, Pause.ended_at.is_(None))):
        if each.enrollment_id is None:
            each.ended_at, each.mode = now, Resume(mode).value
    session.flush()
    replan_all(session, course, now, resumed=True)

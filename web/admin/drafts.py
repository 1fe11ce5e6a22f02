"""Which edition a page shows, and how two admins who save at once do not lose each other's words.

Looking never makes a draft: a page shows the draft, or what is published where there is none. The first change
copies it. A form carries a mark (the field `saves`) of the text that it was made from; if the text is another by the
time the form comes back, nothing is saved, and both texts are shown.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from flask import request
from sqlalchemy.orm import Session

from course import chores
from course.editions import find_course, find_draft, find_published, open_draft
from course.errors import NotFound, Stale
from course.folder.parsing import parse_course
from course.models import Course, Edition, EditionLesson


@dataclass(frozen=True)
class Work:
    """Something long that is going on: its kind in course.chores, and how many readers are done, of how many."""

    kind: str
    done: int
    total: int


@dataclass(frozen=True)
class Head:
    """What stands on top of every page of a course. `undo_until` is None once that time is over; `work` is what is
    still going on behind it."""

    slug: str
    title: str
    published: int | None
    published_at: datetime | None
    published_by: str | None
    has_draft: bool
    paused_at: datetime | None
    undo_until: datetime | None
    work: tuple[Work, ...]


def head_of(session: Session, slug: str, at: datetime) -> Head:
    """The head of a course's pages; raises NotFound."""
    course = find_course(session, slug)
    published, draft = find_published(session, course), find_draft(session, course)
    undo_until = published.undo_until if published and published.previous_id else None
    return Head(
        slug=slug,
        title=parse_course(shown(session, slug).source).title,
        published=published.number if published else None,
        published_at=published.published_at if published else None,
        published_by=published.published_by if published else None,
        has_draft=draft is not None,
        paused_at=course.paused_at,
        undo_until=undo_until if undo_until and undo_until > at else None,
        work=work_of(session, course),
    )


def work_of(session: Session, course: Course) -> tuple[Work, ...]:
    """What is going on behind a course, the oldest first."""
    return tuple(Work(each.kind, each.done, each.total) for each in chores.open_of(session, course.id))


def shown(session: Session, slug: str) -> Edition:
    """The edition that a page shows: the draft, or what is published. Raises NotFound."""
    course = find_course(session, slug)
    edition = find_draft(session, course) or find_published(session, course)
    if edition is None:
        raise NotFound("This course has no edition.")
    return edition


def opened(session: Session, slug: str, at: datetime) -> Edition:
    """The draft that a change goes into, made now if there is none. Raises NotFound."""
    course = find_course(session, slug)
    # Locked, so that two first changes at once do not both make a draft.
    session.get_one(Course, course.id, with_for_update=True, populate_existing=True)
    return open_draft(session, course, at)


def mark_of(*parts: str) -> str:
    """What a form carries back: a digest of the text it was made from."""
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:20]


def order_mark(edition: Edition) -> str:
    """The mark of the order of the lessons."""
    return mark_of(*(place.lesson.key for place in edition.lessons))


def lesson_mark(place: EditionLesson) -> str:
    """The mark of a lesson's text."""
    return mark_of(place.revision.source)


def edition_mark(edition: Edition) -> str:
    """The mark of everything that an edition says."""
    return mark_of(edition.source, *(f"{place.lesson.key} {place.revision_id}" for place in edition.lessons))


def refuse_stale(mark: str, theirs: str = "") -> None:
    """Raise Stale unless the form was made from what stands now."""
    if request.form.get("saves") != mark:
        raise Stale("This was saved by somebody else while you wrote. Nothing is lost.", theirs)

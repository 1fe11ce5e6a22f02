"""Texts that have left: what an undo cannot take back, and says so."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.editions import draft_lessons
from course.errors import NotFound
from course.models import Course, Delivery, DeliveryState, Edition, Enrollment, Kind, Reader

MOST_EXAMPLES = 10
LEFT = (DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.UNCERTAIN)


@dataclass(frozen=True)
class Recipient:
    """One reader who has a text, by name or address, and since when."""

    who: str
    at: datetime


@dataclass(frozen=True)
class SentText:
    """A lesson's text that went to some readers; up to ten of them are named, the first ones first."""

    key: str
    subject: str
    readers: int
    examples: tuple[Recipient, ...]


def find_edition(session: Session, course: Course, number: int) -> Edition:
    """One edition of a course by its number; raises NotFound."""
    mine = select(Edition).where(Edition.course_id == course.id, Edition.number == number)
    edition = session.scalars(mine).one_or_none()
    if edition is None:
        raise NotFound(f"{course.slug} has no edition {number}.")
    return edition


def sent_texts(session: Session, edition: Edition) -> tuple[SentText, ...]:
    """The texts that are new in this edition and have left, in the order of its lessons."""
    before = session.get(Edition, edition.previous_id) if edition.previous_id else None
    known = {place.revision_id for place in before.lessons} if before else set()
    found = []
    for each in draft_lessons(edition):
        if each.place.revision_id not in known:
            recipients = _recipients(session, edition.course_id, each.place.revision_id)
            if recipients:
                examples = tuple(recipients[:MOST_EXAMPLES])
                found.append(SentText(each.source.key, each.source.subject, len(recipients), examples))
    return tuple(found)


def _recipients(session: Session, course_id: int, revision_id: int) -> list[Recipient]:
    # By way of the enrollments, which have an index: nobody else asks for the deliveries of a revision.
    mine = select(Enrollment.id).where(Enrollment.course_id == course_id)
    left = (Delivery.revision_id == revision_id, Delivery.state.in_(LEFT), Delivery.begun_at.is_not(None))
    lessons = Delivery.kind.in_((Kind.LESSON, Kind.REPEAT))
    rows = select(Reader.name, Reader.email, Delivery.begun_at).join(Delivery, Delivery.reader_id == Reader.id)
    found = session.execute(
        rows.where(Delivery.enrollment_id.in_(mine), *left, lessons).order_by(Delivery.begun_at, Delivery.id)
    )
    return [Recipient(name or email, at) for name, email, at in found if at is not None]

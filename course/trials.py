"""A test of a lesson: one mail to the admin who asks for it, with sample values, on the path of every other mail."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from course import outbox
from course.models import Admin, Delivery, EditionLesson, Kind
from course.publishing import Compiled, keep_compilation


def plan_test(
    session: Session,
    admin: Admin,
    place: EditionLesson,
    made: tuple[Compiled, dict[str, dict[str, Any]]],
    now: datetime,
) -> Delivery:
    """Plan it, due now. `made` is the lesson's compilation and the sample values that it is filled with."""
    compiled, values = made
    row = Delivery(
        kind=Kind.TEST,
        admin_id=admin.id,
        lesson_id=place.lesson_id,
        revision_id=place.revision_id,
        edition_id=place.edition_id,
        compilation_id=keep_compilation(session, compiled, now),
        values=values,
        slot_at=now,
        created_at=now,
    )
    return outbox.plan_urgent(session, row)

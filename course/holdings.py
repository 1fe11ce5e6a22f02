"""All that we hold about a reader, as plain values: what somebody may ask for by law, and what an erase takes away."""

from datetime import datetime
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from course.database import Base
from course.erasing import digest_of, find
from course.models import Course, Delivery, Enrollment, Lesson, Pause, Report, Sign, Suppression

# Numbers of rows and of claims mean nothing to anybody outside; `secrets` open doors and live for minutes.
OURS = frozenset({"id", "claim_id", "lease_until", "secrets", "digest", "request_key", "wishes_number", "priority"})

Plain = dict[str, Any]


def holdings(session: Session, address: str) -> Plain:
    """Everything about the reader of this address; instants are UTC, as ISO 8601. Raises NotFound."""
    reader = find(session, address)
    taken = select(Enrollment, Course.slug).join(Course).where(Enrollment.reader_id == reader.id)
    reports = select(Report).where(Report.reader_id == reader.id).order_by(Report.id)
    standing = select(Suppression).where(Suppression.digest == digest_of(session, address)).order_by(Suppression.id)
    return {
        "reader": _plain(reader),
        "courses": [_course(session, each, slug) for each, slug in session.execute(taken.order_by(Enrollment.id))],
        "reports": [_plain(each) for each in session.scalars(reports)],
        "suppressions": [_plain(each) for each in session.scalars(standing)],
    }


def _course(session: Session, enrollment: Enrollment, slug: str) -> Plain:
    signs = select(Sign, Lesson.key).join(Lesson).where(Sign.enrollment_id == enrollment.id).order_by(Sign.id)
    pauses = select(Pause).where(Pause.enrollment_id == enrollment.id).order_by(Pause.id)
    mails = select(Delivery, Lesson.key).outerjoin(Lesson).where(Delivery.enrollment_id == enrollment.id)
    return {
        "course": slug,
        **_plain(enrollment),
        "pauses": [_plain(each) for each in session.scalars(pauses)],
        "signs": [{"lesson": key, **_plain(each)} for each, key in session.execute(signs)],
        "mails": [{"lesson": key, **_plain(each)} for each, key in session.execute(mails.order_by(Delivery.id))],
    }


def _plain(row: Base) -> Plain:
    """A row's own columns, without those that are only ours."""
    names = [each.key for each in inspect(type(row)).columns]
    return {name: _value(getattr(row, name)) for name in names if name not in OURS and not name.endswith("_id")}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value

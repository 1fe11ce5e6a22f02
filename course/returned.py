"""What the desk's pages read about mail that came back: frozen values, nothing is written here."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.errors import NotFound
from course.models import Delivery, Lesson, Reader, Report, Suppression
from course.rows import ROWS, Barred
from course.suppressions import BOUNCE, COMPLAINT

# Whose word lifts a suppression; who left by themselves comes back by themselves.
LIFTED_BY = {BOUNCE: "editor", COMPLAINT: "owner"}


@dataclass(frozen=True)
class ReportRow:
    """One report and its verdict. `reader` is the handle of a reader's page; `has_text` until it is forgotten."""

    id: int
    received_at: datetime
    source: str
    kind: str | None
    status: str | None
    reply: str | None
    action: str | None
    reader: str | None
    email: str | None
    lesson: str | None
    has_text: bool


@dataclass(frozen=True)
class Reports:
    """Some reports; `older` is where the next ones begin, None at the end."""

    rows: tuple[ReportRow, ...]
    older: int | None


def reports(session: Session, before: int | None = None) -> Reports:
    """The newest reports; `before` is the id below which they begin."""
    columns = Report.id, Report.received_at, Report.source, Report.kind, Report.status, Report.reply, Report.action
    statement = (
        select(*columns, Reader.handle, Reader.email, Lesson.key, Report.raw.is_not(None))
        .outerjoin(Reader, Report.reader_id == Reader.id)
        .outerjoin(Delivery, Report.delivery_id == Delivery.id)
        .outerjoin(Lesson, Delivery.lesson_id == Lesson.id)
        .order_by(Report.id.desc())
        .limit(ROWS + 1)
    )
    if before is not None:
        statement = statement.where(Report.id < before)
    found = [ReportRow(*row) for row in session.execute(statement)]
    return Reports(tuple(found[:ROWS]), found[ROWS - 1].id if len(found) > ROWS else None)


def text_of(session: Session, report_id: int) -> bytes:
    """The mail as it came; raises NotFound when it is forgotten."""
    raw = session.scalar(select(Report.raw).where(Report.id == report_id))
    if raw is None:
        raise NotFound("The text of this report is not kept any more.")
    return raw


def barred(session: Session, reader: Reader) -> tuple[Barred, ...]:
    """Why this reader is not mailed, the oldest reason first."""
    standing = select(Suppression).where(Suppression.digest == reader.digest, Suppression.ended_at.is_(None))
    return tuple(
        Barred(each.reason, each.created_at, _words(session, reader, each.reason), LIFTED_BY.get(each.reason))
        for each in session.scalars(standing.order_by(Suppression.id))
    )


def _words(session: Session, reader: Reader, reason: str) -> str | None:
    if reason != BOUNCE:
        return None
    theirs = Report.reader_id == reader.id, Report.action == "suppress", Report.kind == "bounce"
    return session.scalar(select(Report.reply).where(*theirs).order_by(Report.id.desc()).limit(1))

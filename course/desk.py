"""What the desk's pages read: frozen values, fifty rows at a time, from queries that indexes serve.

Nothing here writes. Where a page shows many readers, they are counted by the database, never loaded.
"""

from datetime import datetime, timedelta

from sqlalchemy import Row, Select, func, or_, select, text
from sqlalchemy.orm import Session, aliased

from course.errors import NotFound
from course.folder.parsing import parse_course
from course.models import (
    Admin,
    Course,
    Delivery,
    DeliveryState,
    Edition,
    Enrollment,
    EnrollmentState,
    Lesson,
    Reader,
)
from course.models.progress import IN_TROUBLE, OPEN_LESSON
from course.outbox import SCHEDULED, URGENT
from course.returned import barred
from course.rows import ROWS, CourseRow, DeliveryRow, EnrollmentRow, Listing, Page, ReaderDetail, ReaderRow

TROUBLE = (DeliveryState.FAILED, DeliveryState.UNCERTAIN)
MOST_DELIVERIES = 200


def courses(session: Session) -> list[CourseRow]:
    """All courses, published or not, the oldest first."""
    counted = _readers_by_course(session)
    rows = []
    for course in session.scalars(select(Course).order_by(Course.id)):
        shown = course.published or course.draft
        on_the_way = counted.get(course.id, {}).get(EnrollmentState.ACTIVE, 0)
        rows.append(
            CourseRow(
                slug=course.slug,
                title=parse_course(shown.source).title if shown else course.slug,
                published=course.published.number if course.published else None,
                published_at=course.published.published_at if course.published else None,
                has_draft=course.draft is not None,
                paused=course.paused_at is not None,
                readers=counted.get(course.id, {}),
                next_due=_next_due(session, course) if on_the_way else None,
            )
        )
    return rows


def _readers_by_course(session: Session) -> dict[int, dict[EnrollmentState, int]]:
    counted: dict[int, dict[EnrollmentState, int]] = {}
    columns = Enrollment.course_id, Enrollment.state
    for course_id, state, count in session.execute(select(*columns, func.count()).group_by(*columns)):
        counted.setdefault(course_id, {})[state] = count
    return counted


def _next_due(session: Session, course: Course) -> datetime | None:
    """Walks the index of due rows from its head, so a course in use is answered by its first few entries."""
    if course.paused_at is not None:
        return None
    due = Delivery.priority == SCHEDULED, Delivery.due_at.is_not(None)
    theirs = select(Delivery.due_at).join(Enrollment, Delivery.enrollment_id == Enrollment.id)
    statement = theirs.where(Enrollment.course_id == course.id, *due).order_by(Delivery.due_at).limit(1)
    return session.scalars(statement).one_or_none()


def readers(session: Session, query: str = "", page: int = 1) -> Page[ReaderRow]:
    """Readers whose address or name holds `query`, the newest first."""
    statement = select(Reader)
    if query.strip():
        words = query.strip()
        named = Reader.email.icontains(words, autoescape=True), Reader.name.icontains(words, autoescape=True)
        statement = statement.where(or_(*named))
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    found = session.scalars(statement.order_by(Reader.id.desc()).limit(ROWS).offset(_first(page))).all()
    taken = _courses_of(session, [reader.id for reader in found])
    rows = (
        ReaderRow(each.handle, each.email, each.name, each.created_at, tuple(taken.get(each.id, ()))) for each in found
    )
    return Page(tuple(rows), page, total)


def _courses_of(session: Session, reader_ids: list[int]) -> dict[int, list[tuple[str, EnrollmentState]]]:
    taken: dict[int, list[tuple[str, EnrollmentState]]] = {}
    statement = select(Enrollment.reader_id, Course.slug, Enrollment.state).join(Course)
    for reader_id, slug, state in session.execute(
        statement.where(Enrollment.reader_id.in_(reader_ids)).order_by(Enrollment.id)
    ):
        taken.setdefault(reader_id, []).append((slug, state))
    return taken


def reader(session: Session, handle: str) -> ReaderDetail:
    """One reader, with their newest deliveries (200 at most); raises NotFound."""
    found = found_reader(session, handle)
    theirs = _deliveries().where(Delivery.reader_id == found.id).order_by(Delivery.id.desc()).limit(MOST_DELIVERIES)
    return ReaderDetail(
        handle=found.handle,
        email=found.email,
        name=found.name,
        timezone=found.timezone,
        hour=found.hour,
        pace=found.pace,
        created_at=found.created_at,
        suppressed=barred(session, found),
        enrollments=_enrollments(session, found.id),
        deliveries=tuple(_delivery_row(row) for row in session.execute(theirs)),
    )


def found_reader(session: Session, handle: str) -> Reader:
    """The reader of a handle; raises NotFound."""
    found = session.scalars(select(Reader).where(Reader.handle == handle)).one_or_none()
    if found is None:
        raise NotFound("There is no such reader any more.")
    return found


def _enrollments(session: Session, reader_id: int) -> tuple[EnrollmentRow, ...]:
    statement = select(Enrollment, Course.slug).join(Course).where(Enrollment.reader_id == reader_id)
    return tuple(
        EnrollmentRow(
            handle=each.handle,
            slug=slug,
            run=each.run,
            state=each.state,
            created_at=each.created_at,
            confirmed_at=each.confirmed_at,
            paused_until=each.paused_until,
            finished_at=each.finished_at,
        )
        for each, slug in session.execute(statement.order_by(Enrollment.id))
    )


def outbox(session: Session, state: DeliveryState | None = None, before: int | None = None) -> Listing:
    """Deliveries of one state or of all, the newest first; `before` is the id below which they begin."""
    statement = _deliveries().order_by(Delivery.id.desc()).limit(ROWS + 1)
    if state is not None:
        statement = statement.where(Delivery.state == state)
    if state in TROUBLE:
        statement = statement.where(text(f"deliveries.{IN_TROUBLE}"))
    if before is not None:
        statement = statement.where(Delivery.id < before)
    found = [_delivery_row(row) for row in session.execute(statement)]
    return Listing(tuple(found[:ROWS]), found[ROWS - 1].id if len(found) > ROWS else None)


def troubles(session: Session) -> dict[DeliveryState, int]:
    """How many deliveries failed, and how many are uncertain: what a person has to look at. Always cheap."""
    in_state = (
        select(Delivery.state, func.count().label("number"))
        .where(text(f"deliveries.{IN_TROUBLE}"))
        .group_by(Delivery.state)
    )
    return {row.state: row.number for row in session.execute(in_state)}


def counts(session: Session) -> dict[DeliveryState, int]:
    """How many deliveries there are in each state. Reads every row: for a health page, not for every page."""
    counted = session.execute(select(Delivery.state, func.count().label("number")).group_by(Delivery.state))
    return {row.state: row.number for row in counted}


def on_the_way(session: Session, course_id: int) -> int:
    """How many readers of a course have lessons before them."""
    states = (EnrollmentState.ACTIVE, EnrollmentState.PAUSED)
    theirs = Enrollment.course_id == course_id, Enrollment.state.in_(states)
    return session.scalar(select(func.count()).select_from(Enrollment).where(*theirs)) or 0


def waiting_for(session: Session, lesson_id: int) -> int:
    """How many readers have this lesson as their next one."""
    open_rows = select(func.count()).select_from(Delivery).where(text(OPEN_LESSON), Delivery.lesson_id == lesson_id)
    return session.scalar(open_rows) or 0


def oldest_due(session: Session, now: datetime) -> timedelta | None:
    """How long the most overdue delivery has been due; None where nothing is due."""
    heads = [
        session.scalar(select(func.min(Delivery.due_at)).where(Delivery.priority == each, Delivery.due_at <= now))
        for each in (URGENT, SCHEDULED)
    ]
    return max((now - head for head in heads if head is not None), default=None)


def _deliveries() -> Select[Delivery, str | None, str | None, str | None, str | None, str | None]:
    to = aliased(Reader)
    return (
        select(Delivery, to.email, to.handle, Admin.email, Course.slug, Lesson.key)
        .outerjoin(to, Delivery.reader_id == to.id)
        .outerjoin(Admin, Delivery.admin_id == Admin.id)
        .outerjoin(Lesson, Delivery.lesson_id == Lesson.id)
        .outerjoin(Edition, Delivery.edition_id == Edition.id)
        .outerjoin(Course, Edition.course_id == Course.id)
    )


def _delivery_row(row: Row[Delivery, str | None, str | None, str | None, str | None, str | None]) -> DeliveryRow:
    delivery, email, handle, admin_email, slug, key = row
    same = ("id", "kind", "state", "slot_at", "due_at", "sent_at", "attempts", "reply", "message_id", "size")
    return DeliveryRow(
        **{name: getattr(delivery, name) for name in same},
        recipient=email or admin_email or "",
        reader=handle,
        course=slug,
        lesson=key,
    )


def _first(page: int) -> int:
    return (max(page, 1) - 1) * ROWS

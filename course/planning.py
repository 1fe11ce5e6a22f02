"""Which lesson comes next, and when: the planned row is only the materialised answer.

advance      after a receipt, an edit, a wish, a resume: make the planned row say what is true now
may_begin    a worker is about to send: is the plan still right? If not, the row is mended and nothing leaves
"""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course import caps, outbox, suppressions
from course.errors import NotFound
from course.models import Delivery, DeliveryState, Edition, Enrollment, EnrollmentState, Kind, Pause, Reader
from course.schedule import NoSlot, latest_recurrence, local_zone, slot, useless, when_capped, when_late
from course.sequence import SequenceLesson
from course.standing import ON_THE_WAY, Standing, answer, standing_of
from course.unmoved import Unmoved

PASSED_OVER = "It was added after this reader had finished, and not for them."
UNDER_WAY = (DeliveryState.CLAIMED, DeliveryState.SENDING, DeliveryState.UNCERTAIN)


def lock(session: Session, enrollment_id: int) -> Enrollment:
    """The enrollment, locked: always before its deliveries, so that nobody waits in a circle. Raises NotFound."""
    enrollment = find_locked(session, enrollment_id)
    if enrollment is None:
        raise NotFound("This reader was erased in the meantime.")
    return enrollment


def find_locked(session: Session, enrollment_id: int) -> Enrollment | None:
    """The same; None when the reader was erased in the meantime, and the enrollment's deliveries with it."""
    statement = select(Enrollment).where(Enrollment.id == enrollment_id).with_for_update(key_share=True)
    return session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def advance(session: Session, enrollment_id: int, now: datetime, *, by_publication: bool = False) -> None:
    """Make the enrollment's planned row say what is true now. Harmless to repeat.

    `by_publication`: a row that is created here waits until that publication can no longer be undone, and one that it
    does not move stays as it is, however late."""
    enrollment = find_locked(session, enrollment_id)
    if enrollment is None or enrollment.state not in ON_THE_WAY:
        return
    row = outbox.open_lesson(session, enrollment_id)
    if row is not None and row.state in UNDER_WAY:
        return  # its own record advances; its begin looks again
    standing = standing_of(session, enrollment)
    lesson = standing.awaited
    if row is not None and (lesson is None or row.lesson_id != lesson.lesson_id):
        outbox.cancel(session, Delivery.id == row.id, reason="Another lesson comes next.")
        row = None
    if lesson is None:
        _finish(session, enrollment, standing, _after_undo(standing, now) if by_publication else now)
    elif row is None:
        planned = _plan(session, enrollment, standing, lesson, now)
        if by_publication:
            _wait_for_undo(planned, standing)
    elif row.state is DeliveryState.PLANNED or row.revision_id != lesson.revision_id:
        plan, wishes_number = (row.slot_at, row.due_at), enrollment.reader.wishes_number
        stays = by_publication and Unmoved(session, now).keeps(
            row, wishes_number, standing, answer(standing, lesson, now)
        )
        row.wishes_number = wishes_number
        _replan(session, standing, row, lesson, now)
        if stays:
            row.slot_at, row.due_at = plan


def _plan(
    session: Session, enrollment: Enrollment, standing: Standing, lesson: SequenceLesson, now: datetime
) -> Delivery:
    row = session.scalars(
        select(Delivery).where(
            Delivery.enrollment_id == enrollment.id,
            Delivery.lesson_id == lesson.lesson_id,
            Delivery.kind == Kind.LESSON,
        )
    ).one_or_none()
    if row is None:
        row = Delivery(
            kind=Kind.LESSON,
            enrollment_id=enrollment.id,
            reader_id=enrollment.reader_id,
            course_id=enrollment.course_id,
            lesson_id=lesson.lesson_id,
            created_at=now,
        )
    row.state, row.attempts, row.first_tried_at, row.asked, row.reply = DeliveryState.PLANNED, 0, None, False, None
    row.repeats = 0
    # Somebody has just confirmed and is looking at the inbox.
    at_once = lesson.step.wait.kind == "immediately" and not standing.history.receipts
    row.priority = outbox.URGENT if at_once else outbox.SCHEDULED
    row.wishes_number = enrollment.reader.wishes_number
    _write(row, standing, lesson, now)
    session.add(row)
    session.flush()
    return row


def _replan(session: Session, standing: Standing, row: Delivery, lesson: SequenceLesson, now: datetime) -> None:
    """Recompute a planned (or failed, now rewritten) row; one that does not move keeps its due time."""
    before, republished = row.slot_at, row.edition_id != standing.sequence.edition_id
    kept_due = row.due_at
    revived = row.state is DeliveryState.FAILED
    if revived:
        row.state, row.reply = DeliveryState.PLANNED, None
    _write(row, standing, lesson, now)
    if revived or row.slot_at != before or row.due_at is None:
        row.attempts, row.first_tried_at = 0, None  # what a server said then has nothing to do with another day
    if row.slot_at == before and kept_due is not None and not revived and not standing.held:
        row.due_at = kept_due
    elif republished:
        _wait_for_undo(row, standing)
    session.flush()


def _wait_for_undo(row: Delivery, standing: Standing) -> None:
    """What a publication moved or made is not claimable before it can no longer be undone."""
    if row.due_at is not None:
        row.due_at = _after_undo(standing, row.due_at)


def _after_undo(standing: Standing, due_at: datetime) -> datetime:
    return max(due_at, standing.sequence.undo_until or due_at)


def _write(row: Delivery, standing: Standing, lesson: SequenceLesson, now: datetime) -> None:
    """Put the schedule's answer into the row, and under which edition and wishes it was computed."""
    row.edition_id, row.revision_id = standing.sequence.edition_id, lesson.revision_id
    # What an earlier attempt was made of is over: the reader gets the text of today.
    row.compilation_id = None
    if row.asked:
        row.due_at = None if standing.paused else row.due_at or now
        return
    said = answer(standing, lesson, now)
    row.slot_at, row.due_at, row.day_based = said.slot_at, said.due_at, said.day_based
    row.reply = said.problem or row.reply


def _finish(session: Session, enrollment: Enrollment, standing: Standing, now: datetime) -> None:
    """Nothing is left: the course is completed, unless its author is still writing or a pause holds everything."""
    finished_at, last = enrollment.finished_at, standing.history.last_sent_at
    if finished_at is not None and (last is None or last <= finished_at):
        _go_home(session, enrollment)
        return
    if not standing.sequence.course.ends or not standing.history.receipts or standing.paused:
        return
    enrollment.state, enrollment.finished_at = EnrollmentState.COMPLETED, now
    key = f"completion:{enrollment.handle}"
    row = session.scalars(select(Delivery).where(Delivery.request_key == key)).first()
    if row is None:
        row = Delivery(
            kind=Kind.COMPLETION,
            enrollment_id=enrollment.id,
            reader_id=enrollment.reader_id,
            request_key=key,
            created_at=now,
        )
    elif row.state is not DeliveryState.CANCELLED:
        return
    row.edition_id, row.slot_at = standing.sequence.edition_id, max(now, standing.resumes_at or now)
    outbox.plan_urgent(session, row)


def _go_home(session: Session, enrollment: Enrollment) -> None:
    """Who had finished and was brought back gets nothing after all: all is as it was."""
    enrollment.state, enrollment.paused_until = EnrollmentState.COMPLETED, None
    enrollment.anchor_at, enrollment.anchor_wait = enrollment.confirmed_at, None
    passed = (Delivery.enrollment_id == enrollment.id, Delivery.state == DeliveryState.SKIPPED)
    statement = update(Delivery).where(*passed, Delivery.reply == PASSED_OVER)
    session.execute(statement.values(state=DeliveryState.CANCELLED, sent_at=None))
    session.flush()


def reopen(session: Session, edition: Edition) -> None:
    """Who was completed under an edition that is taken back is on the way again, and its letter stays here."""
    key = Delivery.enrollment_id == Enrollment.id
    letter = select(Delivery.id).where(key, Delivery.kind == Kind.COMPLETION, Delivery.edition_id == edition.id)
    completed = (Enrollment.course_id == edition.course_id, Enrollment.state == EnrollmentState.COMPLETED)
    for each in session.scalars(select(Enrollment).where(*completed, letter.exists()).order_by(Enrollment.id)).all():
        lock(session, each.id)
        resting = each.paused_until is not None
        each.state, each.finished_at = EnrollmentState.PAUSED if resting else EnrollmentState.ACTIVE, None
        mine = (Delivery.enrollment_id == each.id, Delivery.kind == Kind.COMPLETION)
        outbox.cancel(session, *mine, reason="The publication was taken back.")
    session.flush()


def may_begin(session: Session, delivery: Delivery, now: datetime) -> bool:
    """Whether a claimed row may leave now. If not, it is mended here: cancelled, skipped, held or planned again."""
    if delivery.reader_id is None:
        return _still_useful(session, delivery, now)
    reader = session.get_one(Reader, delivery.reader_id)
    if suppressions.bars(session, reader, delivery.kind):
        return _drop(session, delivery, "The address is suppressed.")
    if delivery.kind is Kind.LESSON:
        return _lesson_may_begin(session, delivery, reader, now)
    if delivery.kind is Kind.CONFIRMATION and _enrollment(session, delivery).state is not EnrollmentState.PENDING:
        return _drop(session, delivery, "The enrollment is no longer waiting for a confirmation.")
    if delivery.kind is Kind.REPEAT and _enrollment(session, delivery).state is EnrollmentState.ENDED:
        return _drop(session, delivery, "The reader has left.")
    return _still_useful(session, delivery, now)


def _lesson_may_begin(session: Session, delivery: Delivery, reader: Reader, now: datetime) -> bool:
    enrollment = _enrollment(session, delivery)
    if enrollment.state not in ON_THE_WAY:
        return _drop(session, delivery, "The reader has left or finished.")
    standing = standing_of(session, enrollment)
    if standing.held or standing.earliest(now) > now:
        return _later(delivery, None if standing.held else standing.earliest(now))
    if standing.resumes_at:
        end_pause(session, enrollment, now)
    if delivery.repeats:
        return True  # the same bytes once more: its slot was decided when it was begun
    lesson = standing.awaited
    stale = (delivery.edition_id, delivery.wishes_number) != (standing.sequence.edition_id, reader.wishes_number)
    if lesson is None or stale or lesson.lesson_id != delivery.lesson_id or _lengthened(delivery, standing, lesson):
        republished = delivery.edition_id != standing.sequence.edition_id
        _later(delivery, now)
        session.flush()
        advance(session, enrollment.id, now, by_publication=republished)
        return False
    return _in_time(session, delivery, standing, lesson, now)


def _lengthened(delivery: Delivery, standing: Standing, lesson: SequenceLesson) -> bool:
    """Whether a pause that is over made the wait longer, and the replan behind it has not come to this row yet."""
    if not standing.pauses or delivery.asked:
        return False
    step, rules, wishes = standing.step(lesson), standing.sequence.course.rules, standing.wishes
    try:
        return slot(step, rules, wishes, standing.past(lesson)).at > delivery.slot_at
    except NoSlot:
        return False


def end_pause(session: Session, enrollment: Enrollment, now: datetime) -> None:
    """The reader's own pause is over."""
    enrollment.state, enrollment.paused_until = EnrollmentState.ACTIVE, None
    for each in session.scalars(select(Pause).where(Pause.enrollment_id == enrollment.id, Pause.ended_at.is_(None))):
        each.ended_at = now


def _in_time(session: Session, delivery: Delivery, standing: Standing, lesson: SequenceLesson, now: datetime) -> bool:
    """The plan stands; is it still the hour for it?"""
    rules, past, step = standing.sequence.course.rules, standing.past(lesson), standing.step(lesson)
    if useless(step, standing.wishes, rules, now):
        outbox.skip(delivery, "It would have made no sense any more.", now)
        session.flush()
        advance(session, _enrollment(session, delivery).id, now)
        return False
    if delivery.asked:
        return True
    at = when_late(delivery.slot_at, step, rules, standing.wishes, past, now)
    if at > now:
        delivery.slot_at = at
        return _later(delivery, at)
    if rules.cap is not None and not _has_room(session, delivery, standing, lesson, now):
        return False
    if step.wait.day_based:
        delivery.slot_at = latest_recurrence(delivery.slot_at, step, rules, standing.wishes, now)
    return True


def _has_room(session: Session, delivery: Delivery, standing: Standing, lesson: SequenceLesson, now: datetime) -> bool:
    """Whether the cap over all courses leaves room today; if not, the lesson goes to the next slot after today."""
    rules, wishes = standing.sequence.course.rules, standing.wishes
    assert rules.cap is not None and delivery.reader_id is not None, "a lesson has a reader"
    room = caps.has_room(session, delivery.reader_id, rules.cap, local_zone(rules, wishes), now)
    if room is None:
        return _later(delivery, now + caps.MOMENT)
    if not room:
        delivery.slot_at = when_capped(standing.step(lesson), rules, wishes, standing.past(lesson), now).at
        return _later(delivery, delivery.slot_at)
    return True


def _still_useful(session: Session, delivery: Delivery, now: datetime) -> bool:
    if delivery.useless_after is not None and now > delivery.useless_after:
        return _drop(session, delivery, "Its link would have expired already.")
    return True


def _drop(session: Session, delivery: Delivery, reason: str) -> bool:
    outbox.cancel(session, Delivery.id == delivery.id, reason=reason)
    return False


def _later(delivery: Delivery, due_at: datetime | None) -> bool:
    outbox.wait_until(delivery, due_at)
    return False


def _enrollment(session: Session, delivery: Delivery) -> Enrollment:
    assert delivery.enrollment_id is not None, "a check constraint keeps lessons in their enrollment"
    return session.get_one(Enrollment, delivery.enrollment_id)

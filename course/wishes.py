"""What readers ask for on their page: a pause, another hour or pace, the next lesson now, the course once more."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from course import outbox, planning
from course.enrollment import advance_all, check_hour, confirm, latest_run, new_run
from course.errors import Refused
from course.gates import read_signs
from course.models import Delivery, DeliveryState, Enrollment, EnrollmentState, Kind, Pause, Sign
from course.progress import received_lesson
from course.schedule import Wishes, known_zone, local_zone
from course.schedule.walltime import on_the_wall
from course.sequence import published_sequence
from course.standing import standing_of, wishes_of

SLOWEST, FASTEST = 4.0, 0.25
MOST_REPEATS_A_DAY = 5


def pause(session: Session, enrollment: Enrollment, until: date | None, now: datetime) -> None:
    """Rest until the morning of `until`, or until the reader comes back. A reader's own pause keeps original dates."""
    enrollment = planning.lock(session, enrollment.id)
    if enrollment.state is not EnrollmentState.ACTIVE:
        return
    zone = local_zone(published_sequence(session, enrollment.course_id).course.rules, wishes_of(enrollment.reader))
    today = now.astimezone(zone).date()
    if until is not None and not today < until <= today + timedelta(days=366):
        raise Refused({"until": "Please choose a day within the coming year."})
    enrollment.state = EnrollmentState.PAUSED
    enrollment.paused_until = on_the_wall(until, time(0), zone) if until else None
    session.add(Pause(course_id=enrollment.course_id, enrollment_id=enrollment.id, began_at=now, mode="original"))
    session.flush()
    planning.advance(session, enrollment.id, now)


def resume(session: Session, enrollment: Enrollment, now: datetime) -> None:
    """Come back from a pause. Harmless to repeat."""
    enrollment = planning.lock(session, enrollment.id)
    if enrollment.state is not EnrollmentState.PAUSED:
        return
    planning.end_pause(session, enrollment, now)
    session.flush()
    planning.advance(session, enrollment.id, now)


def ask_next_now(session: Session, enrollment: Enrollment, lesson_key: str, now: datetime) -> bool:
    """Send the awaited lesson at once. It is named, so a second click, meant for the same one, does nothing."""
    enrollment = planning.lock(session, enrollment.id)
    row = outbox.open_lesson(session, enrollment.id)
    named = row is not None and row.lesson is not None and row.lesson.key == lesson_key
    if row is None or not named or row.state is not DeliveryState.PLANNED or row.asked:
        return False
    if enrollment.state is not EnrollmentState.ACTIVE or standing_of(session, enrollment).held:
        return False
    row.asked, row.day_based, row.slot_at, row.due_at, row.priority = True, False, now, now, outbox.URGENT
    return True


def say_done(session: Session, enrollment: Enrollment, lesson_key: str, now: datetime) -> None:
    """The sign of life that a lesson asked for. Harmless to repeat; raises NotFound for a lesson that never came."""
    lesson = received_lesson(session, enrollment, lesson_key)
    assert lesson.lesson_id is not None, "a delivery of a lesson names it"
    if lesson.lesson_id in read_signs(session, enrollment.id):
        return
    session.add(Sign(enrollment_id=enrollment.id, lesson_id=lesson.lesson_id, said_at=now))
    session.flush()
    planning.advance(session, enrollment.id, now)


def send_again(session: Session, enrollment: Enrollment, lesson_key: str, request: str, now: datetime) -> None:
    """A lesson once more, as a repeat: no receipt, no anchor. `request` names the press of a button, so that a second
    one of the same page does nothing. Raises NotFound for a lesson that never came, Refused after a few in a day."""
    lesson = received_lesson(session, enrollment, lesson_key)
    key = f"repeat:{enrollment.handle}:{lesson_key}:{request[:40]}"
    if session.scalars(select(Delivery.id).where(Delivery.request_key == key)).first() is not None:
        return
    mine = (Delivery.enrollment_id == enrollment.id, Delivery.kind == Kind.REPEAT)
    today = select(func.count()).where(*mine, Delivery.created_at > now - timedelta(days=1))
    if (session.scalar(today) or 0) >= MOST_REPEATS_A_DAY:
        raise Refused({"lesson": "That is enough for one day; every lesson can be read here, too."})
    row = Delivery(
        kind=Kind.REPEAT,
        enrollment_id=enrollment.id,
        reader_id=enrollment.reader_id,
        lesson_id=lesson.lesson_id,
        edition_id=lesson.edition_id,
        request_key=key,
        slot_at=now,
        created_at=now,
    )
    outbox.plan_urgent(session, row)


def set_wishes(session: Session, enrollment: Enrollment, wishes: Wishes, now: datetime) -> None:
    """Change zone, hour and pace; the plans of all this reader's courses follow. Raises Refused."""
    reader = enrollment.reader
    # One that was unknown before is no reason to refuse another hour.
    if wishes.timezone not in (None, reader.timezone) and not known_zone(wishes.timezone):
        raise Refused({"timezone": "Please choose a time zone from the list."})
    if not FASTEST <= wishes.pace <= SLOWEST:
        raise Refused({"pace": "Please choose a pace from the list."})
    rules = published_sequence(session, enrollment.course_id).course.rules
    hour = check_hour(f"{wishes.hour:%H:%M}", rules) if wishes.hour else None
    if (wishes.timezone, hour, wishes.pace) == (reader.timezone, reader.hour, reader.pace):
        return
    reader.timezone, reader.hour, reader.pace = wishes.timezone, hour, wishes.pace
    reader.wishes_number += 1
    session.flush()
    advance_all(session, reader.id, now)


def restart(session: Session, enrollment: Enrollment, now: datetime) -> Enrollment:
    """Take the course again from the beginning: a new run. Only for who has finished or left."""
    latest = latest_run(session, enrollment.reader_id, enrollment.course_id)
    assert latest is not None, "the enrollment itself is one"
    if latest.state not in (EnrollmentState.COMPLETED, EnrollmentState.ENDED):
        return latest
    again = new_run(enrollment.reader, enrollment.course_id, latest.run + 1, now)
    session.add(again)
    session.flush()
    return confirm(session, again.handle, now)

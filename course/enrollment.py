"""How readers come and go: sign up, confirm, leave, come back.

Whoever signs up learns nothing about the address: the answer is the same for known and unknown, and the mail tells.
What the form says becomes the reader's only when the address is confirmed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from course import outbox, planning, signups, suppressions
from course.addresses import check_address, clean_name
from course.database import one_at_a_time
from course.errors import MeantimeError, NotFound, Refused
from course.history import read_history
from course.models import Delivery, DeliveryState, Enrollment, EnrollmentState, Kind, Reader
from course.schedule import Rules, known_zone
from course.schedule.walltime import is_quiet
from course.sequence import sequence_at
from course.signups import Letter, NewLetter, Run
from course.tokens import Tokens, identity_key, new_handle

CONFIRM_WITHIN = timedelta(hours=72)
MOST_A_DAY = 3
GRACE = timedelta(minutes=15)
UNANSWERED = frozenset({EnrollmentState.PENDING, EnrollmentState.ENDED})


class Ended(MeantimeError):
    """The reader has left since this link was made; signing up again is the way back."""


@dataclass(frozen=True)
class Signup:
    """The sign-up form as it came: raw text."""

    email: str
    name: str = ""
    timezone: str = ""
    hour: str = ""


def enroll(session: Session, slug: str, signup: Signup, now: datetime) -> None:
    """Take a sign-up: plan the confirmation, or the "you are already in" mail. Raises Refused and NotFound."""
    sequence = sequence_at(session, slug)
    address, wishes = _check(signup, sequence.course.rules)
    session.flush()  # what follows looks past the session, at the rows themselves
    digest = Tokens(identity_key(session), ()).address_digest(address)
    if signups.is_barred(session, digest):
        return  # an address that bounced or complained gets nothing, is not kept, and the form does not say so
    one_at_a_time(session, digest)  # two forms at once cannot both see the last mail of the day
    reader = signups.find_reader(session, digest)
    run = signups.latest_run(session, reader, sequence.course_id) if reader else None
    kind = Kind.CONFIRMATION if run is None or run.state in UNANSWERED else Kind.SIGN_IN
    due = reader is None or _may_write(signups.letters_of_the_day(session, reader, now), kind, run, now)
    reader = reader or signups.add_reader(session, address, digest, now)
    mine = run.id if run else signups.add_run(session, reader, sequence.course_id, wishes, now)
    if run and kind is Kind.CONFIRMATION:
        signups.ask_again(session, mine, wishes, asked_at=now if due else None)
    if due:
        until = now + CONFIRM_WITHIN if kind is Kind.CONFIRMATION else None
        signups.add_letter(session, NewLetter(kind, mine, reader, sequence.edition_id, until), now)
    session.expire_all()


def _check(signup: Signup, rules: Rules) -> tuple[str, dict[str, str | None]]:
    """The address and the wishes; raises Refused with every reason at once."""
    reasons: dict[str, str] = {}
    address = ""
    try:
        address = check_address(signup.email)
    except Refused as refused:
        reasons |= refused.reasons
    if signup.timezone and not known_zone(signup.timezone):
        reasons["timezone"] = "Please choose a time zone from the list."
    try:
        hour = check_hour(signup.hour, rules)
    except Refused as refused:
        reasons |= refused.reasons
    if reasons:
        raise Refused(reasons)
    return address, {"name": clean_name(signup.name), "timezone": signup.timezone or None, "hour": hour}


def check_hour(text: str, rules: Rules) -> str | None:
    """A preferred hour such as "07:30", or None for the course's own; refused inside the course's quiet hours."""
    if not text.strip():
        return None
    try:
        hour = time.fromisoformat(text.strip())
    except ValueError:
        raise Refused({"hour": "Please choose an hour such as 07:30."}) from None
    if hour.tzinfo or hour.second or hour.microsecond:
        raise Refused({"hour": "Please choose an hour such as 07:30."})
    if rules.quiet and is_quiet(hour, rules.quiet):
        first, last = rules.quiet
        raise Refused({"hour": f"This course sends nothing from {first:%H:%M} to {last:%H:%M}."})
    return f"{hour:%H:%M}"


def _may_write(letters: Sequence[Letter], kind: Kind, run: Run | None, now: datetime) -> bool:
    """Whether an address may get one more mail today, and this enrollment a second one of its kind."""
    if run is None or len(letters) >= MOST_A_DAY:
        return len(letters) < MOST_A_DAY
    lost: tuple[DeliveryState, ...] = ()
    since = now - signups.A_DAY
    if kind is Kind.CONFIRMATION:
        lost = (DeliveryState.CANCELLED, DeliveryState.FAILED)
        since = run.finished_at or run.created_at - GRACE  # who left today may come back today
    mine = (each for each in letters if each.enrollment_id == run.id and each.kind is kind)
    return not any(each.created_at > since and each.state not in lost for each in mine)


def latest_run(session: Session, reader_id: int, course_id: int) -> Enrollment | None:
    """The reader's newest enrollment in this course, locked."""
    runs = select(Enrollment).where(Enrollment.reader_id == reader_id, Enrollment.course_id == course_id)
    return session.scalars(runs.order_by(Enrollment.run.desc()).with_for_update(key_share=True)).first()


def new_run(reader: Reader, course_id: int, run: int, now: datetime) -> Enrollment:
    """A pending enrollment of one reader in one course, run n; to be added to a session."""
    return Enrollment(
        handle=new_handle(),
        reader=reader,
        course_id=course_id,
        run=run,
        state=EnrollmentState.PENDING,
        wishes={},
        created_at=now,
        asked_at=now,
    )


def find(session: Session, handle: str) -> Enrollment:
    """The enrollment that a link names; raises NotFound after an erase."""
    enrollment = session.scalars(select(Enrollment).where(Enrollment.handle == handle)).one_or_none()
    if enrollment is None:
        raise NotFound("This link belongs to nobody any more.")
    return enrollment


def confirm(session: Session, handle: str, now: datetime) -> Enrollment:
    """The address answers: the course begins. Harmless to repeat; raises Ended for who has left since."""
    enrollment = planning.lock(session, find(session, handle).id)
    if enrollment.state is EnrollmentState.ENDED:
        raise Ended("You have left this course since; sign up again to come back.")
    if enrollment.state is EnrollmentState.PENDING:
        returning = enrollment.confirmed_at is not None
        changed = _take_wishes(enrollment.reader, enrollment.wishes)
        suppressions.lift(session, enrollment.reader.digest, suppressions.LEFT_ALL, now)
        enrollment.state, enrollment.confirmed_at, enrollment.anchor_at = EnrollmentState.ACTIVE, now, now
        enrollment.anchor_wait = "0 days" if returning and _has_receipts(session, enrollment) else None
        enrollment.finished_at, enrollment.wishes = None, {}
        session.flush()
        if changed:
            advance_all(session, enrollment.reader_id, now)
        else:
            planning.advance(session, enrollment.id, now)
    return enrollment


def advance_all(session: Session, reader_id: int, now: datetime) -> None:
    """All this reader's plans follow new wishes."""
    for each in session.scalars(select(Enrollment.id).where(Enrollment.reader_id == reader_id).order_by(Enrollment.id)):
        planning.advance(session, each, now)


def _has_receipts(session: Session, enrollment: Enrollment) -> bool:
    return bool(read_history(session, enrollment).receipts)


def _take_wishes(reader: Reader, wishes: dict[str, str | None]) -> bool:
    """What the form said is now the reader's own word; an empty field changes nothing. True if plans must follow."""
    reader.name = wishes.get("name") or reader.name
    zone, hour = wishes.get("timezone") or reader.timezone, wishes.get("hour") or reader.hour
    changed = (zone, hour) != (reader.timezone, reader.hour)
    if changed:
        reader.timezone, reader.hour = zone, hour
        reader.wishes_number += 1
    return changed


def leave(session: Session, handle: str, now: datetime) -> Enrollment:
    """Leave one course, at once and for good. Harmless to repeat."""
    enrollment = planning.lock(session, find(session, handle).id)
    _end(session, enrollment, now)
    return enrollment


def leave_all(session: Session, handle: str, now: datetime) -> Enrollment:
    """Leave everything: every course ends, and the address is not mailed until it confirms something new."""
    enrollment = find(session, handle)
    all_of_them = select(Enrollment).where(Enrollment.reader_id == enrollment.reader_id).order_by(Enrollment.id)
    for each in session.scalars(all_of_them).all():
        _end(session, planning.lock(session, each.id), now)
    suppressions.suppress(session, enrollment.reader.digest, suppressions.LEFT_ALL, now)
    return enrollment


def _end(session: Session, enrollment: Enrollment, now: datetime) -> None:
    if enrollment.state is not EnrollmentState.ENDED:
        enrollment.state, enrollment.finished_at = EnrollmentState.ENDED, now
        session.flush()
    outbox.cancel(session, Delivery.enrollment_id == enrollment.id, reason="The reader has left.")

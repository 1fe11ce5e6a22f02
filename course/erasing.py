"""A reader is erased: everything that is about them goes, and what others wrote about them loses their address.

the reader's row ─► its enrollments, deliveries, pauses, signs and reports go with it, by foreign keys
what stays       ─► suppressions, which hold a keyed digest and no address
mails on their way: whoever has one finds no row to begin or to record; only what had begun before may still arrive
"""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from course import feedback, suppressions
from course.addresses import check_address
from course.database import one_at_a_time
from course.errors import MeantimeError, NotFound, Refused
from course.models import Alarm, Delivery, Enrollment, Kind, Reader
from course.tokens import Tokens, identity_key

ERASED = "(erased)"


class InHand(MeantimeError):
    """Somebody works on one of this reader's courses at this very moment: roll back and try again."""


@dataclass(frozen=True)
class Erased:
    """How many rows are gone, and how many other texts held the address; `suppressed`: why it is not mailed."""

    courses: int
    mails: int
    texts: int
    suppressed: frozenset[str]


def find(session: Session, address: str) -> Reader:
    """The reader of an address, however it is capitalised; raises NotFound."""
    reader = session.scalars(select(Reader).where(Reader.digest == digest_of(session, address))).one_or_none()
    if reader is None:
        raise NotFound("There is no reader with this address.")
    return reader


def digest_of(session: Session, address: str) -> str:
    """The keyed digest under which an address is known, whether or not there is a reader."""
    return Tokens(identity_key(session), ()).address_digest(_as_stored(address))


def erase(session: Session, address: str) -> Erased:
    """Erase the reader of this address, and the address wherever else it stands. Commit at once.

    Raises NotFound where nothing held it, and InHand where it has to be tried again: nobody waits here for a lock
    while holding another, so nobody waits in a circle."""
    address = _as_stored(address)
    digest = digest_of(session, address)
    one_at_a_time(session, digest)  # no sign-up of this address is under way
    _leave_no_traces_in_free_space(session)
    reader = session.scalars(select(Reader).where(Reader.digest == digest)).one_or_none()
    courses, mails = _erase_reader(session, reader) if reader else (0, 0)
    texts = feedback.erase(session, address) + _erase_words(session, address)
    if reader is None and not texts:
        raise NotFound("There is no reader with this address.")
    return Erased(courses, mails, texts, suppressions.reasons(session, digest))


def _erase_reader(session: Session, reader: Reader) -> tuple[int, int]:
    """Locks the enrollments before anything of theirs, as everybody does."""
    courses = _lock(session, reader)
    mails = session.scalar(select(func.count()).select_from(Delivery).where(Delivery.reader_id == reader.id)) or 0
    gone = delete(Reader).where(Reader.id == reader.id).execution_options(synchronize_session=False)
    session.execute(gone)
    session.expire_all()
    return courses, mails


def _lock(session: Session, reader: Reader) -> int:
    """How many enrollments; raises InHand."""
    theirs = select(Enrollment.id).where(Enrollment.reader_id == reader.id)
    free = session.scalars(theirs.order_by(Enrollment.id).with_for_update(skip_locked=True)).all()
    mine = session.scalars(select(Reader.id).where(Reader.id == reader.id).with_for_update(skip_locked=True)).all()
    if not mine or len(session.scalars(theirs).all()) > len(free):
        raise InHand("Mail of this reader is on its way at this moment. Try again.")
    return len(free)


def _erase_words(session: Session, address: str) -> int:
    """A mail server's words about a relay may name whom a refused mail was for; the owners' letters quote them."""
    named, found = re.compile(re.escape(address), re.IGNORECASE), 0
    for alarm in session.scalars(select(Alarm)):
        words = named.sub(ERASED, alarm.words)
        found += words != alarm.words
        alarm.words = words
    for letter in session.scalars(select(Delivery).where(Delivery.admin_id.is_not(None), Delivery.kind == Kind.ALARM)):
        values, reply = _without(letter.values, named), named.sub(ERASED, letter.reply or "") or None
        found += (values, reply) != (letter.values, letter.reply)
        letter.values, letter.reply = values, reply
    session.flush()
    return found


def _without(value: Any, named: re.Pattern[str]) -> Any:
    """The same plain value without the address in any of its texts."""
    if isinstance(value, str):
        return named.sub(ERASED, value)
    if isinstance(value, dict):
        return {key: _without(each, named) for key, each in value.items()}
    return value


def _as_stored(address: str) -> str:
    """An address that today's form would refuse may have been stored by an older version."""
    try:
        return check_address(address)
    except Refused:
        return address.strip()


def _leave_no_traces_in_free_space(session: Session) -> None:
    """SQLite overwrites what is deleted only when it is told to; other databases do it in their own time."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete = ON"))

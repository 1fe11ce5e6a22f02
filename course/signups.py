"""What a sign-up reads and writes, in prepared statements: a course that is talked about gets hundreds in a second.

Nothing is decided here; course.enrollment does that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from course.database import instant
from course.models import Delivery, DeliveryState, Enrollment, EnrollmentState, Kind, Reader, Suppression
from course.outbox import URGENT
from course.prepared import Prepared
from course.suppressions import LEFT_ALL
from course.tokens import new_handle

A_DAY = timedelta(hours=24)
_READERS: Any = Reader.__table__
_ENROLLMENTS: Any = Enrollment.__table__
_DELIVERIES: Any = Delivery.__table__


def _given(*names: str) -> dict[str, Any]:
    return {name: bindparam(name) for name in names}


_BARRED = Prepared(
    select(Suppression.id).where(
        Suppression.digest == bindparam("digest"), Suppression.ended_at.is_(None), Suppression.reason != LEFT_ALL
    )
)
# Locked against being forgotten at this moment (course.privacy).
_READER = Prepared(
    select(_READERS.c.id).where(_READERS.c.digest == bindparam("digest")).with_for_update(read=True, key_share=True)
)
_RUN = Prepared(
    select(*(_ENROLLMENTS.c[name] for name in ("id", "state", "created_at", "finished_at")))
    .where(_ENROLLMENTS.c.reader_id == bindparam("reader"), _ENROLLMENTS.c.course_id == bindparam("course"))
    .order_by(_ENROLLMENTS.c.run.desc())
    .limit(1)
    .with_for_update(key_share=True)
)
_LETTERS = Prepared(
    select(*(_DELIVERIES.c[name] for name in ("enrollment_id", "kind", "state", "created_at"))).where(
        _DELIVERIES.c.reader_id == bindparam("reader"),
        or_(_DELIVERIES.c.kind == Kind.CONFIRMATION, _DELIVERIES.c.kind == Kind.SIGN_IN),
        _DELIVERIES.c.created_at > bindparam("since"),
    )
)
_NEW_READER = Prepared(
    insert(_READERS)
    .values(name="", pace=1.0, wishes_number=0, fields={}, **_given("handle", "email", "digest", "created_at"))
    .returning(_READERS.c.id)
)
_NEW_RUN = Prepared(
    insert(_ENROLLMENTS)
    .values(
        run=1,
        state=EnrollmentState.PENDING,
        **_given("handle", "reader_id", "course_id", "wishes", "created_at", "asked_at"),
    )
    .returning(_ENROLLMENTS.c.id)
)
_AGAIN = Prepared(
    update(_ENROLLMENTS)
    .where(_ENROLLMENTS.c.id == bindparam("row"))
    .values(
        state=EnrollmentState.PENDING,
        wishes=bindparam("said"),
        asked_at=func.coalesce(bindparam("asked", type_=_ENROLLMENTS.c.asked_at.type), _ENROLLMENTS.c.asked_at),
    )
)
# As outbox.plan_urgent writes it.
_LETTER = Prepared(
    insert(_DELIVERIES)
    .values(
        state=DeliveryState.PLANNED, priority=URGENT, day_based=False, asked=False, attempts=0, repeats=0,
        **_given(
            "kind", "enrollment_id", "reader_id", "edition_id", "slot_at", "due_at", "useless_after", "created_at"
        ),
    )
    .inline()
)  # fmt: skip


@dataclass(frozen=True)
class Run:
    """A reader's newest enrollment in one course, locked."""

    id: int
    state: EnrollmentState
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class Letter:
    """A confirmation or sign-in mail of the last day."""

    enrollment_id: int | None
    kind: Kind
    state: DeliveryState
    created_at: datetime


@dataclass(frozen=True)
class NewLetter:
    """One that is to go out now; nobody wants it after `useless_after`."""

    kind: Kind
    enrollment_id: int
    reader_id: int
    edition_id: int
    useless_after: datetime | None


def is_barred(session: Session, digest: str) -> bool:
    """Whether this address bounced or complained; who left everything may come back."""
    return bool(_BARRED.fetch(session, digest=digest))


def find_reader(session: Session, digest: str) -> int | None:
    """The reader of an address, however it is capitalised: nobody has more mail by typing it otherwise."""
    found = _READER.fetch(session, digest=digest)
    return found[0].id if found else None


def latest_run(session: Session, reader_id: int, course_id: int) -> Run | None:
    """The reader's newest enrollment in this course."""
    for row in _RUN.fetch(session, reader=reader_id, course=course_id):
        ended = instant(row.finished_at) if row.finished_at else None
        return Run(row.id, EnrollmentState(row.state), instant(row.created_at), ended)
    return None


def letters_of_the_day(session: Session, reader_id: int, now: datetime) -> Sequence[Letter]:
    """What an address got unasked within a day: anybody can type it into a form."""
    return [
        Letter(row.enrollment_id, Kind(row.kind), DeliveryState(row.state), instant(row.created_at))
        for row in _LETTERS.fetch(session, reader=reader_id, since=now - A_DAY)
    ]


def add_reader(session: Session, address: str, digest: str, now: datetime) -> int:
    """A reader of whom we know the address alone."""
    reader = {"handle": new_handle(), "email": address, "digest": digest, "created_at": now}
    return int(_NEW_READER.fetch(session, **reader)[0].id)


def add_run(session: Session, reader_id: int, course_id: int, wishes: dict[str, str | None], now: datetime) -> int:
    """A first enrollment, pending."""
    whose = {"handle": new_handle(), "reader_id": reader_id, "course_id": course_id}
    return int(_NEW_RUN.fetch(session, **whose, wishes=wishes, created_at=now, asked_at=now)[0].id)


def ask_again(session: Session, run_id: int, wishes: dict[str, str | None], asked_at: datetime | None) -> None:
    """An enrollment waits for its confirmation again, with what the form said last; None where no mail goes out."""
    _AGAIN.execute(session, row=run_id, said=wishes, asked=asked_at)


def add_letter(session: Session, letter: NewLetter, now: datetime) -> None:
    """Plan it for now."""
    times = {"slot_at": now, "due_at": now, "created_at": now}
    _LETTER.execute(session, **vars(letter), **times)

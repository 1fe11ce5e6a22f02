"""The house's generation: a number that only grows, kept in the database and once more beside it.

Where the one in the database is the smaller one, the database is older than what stands beside it: a backup was
restored, and it knows nothing of the mails that were sent since. The number is an instant in milliseconds by the
database's clock, so that the difference can be told to a person.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from course.clock import lease_now
from course.models import House

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STEP = timedelta(milliseconds=1)


def current(session: Session) -> int:
    """The database's own; 0 where nothing was ever sent."""
    return session.scalars(select(House.generation)).one()


def advance(session: Session, beyond: int = 0) -> int:
    """The next one, greater than the last and than `beyond`. Commit before it is written anywhere else."""
    before = session.scalars(select(House.generation).with_for_update()).one()
    following = max(before + 1, beyond + 1, (lease_now(session) - EPOCH) // STEP)
    session.execute(update(House).values(generation=following))
    return following


def instant(number: int) -> datetime | None:
    """When a generation began; None for what was never begun."""
    return EPOCH + number * STEP if number else None


def house_name(session: Session) -> str:
    """What tells this house's marks from another's, for they may share a Redis or have shared a folder."""
    return sha256(b"generation\n" + session.scalars(select(House.identity_key)).one()).hexdigest()[:16]


def note_backup(session: Session) -> None:
    """A good backup was made just now."""
    session.execute(update(House).values(backed_up_at=lease_now(session)))


def backup_age(session: Session) -> timedelta | None:
    """How old the last good backup is; None where none is known."""
    at = session.scalar(select(House.backed_up_at))
    return lease_now(session) - at if at else None

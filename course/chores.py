"""Long work as rows: the tick takes it in bounded steps.

A step is one transaction: it works on a slice, moves the cursor and commits. A worker that dies in the middle loses
that slice's work and nothing else; two workers never have the same chore, because a step claims it.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from course.clock import lease_now
from course.models import Chore
from course.replanning import replan_slice

REPLAN = "replan"
SLICE = 200
LEASE = timedelta(seconds=60)


def begin(session: Session, kind: str, course_id: int, total: int, now: datetime) -> Chore:
    """Start a chore; an open one of the same kind for the same course starts over instead."""
    open_one = select(Chore).where(Chore.kind == kind, Chore.course_id == course_id, Chore.state == "open")
    chore = session.scalars(open_one.with_for_update()).first()
    if chore is None:
        chore = Chore(kind=kind, course_id=course_id, created_at=now, details={})
        session.add(chore)
    # Whoever is in the middle of a step of the old run has lost the claim.
    chore.cursor, chore.done, chore.total, chore.claim_id, chore.lease_until = 0, 0, total, None, None
    session.flush()
    return chore


def count_open(session: Session) -> int:
    """How many chores wait for a step."""
    return len(session.scalars(select(Chore.id).where(Chore.state == "open")).all())


def take(session: Session) -> tuple[int, str] | None:
    """Claim an open chore that nobody works on: (id, claim id), or None."""
    free = or_(Chore.lease_until.is_(None), Chore.lease_until < lease_now(session))
    statement = select(Chore).where(Chore.state == "open", free).order_by(Chore.id).limit(1)
    chore = session.scalars(statement.with_for_update(skip_locked=True)).one_or_none()
    if chore is None:
        return None
    chore.claim_id, chore.lease_until = secrets.token_hex(8), lease_now(session) + LEASE
    return chore.id, chore.claim_id


def step(session: Session, chore_id: int, claim_id: str, now: datetime) -> bool:
    """Do one slice; True while there is more. A claim that is gone does nothing."""
    mine = select(Chore).where(Chore.id == chore_id, Chore.claim_id == claim_id, Chore.state == "open")
    chore = session.scalars(mine.with_for_update()).one_or_none()
    if chore is None:
        return False
    done = _WORK[chore.kind](session, chore, now)
    chore.done += done
    chore.lease_until = lease_now(session) + LEASE
    if done < SLICE:
        chore.state, chore.finished_at, chore.claim_id, chore.lease_until = "done", now, None, None
    return done == SLICE


def give_back(session: Session, chore_id: int, claim_id: str) -> None:
    """Not finished, but enough for now: anybody may go on."""
    mine = update(Chore).where(Chore.id == chore_id, Chore.claim_id == claim_id)
    session.execute(mine.values(claim_id=None, lease_until=None))


def _replan(session: Session, chore: Chore, now: datetime) -> int:
    assert chore.course_id is not None, "replanning is of one course"
    done, chore.cursor = replan_slice(session, chore.course_id, chore.cursor, SLICE, now)
    return done


_WORK: dict[str, Callable[[Session, Chore, datetime], int]] = {REPLAN: _replan}

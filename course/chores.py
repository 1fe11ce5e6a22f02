"""Long work as rows: the tick takes it in bounded steps.

    replan    every reader on their way gets a new plan: after a publication, an undo, the end of a pause, new zone data
    append    readers who had finished are brought back for what was added: see course.reopening

A step is one transaction: it works on a slice, moves the cursor and commits. A worker that dies in the middle loses
that slice's work and nothing else; two workers never have the same chore, because a step claims it. Chores take turns:
the one that was worked on longest ago goes first, so a long one keeps no short one waiting.
"""

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from course.clock import lease_now
from course.models import Chore
from course.prepared import Prepared
from course.reopening import Asked, reopen_slice
from course.replanning import Run, replan_slice
from course.schedule.zones import RELEASE, is_newer

REPLAN, APPEND = "replan", "append"
_OPEN = Prepared(select(Chore.id).where(Chore.state == "open"))
SLICE = 200
LEASE = timedelta(seconds=60)


def begin_replan(  # noqa: PLR0913 - two reasons, of which an open one may have the other
    session: Session, course_id: int, total: int, now: datetime, *, resumed: bool = False, zones: str = ""
) -> Chore:
    """Plan a course anew; an open replan of it starts over instead. `resumed`: a pause has ended; `zones`: there is
    this release of the zone data."""
    open_ones = select(Chore).where(Chore.kind == REPLAN, Chore.course_id == course_id, Chore.state == "open")
    chore = session.scalars(open_ones.with_for_update()).first()
    if chore is None:
        chore = _new(REPLAN, course_id, {}, now)
        session.add(chore)
    before = chore.details
    chore.details = {"resumed": resumed or bool(before.get("resumed")), "zones": zones or before.get("zones", "")}
    # Whoever is in the middle of a step of the old run has lost the claim.
    chore.cursor, chore.done, chore.total, chore.claim_id, chore.lease_until = 0, 0, total, None, None
    session.flush()
    return chore


def begin_append(session: Session, course_id: int, total: int, asked: Asked, now: datetime) -> Chore:
    """Bring finished readers back for some lessons. Each publication has its own, for it may be taken back."""
    chore = _new(APPEND, course_id, asked.written(), now)
    chore.total = total
    session.add(chore)
    session.flush()
    return chore


def stop_append(session: Session, course_id: int, edition_id: int, now: datetime) -> None:
    """The publication that asked for it was taken back."""
    for each in session.scalars(_appends(course_id).with_for_update()):
        if Asked.read(each.details).edition_id == edition_id:
            _finish(each, now)
    session.flush()


def count_open(session: Session) -> int:
    """How many chores wait for a step."""
    return len(_OPEN.fetch(session))


def open_of(session: Session, course_id: int) -> list[Chore]:
    """What is still being done for a course, the oldest first: `done` readers of `total`."""
    theirs = select(Chore).where(Chore.course_id == course_id, Chore.state == "open")
    return list(session.scalars(theirs.order_by(Chore.id)))


def take(session: Session) -> tuple[int, str] | None:
    """Claim the open chore that nobody has worked on for the longest time: (id, claim id), or None."""
    free = and_(Chore.state == "open", or_(Chore.lease_until.is_(None), Chore.lease_until <= lease_now(session)))
    open_ones = session.execute(select(Chore.id, Chore.details).where(free))
    # Who has older zone data would plan as before.
    mine = [id_ for id_, details in open_ones if not is_newer(details.get("zones") or "0", RELEASE)]
    in_turn = select(Chore).where(free, Chore.id.in_(mine)).order_by(Chore.lease_until.nulls_first(), Chore.id)
    chore = session.scalars(in_turn.limit(1).with_for_update(skip_locked=True)).one_or_none()
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
    # Who joined since the count is work as well.
    chore.total = max(chore.total, chore.done)
    chore.lease_until = lease_now(session) + LEASE
    # A slice may end early, before somebody who was not free: only one that finds nobody is the last.
    if not done:
        _finish(chore, now)
    return done > 0


def give_back(session: Session, chore_id: int, claim_id: str) -> None:
    """Not finished, but enough for now: anybody may go on. The lease that ends now says whose turn is next."""
    mine = update(Chore).where(Chore.id == chore_id, Chore.claim_id == claim_id)
    session.execute(mine.values(claim_id=None, lease_until=lease_now(session)))


def _replan(session: Session, chore: Chore, now: datetime) -> int:
    assert chore.course_id is not None, "replanning is of one course"
    resumed, zones = (bool(chore.details.get(reason)) for reason in ("resumed", "zones"))
    run = Run(chore.course_id, chore.cursor, SLICE, resumed=resumed, zones=zones)
    done, chore.cursor = replan_slice(session, run, now)
    return done


def _append(session: Session, chore: Chore, now: datetime) -> int:
    assert chore.course_id is not None, "lessons are added to one course"
    own = Asked.read(chore.details)
    others = [Asked.read(each.details) for each in session.scalars(_appends(chore.course_id)) if each.id != chore.id]
    planned = sum((each.planned for each in others), Counter[str]())
    # Whom two publications bring back gets the lessons of both.
    asked = replace(own, lessons=own.lessons.union(*(each.lessons for each in others)), planned=own.planned + planned)
    done, chore.cursor = reopen_slice(session, asked, chore.cursor, SLICE, now)
    chore.details = replace(own, planned=asked.planned - planned).written()
    return done


_WORK: dict[str, Callable[[Session, Chore, datetime], int]] = {REPLAN: _replan, APPEND: _append}


def _appends(course_id: int) -> Any:
    return select(Chore).where(Chore.kind == APPEND, Chore.course_id == course_id, Chore.state == "open")


def _new(kind: str, course_id: int, details: dict[str, Any], now: datetime) -> Chore:
    return Chore(kind=kind, course_id=course_id, created_at=now, details=details, cursor=0, done=0, total=0)


def _finish(chore: Chore, now: datetime) -> None:
    chore.state, chore.finished_at, chore.claim_id, chore.lease_until = "done", now, None, None

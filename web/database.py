"""What every view is handed: settings, the database, the clock, the bell; and one transaction per use case.

    with writing() as session: ...      commits at the end of the block, rolls back on an error
    with reading() as session: ...      never writes
    write(work)                         `work(session)` in a transaction that several requests may share
    ring()                              after the commit: mail was planned, somebody may fetch it now

On SQLite, which has one writer at a time, the threads of this process queue here instead of at the busy timeout, and
short work is done together (web.together).
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import Protocol

from flask import current_app
from sqlalchemy.orm import Session

from course.clock import Clock
from course.database import Database
from course.settings import Settings
from course.tokens import Tokens
from web.together import Together, Work
from worker.guard import Guard


class Rings(Protocol):
    """What we need of a bell: `worker.wake.Bell` is one."""

    def ring(self) -> object:
        """Ask for a tick now; never raises and never blocks for long."""


@dataclass(frozen=True)
class Ground:
    """What one web process stands on."""

    settings: Settings
    database: Database
    clock: Clock
    tokens: Tokens
    bell: Rings
    write_lock: Lock = field(default_factory=Lock)

    @cached_property
    def together(self) -> Together:
        """Where short work of several requests meets."""
        return Together(self.database.writing, self.write_lock)


def ground() -> Ground:
    """The ground of the app that answers this request."""
    here: Ground = current_app.extensions["ground"]
    return here


def guard() -> Guard:
    """Whether a restored database waits for somebody's word."""
    found: Guard = current_app.extensions["guard"]
    return found


def now() -> datetime:
    """The course's time; a view asks once and passes it down."""
    return ground().clock.now()


@contextmanager
def reading() -> Iterator[Session]:
    """One consistent look at the database."""
    with ground().database.reading() as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """One transaction that may write; it is committed when the block ends."""
    here = ground()
    queue: AbstractContextManager[object] = here.write_lock if here.database.is_sqlite else nullcontext()
    with queue, here.database.writing() as session:
        yield session


def write(work: Work) -> None:
    """One transaction of `work(session)`, committed when this returns; it may be called twice if it fails."""
    here = ground()
    if here.database.is_sqlite:
        here.together.write(work)
    else:
        with here.database.writing() as session:
            work(session)


def ring() -> None:
    """Wake the courier, after the commit."""
    ground().bell.ring()

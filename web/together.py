"""Requests that write at the same moment share one transaction, so that SQLite's one writer is waited for once.

Whoever comes first does the work of all who wait, in the order in which they came. Nobody goes on before the commit.
If any of them fails, nothing is kept of that transaction, and each is done once more in one of its own. To refuse
(MeantimeError) is not to fail: who does has written nothing, and the others go on.
"""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy.orm import Session

from course.errors import MeantimeError

Work = Callable[[Session], None]
Transaction = Callable[[], AbstractContextManager[Session]]
# So many at the most: who comes later, or writes in another process, waits for no more than these.
MOST = 8


class Interrupted(Exception):
    """Whoever did the work was stopped amid it; nothing of it is kept."""


@dataclass
class Job:
    """One request's work, whether it is over, and what went wrong: something, until it is committed."""

    work: Work
    over: bool = False
    error: Exception | None = field(default_factory=Interrupted)


class Together:
    """The queue of one process."""

    def __init__(self, transaction: Transaction, lock: Lock) -> None:
        """`transaction` opens one that is committed at the end; `lock` is held by whoever has one open."""
        self._transaction = transaction
        self._lock = lock
        self._waiting: deque[Job] = deque()

    def write(self, work: Work) -> None:
        """Return when it is committed, or raise what it raised. It may be called twice, in different transactions."""
        mine = Job(work)
        self._waiting.append(mine)
        with self._lock:
            while not mine.over:
                self._do([self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))])
        if mine.error:
            raise mine.error

    def _do(self, jobs: Sequence[Job]) -> None:
        refused: dict[int, MeantimeError] = {}
        try:
            with self._transaction() as session:
                for number, job in enumerate(jobs):
                    try:
                        job.work(session)
                    except MeantimeError as error:
                        refused[number] = error
            for number, job in enumerate(jobs):
                job.error = refused.get(number)
        except Exception as error:
            if len(jobs) == 1:
                jobs[0].error = error
            else:
                for job in jobs:
                    self._do([job])
        finally:
            for job in jobs:
                job.over = True

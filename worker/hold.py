"""What a courier has claimed and not sent yet: read together, made into mails one by one, given out in order."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from course import batch
from course.batch import Ordinary
from course.clock import Clock
from course.database import Database
from course.models import Kind
from course.outbox import Claimed
from course.rounds import Beginning
from emails.compose import Composer, Kept, Occasion, keep
from emails.letter import Message
from emails.wording import Errand
from worker.careful import DATABASE_TROUBLE, Careful

log = structlog.get_logger("courier")


@dataclass
class Cargo:
    """One mail under way: claimed, offered to a connection, begun once it may be accepted."""

    claimed: Claimed
    message: Message
    beginning: Beginning | None = None
    begun: bool = False


class Hold:
    """The claimed rows of one trip."""

    def __init__(self, database: Database, clock: Clock, composer: Composer, careful: Careful) -> None:
        self._database, self._clock, self._composer, self._careful = database, clock, composer, careful
        self._waiting: deque[Claimed] = deque()
        self._begun: deque[Cargo] = deque()
        self._ordinary: dict[int, Ordinary] = {}
        self._kept: dict[int, Kept] = {}

    def __len__(self) -> int:
        """How many mails wait."""
        return len(self._waiting) + len(self._begun)

    @property
    def claims(self) -> Sequence[Claimed]:
        """What waits and has not begun."""
        return tuple(self._waiting)

    def load(self, claimed: Sequence[Claimed]) -> None:
        """Take a batch in, and read what is ordinary in it; what cannot be read goes the careful way."""
        self._waiting.extend(claimed)
        try:
            with self._database.reading() as session:
                ordinary = batch.read_batch(session, claimed)
                for each in ordinary.values():
                    self._kept[each.compilation_id] = keep(session, each.compilation_id)
            self._ordinary |= ordinary
        except DATABASE_TROUBLE:
            raise
        except Exception as error:
            log.warning("one by one", mails=len(claimed), error=type(error).__name__)

    def next_cargo(self, go_on: Callable[[], bool], *, idle: bool) -> Cargo | None:
        """The next mail that can go, found while `go_on`. One that has begun already needs an `idle` connection."""
        if self._begun and idle:
            return self._begun.popleft()
        # After a publication hundreds may not go at all, and each of them takes a transaction to find out.
        while self._waiting and go_on():
            claimed = self._waiting[0]
            cargo = self._make(claimed)
            if cargo is None:
                self._ordinary.pop(claimed.delivery_id, None)
                if not idle:
                    return None
                message = self._careful.begin(claimed)
                cargo = Cargo(claimed, message, begun=True) if message else None
            self._waiting.popleft()
            if cargo is not None:
                return cargo
        return None

    def take_back(self, cargo: Cargo, *, changed: bool = False) -> None:
        """It could not leave. `changed`: what was read of it is no longer true, so the careful way is next."""
        if cargo.begun:
            self._begun.append(cargo)
            return
        if changed:
            self._ordinary.pop(cargo.claimed.delivery_id, None)
        self._waiting.appendleft(cargo.claimed)

    def unload(self) -> tuple[list[Claimed], list[Cargo]]:
        """Everything that is left: what has not begun, and what has."""
        rest, begun = list(self._waiting), list(self._begun)
        self._waiting.clear()
        self._begun.clear()
        return rest, begun

    def _make(self, claimed: Claimed) -> Cargo | None:
        """The mail of an ordinary lesson, made but not begun; None where it has to go the careful way."""
        ordinary = self._ordinary.get(claimed.delivery_id)
        if ordinary is None:
            return None
        now = self._clock.now()
        try:
            slot_at = ordinary.slot_now(now)
            if slot_at is None:
                return None
            sent, kept = ordinary.sent(slot_at, now), self._kept[ordinary.compilation_id]
            made = self._composer.compose_lesson(Occasion(_errand(ordinary), sent, ordinary.lesson, kept), now)
        except Exception as error:
            log.info("not ordinary", delivery=claimed.delivery_id, error=type(error).__name__)
            return None
        return Cargo(claimed, made.message, Beginning(ordinary, slot_at, now, made.record, made.coming))


def _errand(ordinary: Ordinary) -> Errand:
    return Errand(
        kind=Kind.LESSON,
        name=ordinary.name,
        email=ordinary.email,
        handle=ordinary.handle,
        lesson_key=ordinary.lesson.key,
        fields=ordinary.fields,
    )

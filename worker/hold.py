"""What a courier has claimed and not sent yet: read together, made into mails one by one, given out in order."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from course import batch
from course.batch import Ordinary
from course.clock import Clock
from course.database import Database
from course.models import Kind
from course.moments import Departure, Moment
from course.outbox import Claimed
from course.rounds import Beginning
from emails.compose import Common, Composer, Kept, keep
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
        self._moment = Moment(clock.now())
        self._common: dict[Departure, Common] = {}

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
        moment = self._moment_of(self._clock.now(), ordinary.slot_at)
        try:
            departure = moment.departure(ordinary)
            if departure is None:
                return None
            made = self._composer.compose_lesson(self._common_of(departure, moment.now), _errand(ordinary), moment.now)
        except Exception as error:
            log.info("not ordinary", delivery=claimed.delivery_id, error=type(error).__name__)
            return None
        return Cargo(
            claimed, made.message, Beginning(ordinary, departure.slot_at, moment.now, made.record, made.coming)
        )

    def _moment_of(self, now: datetime, slot_at: datetime) -> Moment:
        # What became due amid a moment would not be due in it.
        if not self._moment.lasts_until(now) or self._moment.now < slot_at <= now:
            self._moment, self._common = Moment(now), {}
        return self._moment

    def _common_of(self, departure: Departure, now: datetime) -> Common:
        if departure not in self._common:
            self._common[departure] = self._composer.common(departure, self._kept[departure.compilation_id], now)
        return self._common[departure]


def _errand(ordinary: Ordinary) -> Errand:
    return Errand(
        kind=Kind.LESSON,
        name=ordinary.name,
        email=ordinary.email,
        handle=ordinary.handle,
        lesson_key=ordinary.lesson.key,
        fields=ordinary.fields,
    )

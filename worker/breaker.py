"""The breaker: a relay that refuses us again and again is left alone, by all processes, and somebody is told.

Each process counts the answers that it gets; what follows from them is one row (course.alarms) that all of them read.
"""

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf

import structlog

from course import alarms
from course.clock import lease_now
from course.database import Database
from course.models import Alarm
from emails.errors import PolicyRefused, RelayTrouble, TransportError, TryLater
from worker.lines import Route

LOOK_SECONDS = 1.0
POLICY_IN_A_ROW = 5
DEFERRALS, OF_ANSWERS = 20, 25

log = structlog.get_logger("breaker")


@dataclass
class Answers:
    """What one relay said lately."""

    refused_in_a_row: int = 0
    deferred: deque[bool] = field(default_factory=lambda: deque(maxlen=OF_ANSWERS))

    def hear(self, error: TransportError | None) -> str:
        """Why the relay should be stopped now; empty where it should not."""
        self.refused_in_a_row = self.refused_in_a_row + 1 if isinstance(error, PolicyRefused) else 0
        self.deferred.append(isinstance(error, TryLater))
        if self.refused_in_a_row >= POLICY_IN_A_ROW:
            return alarms.POLICY
        return alarms.DEFERRALS if sum(self.deferred) >= DEFERRALS else ""


@dataclass
class Breaker:
    """One process's view of all alarms."""

    database: Database
    _answers: dict[str, Answers] = field(default_factory=dict, init=False)
    _known: dict[str, Alarm] = field(default_factory=dict, init=False)
    _looked_at: float = field(default=-inf, init=False)

    def look(self, routes: Iterable[Route]) -> None:
        """Tell troubles that the connections met, and stop or free each route as the alarms say; once a second."""
        troubled = [route for route in routes if route.trouble is not None]
        if time.monotonic() - self._looked_at < LOOK_SECONDS and not troubled:
            return
        for route in troubled:
            self._note(route)
        with self.database.reading() as session:
            self._known = {each.key: each for each in alarms.unfinished(session)}
            at = lease_now(session)
        for route in routes:
            alarm = self._known.get(route.name)
            route.stopped = alarm is not None and alarms.rests(alarm, at) and not route.on_trial
            if alarm is None or alarm.rests_until is None:
                _set_free(route)
            elif not alarms.rests(alarm, at):
                self._try(route)
        self._looked_at = time.monotonic()

    def hear(self, route: Route, error: TransportError | None) -> None:
        """One answer to one mail; None where it was accepted."""
        if error is None and route.name in self._known:
            self._end(route)
        if isinstance(error, RelayTrouble):
            return  # the lines have noted it
        why = self._answers.setdefault(route.name, Answers()).hear(error)
        if route.on_trial and not why:
            why = self._known[route.name].cause if isinstance(error, PolicyRefused | TryLater) else ""
        if error is not None and why:
            self._stop(route, why, error.reply)

    def _try(self, route: Route) -> None:
        with self.database.writing() as session:
            ours = alarms.try_again(session, route.name)
        route.stopped, route.on_trial = not ours, ours
        route.tokens = 1 if ours else 0

    def _stop(self, route: Route, why: str, words: str) -> None:
        with self.database.writing() as session:
            alarm = alarms.stop(session, route.name, why, words, on_trial=route.on_trial)
        self._known[route.name] = alarm
        self._answers.pop(route.name, None)
        _set_free(route)
        route.stopped = True
        log.warning("a relay is stopped", relay=route.name, why=why, until=alarm.rests_until, words=alarm.words)

    def _end(self, route: Route) -> None:
        with self.database.writing() as session:
            ended = alarms.end(session, route.name)
        self._known.pop(route.name)
        _set_free(route)
        if ended:
            log.info("a relay takes mail again", relay=route.name)

    def _note(self, route: Route) -> None:
        trouble, route.trouble = route.trouble, None
        with self.database.writing() as session:
            alarms.note_trouble(session, route.name, trouble.reply if trouble else "")


def _set_free(route: Route) -> None:
    if route.on_trial or route.stopped:
        route.tokens, route.on_trial, route.stopped = inf, False, False

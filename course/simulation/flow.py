"""Readers move on: a lesson that leaves plans the next one, and a relay decides when it really leaves.

The same answers as the outbox would get from course.planning, without its rows: standings are plain values, so tens of
thousands of readers go through months in seconds. tests/course/test_simulation_flow.py holds both side by side.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count

from course.history import Receipt
from course.models import Kind
from course.schedule import NoSlot, latest_recurrence, local_zone, useless, when_capped, when_late
from course.schedule.walltime import on_the_wall
from course.sequence import SequenceLesson
from course.simulation.drain import Relay
from course.simulation.load import Load
from course.standing import Standing, answer

Happening = Callable[[datetime], None]


@dataclass
class Walker:
    """One enrollment on its way, or `weight` of them that are alike.

    `done_after` is how long this reader takes to say "done" where a lesson asks for it; None: never. Of all the plans
    made for it only the last one counts: `plan` is its number, `slot_at` and `due_at` are what it says."""

    reader_id: int
    standing: Standing
    weight: int = 1
    done_after: timedelta | None = None
    plan: int = 0
    slot_at: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class Mail:
    """Something in the relay's line: a lesson, with its walker and the plan that it belongs to, or another letter.

    A lesson without `slot_at` was asked for by its reader, which asks no schedule. `weight` 0 is counted elsewhere.
    Urgent is what somebody waits for at the screen."""

    kind: str
    course_id: int
    weight: int = 1
    urgent: bool = False
    walker: Walker | None = None
    lesson: SequenceLesson | None = None
    plan: int = 0
    slot_at: datetime | None = None


def lesson_mail(walker: Walker, lesson: SequenceLesson, slot_at: datetime | None, weight: int) -> Mail:
    """The lesson that the walker's last plan speaks of."""
    standing = walker.standing
    at_once = lesson.step.wait.kind == "immediately" and not standing.history.receipts
    return Mail(Kind.LESSON, standing.sequence.course_id, weight, at_once, walker, lesson, walker.plan, slot_at)


class Flow:
    """Everything that happens, in its order. `completed` and `moved` count readers and lessons."""

    def __init__(self, relay: Relay[Mail], load: Load) -> None:
        self.relay, self.load = relay, load
        self._happenings: list[tuple[datetime, int, Happening]] = []
        self._numbers = count()
        self._received: dict[int, list[datetime]] = defaultdict(list)

    def expect(self, at: datetime, happening: Happening) -> None:
        """Something that is no mail: a confirmation, a word from a reader."""
        heappush(self._happenings, (at, next(self._numbers), happening))

    def run(self, until: datetime) -> None:
        """Let the time pass up to, not including, `until`."""
        while True:
            mail_at = self.relay.next_at()
            happens_at = self._happenings[0][0] if self._happenings else None
            soonest = min((each for each in (mail_at, happens_at) if each is not None), default=until)
            if soonest >= until:
                return
            if soonest == happens_at:
                at, _number, happening = heappop(self._happenings)
                happening(at)
            else:
                leaving = self.relay.take()
                self._leave(leaving.item, leaving.due_at, leaving.at)

    def plan(self, walker: Walker, now: datetime) -> None:
        """Plan what the reader awaits; the completion letter where nothing is left."""
        standing, lesson = walker.standing, walker.standing.awaited
        walker.plan += 1
        if lesson is None:
            if standing.sequence.course.ends and standing.history.receipts:
                self.line_up(Mail(Kind.COMPLETION, standing.sequence.course_id, walker.weight, urgent=True), now)
            return
        said = answer(standing, lesson, now)
        keeps = said.slot_at == walker.slot_at and walker.due_at is not None and not standing.held
        self.put(walker, lesson, said.slot_at, walker.due_at if keeps else said.due_at)

    def put(self, walker: Walker, lesson: SequenceLesson, slot_at: datetime | None, due_at: datetime | None) -> None:
        """Into the line, if the lesson waits for the clock alone."""
        walker.slot_at, walker.due_at = slot_at, due_at
        if due_at is not None:
            self.line_up(lesson_mail(walker, lesson, slot_at, walker.weight), due_at)

    def line_up(self, mail: Mail, due_at: datetime) -> None:
        """A mail into the line of its course."""
        self.relay.put(due_at, mail, course=mail.course_id, urgent=mail.urgent)

    def say_done(self, walker: Walker, lesson_id: int, now: datetime) -> None:
        """The sign of life that a lesson asked for."""
        walker.standing = replace(walker.standing, signs={**walker.standing.signs, lesson_id: now})
        self.plan(walker, now)

    def rest(self, walker: Walker, until: date, now: datetime) -> None:
        """The reader pauses until the morning of that day; dates stay as they are (course.wishes.pause)."""
        if walker.plan and walker.standing.awaited is not None:
            zone = local_zone(walker.standing.sequence.course.rules, walker.standing.wishes)
            walker.standing = replace(walker.standing, resumes_at=on_the_wall(until, time(0), zone))
            self.plan(walker, now)

    def _leave(self, mail: Mail, due_at: datetime, at: datetime) -> None:
        """A mail's turn has come; a lesson is looked at once more, as planning.may_begin does."""
        walker, lesson = mail.walker, mail.lesson
        if walker is None or lesson is None:
            self._send(mail, due_at, at)
        elif mail.plan == walker.plan and self._may_begin(mail, walker, lesson, at):
            self._send(mail, due_at, at)
            self._record(mail, walker, lesson, at)

    def _send(self, mail: Mail, due_at: datetime, at: datetime) -> None:
        if mail.weight:
            self.relay.spend(at, mail.weight)
            self.load.note(mail.kind, due_at, at, mail.weight)

    def _may_begin(self, mail: Mail, walker: Walker, lesson: SequenceLesson, at: datetime) -> bool:
        standing, rules = walker.standing, walker.standing.sequence.course.rules
        wishes, step = standing.wishes, standing.step(lesson)
        if useless(step, wishes, rules, at):
            self._receive(walker, Receipt(lesson.lesson_id, at, False, mail.slot_at or at, step.wait.day_based), at)
            return False
        if mail.slot_at is None:
            return True
        try:
            then = when_late(mail.slot_at, step, rules, wishes, standing.past(lesson), at)
            if then <= at and rules.cap is not None and not self._has_room(walker, rules.cap, at):
                then = when_capped(step, rules, wishes, standing.past(lesson), at).at
        except NoSlot:
            return False
        if then > at:
            self.load.moved += mail.weight
            walker.slot_at = walker.due_at = then
            self.line_up(replace(mail, slot_at=then), then)
        return then <= at

    def _has_room(self, walker: Walker, cap: int, at: datetime) -> bool:
        zone = local_zone(walker.standing.sequence.course.rules, walker.standing.wishes)
        today = at.astimezone(zone).date()
        return sum(each.astimezone(zone).date() == today for each in self._received[walker.reader_id][-cap:]) < cap

    def _record(self, mail: Mail, walker: Walker, lesson: SequenceLesson, at: datetime) -> None:
        standing, step = walker.standing, walker.standing.step(lesson)
        day_based, slot_at = step.wait.day_based and mail.slot_at is not None, mail.slot_at or at
        if day_based and slot_at < at:
            slot_at = latest_recurrence(slot_at, step, standing.sequence.course.rules, standing.wishes, at)
        if standing.sequence.course.rules.cap is not None:
            self._received[walker.reader_id].append(at)
        self._receive(walker, Receipt(lesson.lesson_id, at, True, slot_at, day_based), at)
        if lesson.source.asks is not None and walker.done_after is not None:
            self.expect(at + walker.done_after, partial(self.say_done, walker, lesson.lesson_id))

    def _receive(self, walker: Walker, receipt: Receipt, now: datetime) -> None:
        walker.standing = replace(walker.standing, history=walker.standing.history.with_sent(receipt))
        walker.slot_at = walker.due_at = None
        self.plan(walker, now)

"""When a lesson goes to a reader: pure arithmetic from a wait, a course's rules and a reader's wishes to an instant.

    slot             the schedule's answer for the next lesson
    when_late        begin comes after the slot (outage, throttle, retry): now, or the next slot
    when_replanned   a plan is computed anew (edit, wish, resume): its slot, now, or the next slot
    when_capped      today's lessons over all courses are used up: the next slot after today

What it is asked with and what it answers are the values of course.schedule.terms.

Every instant is aware; the answers are UTC. Everything counts in local days and wall time and is converted last, so
no day has 24 hours and no zone is an offset. A day on which the hour cannot be used pushes to the next, up to a year.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from course.schedule import reasons
from course.schedule.reasons import Reason
from course.schedule.terms import NoSlot, Past, Rules, Slot, Step, Wishes
from course.schedule.waits import Wait
from course.schedule.walltime import DAY, is_quiet, out_of_quiet, send_time
from course.schedule.zones import zone

LATENESS = timedelta(hours=12)
HORIZON_DAYS = 366
INSTANT = timedelta(microseconds=1)
UNIVERSAL = ZoneInfo("UTC")


def slot(step: Step, rules: Rules, wishes: Wishes, past: Past) -> Slot:
    """When the lesson should go, strictly after `past.anchor`; raises NoSlot.

    `immediately` ignores every rule: it is the first instant after the anchor, one microsecond later."""
    case = _case(step, rules, wishes, past)
    if step.wait.kind == "immediately":
        return case.answer(past.anchor + INSTANT, [])
    try:
        if step.wait.day_based:
            return _after_days(case, step.wait, wishes.pace, past.anchor)
        return _after_elapsed(case, past.anchor + step.wait.elapsed)
    except OverflowError:
        raise NoSlot("The wait ends after the end of the calendar.") from None


def when_late(  # noqa: PLR0913, PLR0917 - the five that every question here is asked with, and the slot
    slot_at: datetime, step: Step, rules: Rules, wishes: Wishes, past: Past, now: datetime
) -> datetime:
    """When a lesson goes whose slot has passed: `now` if it may still go today, else the next slot after now.

    Gone now, it counts from its latest_recurrence, which is what the gap to the next lesson is measured from.
    Before its slot it is not late: the answer is the slot. Raises NoSlot."""
    if slot_at > now:
        return slot_at
    case = _case(step, rules, wishes, past)
    recurrence = _recurrence(case, slot_at, now)
    if step.wait.kind == "immediately" or case.may_go(recurrence, now):
        return now
    return _next_slot(case, step.wait, now).at


def when_replanned(step: Step, rules: Rules, wishes: Wishes, past: Past, now: datetime) -> Slot:
    """The slot of a lesson that is planned anew. Passed by at most 12 hours it goes now, where the day allows it;
    passed by more it is the next slot. Raises NoSlot."""
    planned = slot(step, rules, wishes, past)
    if planned.at > now:
        return planned
    case = _case(step, rules, wishes, past)
    if step.wait.kind == "immediately" or case.may_go(planned.at, now):
        why = (*planned.why, reasons.made_up_for(planned.local))
        return replace(planned, at=now, local=now.astimezone(case.zone), why=why, late_for=planned.at)
    return _next_slot(case, step.wait, now)


def when_capped(step: Step, rules: Rules, wishes: Wishes, past: Past, now: datetime) -> Slot:
    """The first slot after the reader's local today, for a lesson that today's cap has no room for; raises NoSlot."""
    case = _case(step, rules, wishes, past)
    today = now.astimezone(case.zone).date()
    return _first_open(case._replace(taken=case.taken | {today}), today, now, [])


def latest_recurrence(slot_at: datetime, step: Step, rules: Rules, wishes: Wishes, now: datetime) -> datetime:
    """The last time up to `now` at which the slot came round: it recurs at its hour on every open day."""
    return _recurrence(_case(step, rules, wishes, Past(slot_at)), slot_at, now)


def useless(step: Step, wishes: Wishes, rules: Rules, now: datetime) -> bool:
    """Whether the reader's local date is past the last day on which this lesson makes sense."""
    if step.useless_after is None:
        return False
    return now.astimezone(local_zone(rules, wishes)).date() > step.useless_after


def local_zone(rules: Rules, wishes: Wishes) -> ZoneInfo:
    """The zone in which this reader's days are counted: the reader's, else the course's."""
    return _zone(rules, wishes)[0]


class _Case(NamedTuple):
    """One lesson, one reader: what every question needs, worked out once."""

    zone: ZoneInfo
    zone_unknown: bool
    hour: time
    rules: Rules
    taken: frozenset[date]
    opens: datetime | None

    def obstacle(self, at: datetime, day: date) -> Reason | None:
        """Why a slot at `at`, which is on the local day `day`, cannot be."""
        if (closed := self.closed(day)) is not None:
            return closed
        if day in self.taken:
            return reasons.TAKEN
        if self.opens is not None and at < self.opens:
            return reasons.too_close(self.rules.gap)
        return None

    def closed(self, day: date) -> Reason | None:
        """Why the course sends nothing on that local day."""
        if (weekday := day.weekday()) not in self.rules.weekdays:
            return weekday
        for first, last in self.rules.skip:
            if first <= day <= last:
                return reasons.resting(first, last)
        return None

    def may_go(self, slot_at: datetime, now: datetime) -> bool:
        """Whether a slot that has passed may be made up for now."""
        local = now.astimezone(self.zone)
        day = local.date()
        return (
            now - slot_at <= LATENESS
            and not is_quiet(local.time(), self.rules.quiet)
            and self.closed(day) is None
            and day not in self.taken
        )

    def answer(self, at: datetime, why: list[Reason]) -> Slot:
        if self.zone_unknown:
            why.append(reasons.unknown_zone(self.zone))
        return Slot(at.astimezone(UTC), at.astimezone(self.zone), reasons.sentences(why), self.zone_unknown)


def _case(step: Step, rules: Rules, wishes: Wishes, past: Past) -> _Case:
    zone, unknown = _zone(rules, wishes)
    hour = step.hour or wishes.hour or rules.hour
    if not step.wait.day_based:
        return _Case(zone, unknown, hour, rules, frozenset(), None)
    # Only slots after the anchor are asked about, and no local day is longer than two of ours.
    since = past.anchor - 2 * DAY
    taken = frozenset(at.astimezone(zone).date() for at in past.received if at > since)
    opens = past.gap_slot + rules.gap if past.gap_slot is not None else None
    return _Case(zone, unknown, hour, rules, taken, opens)


def _zone(rules: Rules, wishes: Wishes) -> tuple[ZoneInfo, bool]:
    """The reader's zone, else the course's; and whether the reader's is unknown."""
    if (own := zone(wishes.timezone)) is not None:
        return own, False
    # A course is checked when it is saved; one from elsewhere must not stop the others' lessons either.
    return zone(rules.timezone) or UNIVERSAL, True


def _after_days(case: _Case, wait: Wait, pace: float, anchor: datetime) -> Slot:
    today = anchor.astimezone(case.zone).date()
    why: list[Reason] = []
    if wait.weekday is not None:
        first = today + timedelta(days=(wait.weekday - today.weekday() - 1) % 7 + 1)
    elif wait.date is not None:
        first = max(wait.date, today)
        if wait.date < today:
            why.append(reasons.date_had_passed(wait.date))
    else:
        first = today + timedelta(days=wait.days(pace))
    return _first_open(case, first, anchor, why)


def _after_elapsed(case: _Case, at: datetime) -> Slot:
    """The stopwatch has run out `at`: then, or at the end of the quiet hours, or at the hour of the next open day."""
    why: list[Reason] = []
    local = at.astimezone(case.zone)
    quiet = case.rules.quiet
    if quiet is not None and is_quiet(local.time(), quiet):
        why.append(reasons.still_quiet(local.time(), quiet))
        local = out_of_quiet(local, quiet)
    if (closed := case.closed(local.date())) is None:
        return case.answer(local, why)
    why.append(closed)
    return _first_open(case, local.date(), local.astimezone(UTC), why)


def _next_slot(case: _Case, wait: Wait, now: datetime) -> Slot:
    """The first slot after now, for a lesson that is too late for the last one."""
    local = now.astimezone(case.zone)
    if not wait.day_based and is_quiet(local.time(), case.rules.quiet):
        return _after_elapsed(case, now)
    # From yesterday on: where the hour is a quiet one, yesterday's may come today.
    return _first_open(case, local.date() - DAY, now, [])


def _recurrence(case: _Case, slot_at: datetime, now: datetime) -> datetime:
    day = now.astimezone(case.zone).date()
    while True:
        local = send_time(day, case.hour, case.zone, case.rules.quiet)
        at = local.astimezone(UTC)
        if at <= slot_at:
            return slot_at
        if at <= now and case.closed(local.date()) is None:
            return at
        day -= DAY


def _first_open(case: _Case, first: date, after: datetime, why: list[Reason]) -> Slot:
    """The hour on the first day from `first` on that comes after `after` and that nothing forbids."""
    zone, hour, quiet = case.zone, case.hour, case.rules.quiet
    for ahead in range(HORIZON_DAYS + 1):
        day = first + timedelta(days=ahead)
        local = send_time(day, hour, zone, quiet)
        at = local.astimezone(UTC)
        if at <= after:
            if local.date() == after.astimezone(zone).date():
                why.append(reasons.hour_had_passed(hour))
            continue
        if (obstacle := case.obstacle(at, local.date())) is None:
            if local.time() != hour:
                why.extend(reasons.moved_hour(day, hour, zone, quiet))
            return case.answer(local, why)
        why.append(obstacle)
    raise NoSlot(f"No day within {HORIZON_DAYS} days of {first} is open: {' '.join(reasons.sentences(why))}")

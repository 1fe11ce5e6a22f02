"""What holds for every course, reader and delay, found by Hypothesis; wall times against a clock that ticks."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from course.schedule import (
    NoSlot,
    Past,
    Rules,
    Step,
    Wait,
    Wishes,
    latest_recurrence,
    local_zone,
    slot,
    when_capped,
    when_late,
    when_replanned,
    zones,
)
from course.schedule.walltime import days_later, on_the_wall

START = datetime(2026, 6, 1, tzinfo=UTC)
PLACES = ("America/New_York", "Europe/Berlin", "Pacific/Apia", "Australia/Lord_Howe", "America/Nuuk", "Africa/Cairo")

minutes = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
instants = st.integers(0, 2 * 366 * 86_400).map(lambda seconds: START + timedelta(seconds=seconds))
days = st.dates(date(2026, 6, 1), date(2028, 6, 1))
waits = st.one_of(
    st.just(Wait("immediately")),
    st.builds(Wait, st.just("minutes"), st.integers(1, 3000)),
    st.builds(Wait, st.just("hours"), st.integers(1, 100)),
    st.builds(Wait, st.just("days"), st.integers(0, 9)),
    st.builds(Wait, st.just("weeks"), st.integers(1, 3)),
    st.builds(lambda day: Wait("date", date=day), days),
    st.builds(lambda weekday: Wait("weekday", weekday=weekday), st.integers(0, 6)),
)
rules = st.builds(
    Rules,
    hour=minutes,
    timezone=st.sampled_from(PLACES),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    skip=st.lists(st.tuples(days, st.integers(0, 20)), max_size=3).map(
        lambda spans: tuple((first, first + timedelta(days=length)) for first, length in spans)
    ),
    quiet=st.none() | st.tuples(minutes, minutes),
    gap=st.integers(0, 50).map(lambda hours: timedelta(hours=hours)),
)
readers = st.builds(
    Wishes,
    timezone=st.sampled_from(PLACES) | st.sampled_from(zones()) | st.sampled_from(["Mars/Base", None]),
    hour=st.none() | minutes,
    pace=st.sampled_from([0.25, 0.5, 1.0, 1.5, 3.0]),
)
steps = st.builds(Step, waits, st.none() | minutes)
delays = st.timedeltas(timedelta(0), timedelta(minutes=5)) | st.timedeltas(timedelta(0), timedelta(days=4))


@dataclass(frozen=True)
class Sent:
    """One lesson as the reader got it: the slot it counted for and the instant it was accepted."""

    step: Step
    anchor: datetime
    first_slot: datetime
    slot_at: datetime
    at: datetime


def live(course: list[Step], rules: Rules, reader: Wishes, confirmed: datetime, delays: list[timedelta]) -> list[Sent]:
    """A reader's whole course, with a worker that comes to every lesson some time after it is due."""
    sent: list[Sent] = []
    past = Past(confirmed)
    for step, delay in zip(course, delays, strict=True):
        first = planned = slot(step, rules, reader, past).at
        now = planned + delay
        while (due := when_late(planned, step, rules, reader, past, now)) != now:
            assert due > now
            planned, now = due, due + timedelta(seconds=3)
        counted = latest_recurrence(planned, step, rules, reader, now)
        sent.append(Sent(step, past.anchor, first, counted, now))
        gap_slot = counted if step.wait.day_based else past.gap_slot
        past = Past(now, gap_slot, (*past.received, now))
    return sent


def open_and_loud(local: datetime, rules: Rules) -> bool:
    """Independent of the code: whether a course may send at this local time."""
    day, clock = local.date(), local.time()
    closed = day.weekday() not in rules.weekdays or any(first <= day <= last for first, last in rules.skip)
    if closed or rules.quiet is None:
        return not closed
    start, end = rules.quiet
    return not (start <= clock < end or (start > end and (clock >= start or clock < end)))


lives = st.integers(1, 6).flatmap(
    lambda count: st.tuples(
        st.lists(steps, min_size=count, max_size=count),
        rules,
        readers,
        instants,
        st.lists(delays, min_size=count, max_size=count),
    )
)


@settings(max_examples=300, deadline=None)
@given(lives)
def test_a_life_keeps_every_promise(life):
    course, rules, reader, *_ = life
    try:
        sent = live(*life)
    except NoSlot:
        assume(False)
    zone = local_zone(rules, reader)
    for lesson in sent:
        assert lesson.anchor < lesson.first_slot <= lesson.slot_at <= lesson.at
        if lesson.step.wait.kind != "immediately":
            assert open_and_loud(lesson.first_slot.astimezone(zone), rules)
            assert open_and_loud(lesson.at.astimezone(zone), rules)
    taken: set[date] = set()
    for lesson in sent:
        day = lesson.at.astimezone(zone).date()
        assert not (lesson.step.wait.day_based and day in taken)
        taken.add(day)
    by_days = [lesson for lesson in sent if lesson.step.wait.day_based]
    assert all(later.slot_at - earlier.slot_at >= rules.gap for earlier, later in pairwise(by_days))
    assert len(sent) == len(course)


@given(steps, rules, readers, instants)
def test_the_same_question_has_the_same_answer(step, rules, reader, anchor):
    past = Past(anchor)
    try:
        first = slot(step, rules, reader, past)
    except NoSlot:
        assume(False)
    assert slot(step, rules, reader, past) == first
    assert first.at == first.local.astimezone(UTC)
    assert first.local.tzinfo is local_zone(rules, reader)
    assert first.at.tzinfo is UTC
    assert all(sentence.endswith(".") for sentence in first.why)


@given(steps, rules, readers, instants, delays)
def test_a_new_plan_is_never_behind_us_nor_on_a_day_that_is_not_ours(step, rules, reader, anchor, delay):
    now = anchor + delay
    past = Past(anchor, anchor, (anchor,))
    try:
        answer = when_replanned(step, rules, reader, past, now)
    except NoSlot:
        assume(False)
    assert answer.at >= now or answer.at == slot(step, rules, reader, past).at > now
    if step.wait.kind != "immediately":
        assert open_and_loud(answer.local, rules)
    if step.wait.day_based:
        zone = local_zone(rules, reader)
        assert answer.local.date() != anchor.astimezone(zone).date()
        assert answer.slot_at - anchor >= rules.gap


@given(steps, rules, readers, instants)
def test_a_capped_lesson_comes_on_a_later_open_day(step, rules, reader, now):
    try:
        answer = when_capped(step, rules, reader, Past(now - timedelta(days=9)), now)
    except NoSlot:
        assume(False)
    assert answer.local.date() > now.astimezone(answer.local.tzinfo).date()
    assert open_and_loud(answer.local, rules)


@settings(max_examples=40)
@given(st.sampled_from(PLACES) | st.sampled_from(zones()), days, minutes)
def test_a_wall_time_is_the_first_minute_at_which_a_ticking_clock_shows_it(name, day, hour):
    zone = ZoneInfo(name)
    minute = datetime.combine(day, time(0), UTC) - timedelta(hours=15)
    wanted = datetime.combine(day, hour)
    for _ in range(54 * 60):
        if minute.astimezone(zone).replace(tzinfo=None) == wanted:
            break
        minute += timedelta(minutes=1)
    else:
        assume(False)  # the clock jumps over it
    assert on_the_wall(day, hour, zone) == minute


@given(instants, st.integers(0, 400), st.sampled_from(PLACES))
def test_days_later_is_that_many_dates_later_at_the_same_wall_time(instant, count, name):
    zone = ZoneInfo(name)
    before, after = instant.astimezone(zone), days_later(instant, count, zone).astimezone(zone)
    moved = after.replace(tzinfo=None) - (before.replace(tzinfo=None) + timedelta(days=count))
    assert timedelta(0) <= moved <= timedelta(hours=1)
    assert (count == 0) == (days_later(instant, count, zone) == instant)

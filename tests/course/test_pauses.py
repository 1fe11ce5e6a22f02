"""What a pause does to the anchor, in each of the three ways to resume."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.schedule import Past, Rules, Step, Wait, Wishes, parse_wait, slot
from course.schedule.pauses import Pause, Resume, merged, moved_anchor

BERLIN = "Europe/Berlin"
START = datetime(2026, 1, 1, tzinfo=UTC)
RULES = Rules(time(9), BERLIN, gap=timedelta(0))
READER = Wishes(BERLIN)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BERLIN)).astimezone(UTC)


def pause(span: str, resume: Resume = Resume.ACTIVE) -> Pause:
    start, end = span.split(" ")
    return Pause(local(f"2027-{start}"), local(f"2027-{end}"), resume)


def moved(anchor: str, pauses: list[Pause], wait: str, hour: str | None = None) -> datetime:
    step = Step(parse_wait(wait), time.fromisoformat(hour) if hour else None)
    return moved_anchor(local(f"2027-{anchor}"), pauses, step, RULES, READER)


@pytest.mark.parametrize(
    ("anchor", "spans", "wait", "expected"),
    [
        # one send hour inside, however long the pause
        ("01-04T09:00", ["01-05T12:00 01-06T12:00"], "3 days", "01-05T09:00"),
        ("01-04T09:00", ["01-05T08:59 01-05T09:01"], "3 days", "01-05T09:00"),
        ("01-04T09:00", ["01-05T09:01 01-06T08:59"], "3 days", "01-04T09:00"),
        ("01-04T09:00", ["01-05T09:00 01-06T09:00"], "3 days", "01-05T09:00"),
        # the send hour that set the anchor was not lost
        ("01-04T09:00", ["01-04T08:00 01-04T10:00"], "3 days", "01-04T09:00"),
        ("01-04T09:00", ["01-01T09:00 01-06T10:00"], "3 days", "01-06T09:00"),
        ("01-04T08:00", ["01-04T08:30 01-06T12:00"], "0 days", "01-07T08:00"),
        # overlapping, touching and nested pauses count once
        ("01-04T09:00", ["01-05T00:00 01-08T00:00", "01-06T00:00 01-09T00:00"], "1 week", "01-08T09:00"),
        ("01-04T09:00", ["01-05T00:00 01-08T00:00", "01-06T00:00 01-07T00:00"], "1 week", "01-07T09:00"),
        ("01-04T09:00", ["01-05T00:00 01-06T00:00", "01-06T00:00 01-07T00:00"], "1 week", "01-06T09:00"),
        # calendar days, not 24 hours: the clock changes on 28 March
        ("03-26T09:00", ["03-27T00:00 03-30T00:00"], "3 days", "03-29T09:00"),
        # elapsed time for waits in hours
        ("01-04T09:00", ["01-04T10:00 01-04T10:30"], "6 hours", "01-04T09:30"),
        ("01-04T09:00", ["01-04T08:00 01-04T10:00"], "90 minutes", "01-04T10:00"),
        ("01-04T09:00", ["01-04T10:00 01-04T12:00", "01-04T11:00 01-04T13:00"], "6 hours", "01-04T12:00"),
        # dates, weekdays and immediately do not move
        ("01-04T09:00", ["01-05T00:00 01-20T00:00"], "on 2027-01-08", "01-04T09:00"),
        ("01-04T09:00", ["01-05T00:00 01-20T00:00"], "next friday", "01-04T09:00"),
        ("01-04T09:00", ["01-05T00:00 01-20T00:00"], "immediately", "01-04T09:00"),
        # before the anchor, empty, none
        ("01-04T09:00", ["01-01T00:00 01-04T09:00"], "3 days", "01-04T09:00"),
        ("01-04T09:00", ["01-05T00:00 01-05T00:00"], "3 days", "01-04T09:00"),
        ("01-04T09:00", [], "3 days", "01-04T09:00"),
    ],
)
def test_active_time_moves_the_anchor_by_what_the_pause_took(anchor, spans, wait, expected):
    assert moved(anchor, [pause(span) for span in spans], wait) == local(f"2027-{expected}")


def test_the_send_hour_is_the_lessons_own():
    span = [pause("01-05T12:00 01-05T20:00")]
    assert moved("01-04T09:00", span, "3 days") == local("2027-01-04T09:00")
    assert moved("01-04T09:00", span, "3 days", hour="18:00") == local("2027-01-05T09:00")


def test_original_dates_leave_the_anchor():
    assert moved("01-04T09:00", [pause("01-05T00:00 01-20T00:00", Resume.ORIGINAL)], "3 days") == local(
        "2027-01-04T09:00"
    )


def test_a_restarted_wait_counts_from_the_end_of_the_pause():
    restart = pause("01-05T00:00 01-20T12:00", Resume.RESTART)
    for wait in ("3 days", "6 hours", "next friday"):
        assert moved("01-04T09:00", [restart], wait) == local("2027-01-20T12:00")
    assert moved("01-20T15:00", [restart], "3 days") == local("2027-01-20T15:00")


def test_active_pauses_after_a_restart_still_count():
    pauses = [
        pause("01-06T00:00 01-08T00:00"),
        pause("01-05T00:00 01-10T12:00", Resume.RESTART),
        pause("01-12T00:00 01-14T00:00"),
    ]
    assert moved("01-04T09:00", pauses, "1 week") == local("2027-01-12T12:00")


def test_the_second_round_of_a_repeated_hour_is_not_moved_back():
    anchor = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)  # 02:30 in Berlin, the second time
    unlost = Pause(anchor + timedelta(hours=1), anchor + timedelta(hours=2))
    assert moved_anchor(anchor, [unlost], Step(Wait("days", 3)), RULES, READER) == anchor


instants = st.integers(0, 2 * 366 * 86_400).map(lambda seconds: START + timedelta(seconds=seconds))
spans = st.lists(st.tuples(instants, instants), max_size=6)


@given(spans)
def test_merged_intervals_are_in_order_apart_and_cover_the_same_instants(given_spans):
    result = merged(given_spans)
    assert all(end < following for (_, end), (following, _) in pairwise(result))
    for probe in {instant for span in given_spans for instant in span}:
        assert any(a <= probe < b for a, b in result) == any(a <= probe < b for a, b in given_spans)


@given(
    anchor=instants,
    begins=st.timedeltas(timedelta(0), timedelta(days=20)),
    lasts=st.timedeltas(timedelta(minutes=1), timedelta(days=40)),
    days=st.integers(0, 10),
    hour=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    zone=st.sampled_from([BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Cairo"]),
)
def test_a_lesson_still_waiting_when_the_pause_began_comes_after_it(anchor, begins, lasts, days, hour, zone):
    step, reader = Step(Wait("days", days), hour), Wishes(zone)
    original = slot(step, RULES, reader, Past(anchor))
    began = min(anchor + begins, original.at)
    over = began + lasts
    later = moved_anchor(anchor, [Pause(began, over)], step, RULES, reader)
    resumed = slot(step, RULES, reader, Past(later))
    assert later >= anchor
    assert resumed.at >= over
    # Had the pause been shorter by its last send hour, the lesson would come a day earlier: nothing is lost twice.
    lost = (resumed.local.date() - original.local.date()).days
    assert abs(lost - (lasts / timedelta(days=1))) <= 1 + 2 / 24


@given(anchor=instants, lasts=st.timedeltas(timedelta(0), timedelta(days=40)), times=st.integers(1, 4))
def test_saying_the_same_pause_twice_changes_nothing(anchor, lasts, times):
    once = [Pause(anchor + timedelta(hours=5), anchor + timedelta(hours=5) + lasts)]
    for wait in (Wait("days", 2), Wait("hours", 7)):
        step = replace(Step(Wait("days", 0)), wait=wait)
        assert moved_anchor(anchor, once * times, step, RULES, READER) == moved_anchor(
            anchor, once, step, RULES, READER
        )

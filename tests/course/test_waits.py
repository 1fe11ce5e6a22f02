"""The author's words for a wait, and the value that they stand for."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.errors import MeantimeError
from course.schedule.waits import WEEKDAYS, BadWait, Wait, parse_wait


@pytest.mark.parametrize(
    ("text", "wait", "canonical"),
    [
        ("immediately", Wait("immediately"), "immediately"),
        ("90 minutes", Wait("minutes", 90), "90 minutes"),
        ("1 minute", Wait("minutes", 1), "1 minute"),
        ("6 hours", Wait("hours", 6), "6 hours"),
        ("1 hours", Wait("hours", 1), "1 hour"),
        ("0 days", Wait("days", 0), "0 days"),
        ("2 days", Wait("days", 2), "2 days"),
        ("  2   Days\n", Wait("days", 2), "2 days"),
        ("1 week", Wait("weeks", 1), "1 week"),
        ("on 2027-03-28", Wait("date", date=date(2027, 3, 28)), "on 2027-03-28"),
        ("next monday", Wait("weekday", weekday=0), "next monday"),
        ("Next Sun", Wait("weekday", weekday=6), "next sunday"),
    ],
)
def test_a_wait_is_read_and_written_back(text, wait, canonical):
    assert parse_wait(text) == wait
    assert str(wait) == canonical


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not a wait"),
        ("tomorrow", "write immediately, 90 minutes"),
        ("2", "is not a wait"),
        ("-1 days", "is not a wait"),
        ("1.5 days", "is not a wait"),
        ("２ days", "is not a wait"),
        ("2 days 3 hours", "is not a wait"),
        ("0 minutes", "write immediately"),
        ("0 hours", "write immediately"),
        ("9999999 weeks", "longer than ten years"),
        ("99999999999999999999 days", "is not a wait"),
        ("on 2027-02-30", "not a date of the calendar"),
        ("on 28.03.2027", "is not a wait"),
        ("on 9999-12-31", "too far away"),
        ("next week", "write a weekday"),
        ("next mo", "write a weekday"),
    ],
)
def test_what_is_no_wait_is_refused_with_a_sentence(text, says):
    with pytest.raises(BadWait, match=says) as refusal:
        parse_wait(text)
    assert isinstance(refusal.value, MeantimeError)


def test_waits_in_days_weeks_dates_and_weekdays_count_local_days():
    texts = ["immediately", "5 minutes", "5 hours", "5 days", "5 weeks", "on 2027-01-01", "next friday"]
    assert [parse_wait(text).day_based for text in texts] == [False, False, False, True, True, True, True]


def test_a_stopwatch_wait_knows_its_length():
    assert parse_wait("90 minutes").elapsed == timedelta(minutes=90)
    assert parse_wait("6 hours").elapsed == timedelta(hours=6)


waits = st.one_of(
    st.just(Wait("immediately")),
    st.builds(Wait, st.sampled_from(["minutes", "hours"]), st.integers(1, 10_000)),
    st.builds(Wait, st.sampled_from(["days", "weeks"]), st.integers(0, 500)),
    st.builds(lambda day: Wait("date", date=day), st.dates(date(2000, 1, 1), date(2199, 12, 31))),
    st.builds(lambda weekday: Wait("weekday", weekday=weekday), st.integers(0, len(WEEKDAYS) - 1)),
)


@given(waits)
def test_every_canonical_text_is_read_back_to_the_same_wait(wait):
    assert parse_wait(str(wait)) == wait


@given(st.text())
def test_no_text_raises_anything_but_a_refusal(text):
    try:
        parse_wait(text)
    except BadWait as refusal:
        assert str(refusal).endswith(".")


@given(st.integers(0, 500), st.integers(10, 400))
def test_a_pace_never_makes_a_wait_vanish_or_appear(days, percent):
    scaled = Wait("days", days).days(percent / 100)
    assert scaled == (max(1, -(-days * percent // 100)) if days else 0)

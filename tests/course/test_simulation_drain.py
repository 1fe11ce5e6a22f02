"""Mail that leaves at a rate: never early, urgent first, fair over courses; and what is counted of it."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest

from course.schedule.zones import zone
from course.simulation.drain import Relay
from course.simulation.load import Load, latest, needed
from tests.factories import at

NINE = at("2027-01-04 09:00")
SECOND = timedelta(seconds=1)


def drained(relay: Relay[str]) -> list[tuple[datetime, str]]:
    """Everything that waits, with the instant at which it leaves."""
    left = []
    while relay.next_at() is not None:
        leaving = relay.take()
        relay.spend(leaving.at)
        left.append((leaving.at, leaving.item))
    return left


def test_ten_thousand_readers_at_nine_are_done_within_34_minutes_at_five_a_second():
    relay: Relay[str] = Relay(5)
    for number in range(10_000):
        relay.put(NINE, str(number), course=number % 3)
    left = drained(relay)
    assert left[0][0] == NINE
    assert at("2027-01-04 09:33") < left[-1][0] < at("2027-01-04 09:34")
    assert len({item for _, item in left}) == 10_000
    each_second = Counter(moment.replace(microsecond=0) for moment, _ in left)
    assert max(each_second.values()) == 5


def test_a_small_course_does_not_wait_behind_a_large_one():
    relay: Relay[str] = Relay(5)
    for _ in range(9_900):
        relay.put(NINE, "large", course=1)
    for _ in range(100):
        relay.put(NINE, "small", course=2)
    small = [moment for moment, item in drained(relay) if item == "small"]
    assert small[-1] <= NINE + 40 * SECOND


def test_a_course_gains_nothing_from_having_been_silent():
    relay: Relay[str] = Relay(1)
    for _ in range(100):
        relay.put(NINE, "early", course=1)
        relay.put(NINE + 10 * SECOND, "late", course=2)
    first = [item for _, item in drained(relay)[:30]]
    assert (first[:10], Counter(first[10:])) == (["early"] * 10, {"early": 10, "late": 10})


def test_nothing_leaves_before_it_is_due_however_fast_the_relay_is():
    relay: Relay[str] = Relay(1000)
    relay.put(NINE + SECOND, "later")
    relay.put(NINE, "now")
    assert drained(relay) == [(NINE, "now"), (NINE + SECOND, "later")]


def test_urgent_mail_overtakes_what_has_waited_longer():
    relay: Relay[str] = Relay(1)
    for number in range(3):
        relay.put(NINE, f"lesson {number}")
    relay.put(NINE + SECOND / 2, "confirmation", urgent=True)
    assert [item for _, item in drained(relay)] == ["lesson 0", "confirmation", "lesson 1", "lesson 2"]


def test_without_a_rate_everything_leaves_when_it_is_due():
    relay: Relay[str] = Relay()
    for number in range(1000):
        relay.put(NINE, str(number))
    assert {moment for moment, _ in drained(relay)} == {NINE}


def test_an_empty_relay_has_nothing_to_take():
    relay: Relay[str] = Relay(5)
    assert relay.next_at() is None
    with pytest.raises(IndexError):
        relay.take()


def noted(*mails: tuple[datetime, timedelta], zone_name: str = "UTC") -> Load:
    load = Load(zone(zone_name) or UTC)
    for due, late in mails:
        load.note("lesson", due, due + late)
    return load


def test_days_and_hours_are_local():
    load = noted(
        (at("2027-01-04 18:20"), timedelta()), (at("2027-01-04 18:10"), timedelta()), zone_name="Asia/Kathmandu"
    )
    assert load.hours == {(date(2027, 1, 5), 0): 1, (date(2027, 1, 4), 23): 1}
    assert load.days == {date(2027, 1, 4): 1, date(2027, 1, 5): 1}


def test_peaks_are_the_first_of_the_largest():
    load = noted(*((at(f"2027-01-0{day} 09:00"), timedelta()) for day in (4, 4, 5, 5, 6)))
    assert load.busiest_day == (date(2027, 1, 4), 2)
    assert load.busiest_hour == ((date(2027, 1, 4), 9), 2)


def test_no_mail_has_no_peak_no_lateness_and_needs_nothing():
    load = noted()
    assert (load.mails, load.busiest_day, load.busiest_hour, load.worst) == (0, None, None, None)
    assert (load.late(0.99), needed(load.dues)) == (timedelta(), 0.0)


def test_lateness_is_a_share_of_mails_not_of_moments():
    load = Load(UTC)
    load.note("lesson", NINE, NINE, weight=98)
    load.note("lesson", NINE, NINE + 10 * SECOND)
    load.note("lesson", NINE, NINE + 60 * SECOND)
    assert [load.late(share) for share in (0.5, 0.98, 0.99, 1.0)] == [0 * SECOND, 0 * SECOND, 10 * SECOND, 60 * SECOND]


def test_the_worst_queue_is_the_one_that_lasts_longest():
    hour = timedelta(hours=1)
    load = noted(
        *((NINE, number * SECOND) for number in range(10)),
        *((NINE + hour, number * 5 * SECOND) for number in range(4)),
        (NINE + 2 * hour, timedelta()),
    )
    assert load.worst is not None
    assert (load.worst.began_at, load.worst.lasted, load.worst.mails) == (NINE + hour, 15 * SECOND, 4)


def test_the_rate_that_is_needed_is_enough_and_a_little_less_is_not():
    dues = {NINE: 9_000, NINE + timedelta(minutes=10): 3_000, NINE + timedelta(hours=5): 10}
    rate, bound = needed(dues, timedelta(minutes=15)), timedelta(minutes=15)
    assert latest(sorted(dues.items()), rate) <= bound < latest(sorted(dues.items()), rate - 0.02)
    assert rate == pytest.approx(10, abs=0.02)

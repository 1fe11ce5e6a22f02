"""The course's time, which development may shift, and the database's, which nothing shifts."""

from datetime import UTC, datetime, timedelta

import pytest

from course.clock import Clock, lease_now, open_clock

MOMENT = timedelta(seconds=30)


def test_all_processes_of_a_state_folder_share_one_shift(tmp_path):
    mine, theirs = (open_clock(tmp_path, development=True) for _ in range(2))
    before = mine.now()
    mine.move_to(before + timedelta(days=3))
    assert timedelta() <= theirs.now() - (before + timedelta(days=3)) < MOMENT
    assert list(tmp_path.iterdir()) == [tmp_path / "clock"]


def test_time_moves_forward_only(tmp_path):
    clock = open_clock(tmp_path, development=True)
    clock.move_to(clock.now() + timedelta(days=3))
    shift = clock.shift()
    clock.move_to(clock.now() - timedelta(days=1))
    assert clock.shift() == shift


def test_in_production_the_clock_cannot_be_moved_whatever_lies_in_the_folder(tmp_path):
    (tmp_path / "clock").write_text("86400")
    clock = open_clock(tmp_path, development=False)
    assert clock.shift() == timedelta()
    with pytest.raises(RuntimeError, match="development only"):
        clock.move_to(clock.now() + timedelta(days=1))


def test_now_is_aware_and_in_utc():
    assert Clock().now().tzinfo is UTC


def test_leases_are_measured_by_a_clock_that_is_not_shifted(session, tmp_path):
    clock = open_clock(tmp_path, development=True)
    clock.move_to(clock.now() + timedelta(days=30))
    assert abs(lease_now(session) - datetime.now(UTC)) < MOMENT
    assert lease_now(session).tzinfo is UTC

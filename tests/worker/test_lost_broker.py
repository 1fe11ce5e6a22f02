"""What real workers and beats do while their broker dies, forgets or is rung twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.broker import RunningBroker, wait_until
from tests.worker.celery_processes import Processes
from worker.timetable import TICK


@pytest.fixture
def processes(tmp_path: Path, broker: RunningBroker) -> Iterator[Processes]:
    running = Processes(tmp_path, broker)
    yield running
    running.close()


def crash_under_an_unacknowledged_task(processes: Processes, broker: RunningBroker) -> None:
    processes.send("test.unacknowledged", 60)
    processes.wait_for("begin")
    broker.crash()
    broker.start()


def test_a_worker_goes_on_when_the_broker_dies_under_its_task(processes: Processes, broker: RunningBroker):
    worker = processes.worker()
    crash_under_an_unacknowledged_task(processes, broker)
    processes.send("test.note", "after")
    processes.wait_for("after")
    assert worker.poll() is None
    assert "Unrecoverable" not in processes.log()


def test_without_the_guard_the_same_ends_the_worker(tmp_path: Path, broker: RunningBroker):
    """When this fails, Celery is mended: `worker/consumer.py` can go."""
    processes = Processes(tmp_path, broker, TEST_UNGUARDED="yes")
    try:
        processes.worker()
        crash_under_an_unacknowledged_task(processes, broker)
        wait_until(lambda: "Unrecoverable error: AttributeError" in processes.log(), "Celery's crash")
    finally:
        processes.close()


def test_a_flushed_broker_only_loses_rings(processes: Processes, broker: RunningBroker):
    processes.worker()
    with redis.Redis.from_url(broker.url) as connection:
        connection.flushall()
    processes.send("test.note", "after the flush")
    processes.wait_for("after the flush")


def test_a_killed_child_is_replaced(processes: Processes):
    processes.worker(processes=1)
    processes.send("test.die")
    processes.send("test.note", "still here")
    processes.wait_for("still here")


def test_two_beats_ring_more_often_and_harm_nothing(processes: Processes):
    beats = [processes.beat(), processes.beat()]
    processes.worker()
    wait_until(lambda: processes.journal().count("tick") >= 4, "both beats have rung")
    assert all(beat.poll() is None for beat in beats)
    assert "Message Error" not in processes.log()


def test_a_beat_outlives_its_broker(processes: Processes, broker: RunningBroker):
    processes.worker()
    beat = processes.beat()
    processes.wait_for("tick")
    broker.crash()
    broker.start()
    rung = processes.journal().count("tick")
    wait_until(lambda: processes.journal().count("tick") > rung, "it rings again")
    assert beat.poll() is None


def test_rings_that_nobody_heard_expire(processes: Processes, broker: RunningBroker):
    processes.app.send_task(TICK, expires=-1)
    processes.worker()
    processes.send("test.note", "later")
    processes.wait_for("later")
    assert "tick" not in processes.journal()

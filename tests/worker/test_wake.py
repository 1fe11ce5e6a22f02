"""The bell: ringing costs nothing, whatever the broker does."""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import redis
from structlog.testing import capture_logs
from structlog.typing import EventDict

from course.settings import Settings
from tests.broker import RunningBroker, wait_until
from worker.app import URGENT
from worker.wake import REST_SECONDS, Bell, open_bell

QUICK = 0.2


def rings(broker: RunningBroker) -> int:
    with redis.Redis.from_url(broker.url) as connection:
        return int(connection.llen(f"meantime:{URGENT}"))


def cost(bell: Bell, times: int = 1) -> float:
    before = time.perf_counter()
    for _ in range(times):
        bell.ring()
    return time.perf_counter() - before


def warnings(logs: Sequence[EventDict]) -> list[str]:
    """What went wrong, whosever bell it was: those of other tests may still try."""
    return [str(each.get("error")) for each in logs]


@pytest.fixture
def bell(broker: RunningBroker) -> Bell:
    return Bell(broker.kombu)


@pytest.fixture
def awake(bell: Bell, broker: RunningBroker) -> Iterator[Bell]:
    """A bell that has rung once, with that ring taken away."""
    bell.ring()
    wait_until(lambda: rings(broker) == 1, "the first ring arrived", 15)
    with redis.Redis.from_url(broker.url) as connection:
        connection.flushall()
    yield bell


def test_a_ring_reaches_the_broker(bell: Bell, broker: RunningBroker):
    bell.ring()
    bell.flush(15)
    assert rings(broker) == 1


def test_a_thousand_rings_become_a_few(awake: Bell, broker: RunningBroker):
    assert cost(awake, 1000) < QUICK
    wait_until(lambda: rings(broker) >= 1, "a ring arrived")
    awake.flush(5)
    assert rings(broker) < 100


def test_who_rings_all_the_time_is_heard_a_few_times_a_second(awake: Bell, broker: RunningBroker):
    began = time.monotonic()
    while time.monotonic() < began + 0.5:
        awake.ring()
        time.sleep(0.001)
    awake.flush(5)
    assert 2 <= rings(broker) <= 1 + (time.monotonic() - began) / REST_SECONDS


def test_a_hung_broker_costs_the_caller_nothing(awake: Bell, broker: RunningBroker):
    broker.freeze()
    try:
        assert max(cost(awake) for _ in range(50)) < QUICK
        before = time.perf_counter()
        awake.flush()
        assert time.perf_counter() - before < 2 * QUICK
    finally:
        broker.thaw()


def test_a_broker_that_was_never_there_raises_nothing(tmp_path: Path):
    nowhere = Bell(f"redis+socket://{tmp_path}/nobody")
    assert cost(nowhere, 10) < QUICK
    nowhere.flush(15)
    assert cost(nowhere, 10) < QUICK


def test_after_a_failure_the_bell_is_silent_for_a_while_and_then_rings_again(
    broker: RunningBroker, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("worker.wake.SILENCE_SECONDS", 3600.0)
    bell = Bell(broker.kombu)
    broker.crash()
    bell.ring()
    bell.flush(15)
    broker.start()
    bell.ring()
    bell.flush(5)
    assert rings(broker) == 0

    monkeypatch.setattr("worker.wake.SILENCE_SECONDS", 0.0)
    other = Bell(broker.kombu)
    broker.crash()
    other.ring()
    other.flush(15)
    broker.start()
    other.ring()
    wait_until(lambda: rings(broker) == 1, "it rings again")


def test_whatever_fails_while_ringing_the_bell_goes_on(broker: RunningBroker, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("worker.wake.SILENCE_SECONDS", 0.0)
    bell = Bell(broker.kombu)
    with redis.Redis.from_url(broker.url) as connection:
        connection.set(f"meantime:{URGENT}", "not a list")
        bell.ring()
        bell.flush(15)
        connection.flushall()
    bell.ring()
    wait_until(lambda: rings(broker) == 1, "it rings again")


def test_what_nobody_expected_does_not_end_the_bell(monkeypatch: pytest.MonkeyPatch):
    """kombu meets an address of no kind that it knows with a KeyError."""
    monkeypatch.setattr("worker.wake.SILENCE_SECONDS", 0.0)
    bell = Bell("nowhere://broker")
    with capture_logs() as logs:
        for tries in (1, 2):
            bell.ring()
            wait_until(lambda tries=tries: warnings(logs).count("KeyError") == tries, "the bell has tried", 15)


def test_a_forked_child_has_a_bell_of_its_own(awake: Bell, broker: RunningBroker):
    child = os.fork()
    if child == 0:
        awake.ring()
        awake.flush(10)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert rings(broker) == 1


def test_all_threads_share_one_bell(bell: Bell, broker: RunningBroker):
    before = threading.active_count()
    ringers = [threading.Thread(target=bell.ring) for _ in range(20)]
    for ringer in ringers:
        ringer.start()
    for ringer in ringers:
        ringer.join()
    assert threading.active_count() == before + 1
    wait_until(lambda: rings(broker) >= 1, "a ring arrived", 15)


def test_an_installation_finds_its_broker(broker: RunningBroker, tmp_path: Path):
    opened = open_bell(Settings(redis_url=broker.url, state_dir=tmp_path))
    opened.ring()
    opened.flush(15)
    assert rings(broker) == 1

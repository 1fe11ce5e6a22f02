"""How many sign-ups there may be, counted together or alone."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from course.rates import Rate
from tests.broker import RunningBroker
from web.caps import Caps
from worker.broker import addresses

LARGE = Rate(1000, 3600)


@pytest.fixture(params=["redis", "memory"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the counters are: everything holds in both places."""
    yield addresses(request.getfixturevalue("broker").url).limits if request.param == "redis" else ""


def test_each_visitor_has_a_share(url: str):
    caps = Caps(url, Rate(2, 3600), LARGE)
    assert [caps.admit("ana") for _ in range(3)] == [True, True, False]
    assert caps.admit("bo")


def test_there_is_a_cap_on_all(url: str):
    caps = Caps(url, LARGE, Rate(2, 3600))
    assert [caps.admit(who) for who in ("ana", "bo", "cy")] == [True, True, False]


def test_who_is_refused_takes_nothing_from_the_others(url: str):
    caps = Caps(url, Rate(1, 3600), Rate(3, 3600))
    assert [caps.admit("eve") for _ in range(50)] == [True] + 49 * [False]
    assert [caps.admit(who) for who in ("ana", "bo", "cy")] == [True, True, False]


def test_a_share_comes_back_when_its_time_is_over(url: str):
    caps = Caps(url, Rate(1, 1), LARGE)
    assert caps.admit("ana")
    assert not caps.admit("ana")
    deadline = time.monotonic() + 5
    while not caps.admit("ana"):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_many_at_once_are_not_more_than_may_be(url: str):
    caps = Caps(url, Rate(20, 3600), LARGE)
    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(lambda _: caps.admit("ana"), range(100))) == 20


def test_processes_count_together_in_redis(broker: RunningBroker):
    one, two = (Caps(addresses(broker.url).limits, Rate(3, 3600), LARGE) for _ in range(2))
    assert [each.admit("ana") for each in (one, two, one, two)] == [True, True, True, False]


def test_a_redis_that_hangs_costs_a_fifth_of_a_second_once(broker: RunningBroker):
    caps = Caps(addresses(broker.url).limits, Rate(2, 3600), LARGE)
    broker.freeze()
    try:
        began = time.monotonic()
        assert [caps.admit("ana") for _ in range(3)] == [True, True, False], "this process counts alone"
        assert time.monotonic() - began < 0.5
    finally:
        broker.thaw()


def test_a_redis_that_forgot_everything_is_taught_again(broker: RunningBroker):
    caps = Caps(addresses(broker.url).limits, Rate(2, 3600), LARGE)
    assert caps.admit("ana")
    broker.crash()
    broker.start()
    assert caps.admit("ana")

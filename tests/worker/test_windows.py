"""Windows of mails: shared through a real broker, and kept to without one."""

import time

import pytest
import redis

from course.rates import Rate, read_domain_rates
from tests.broker import RunningBroker
from worker.broker import addresses
from worker.windows import Grant, Window, Windows

FIVE = [Window("over/here", Rate(5, 3600))]


def windows(broker: RunningBroker, processes: int = 2) -> Windows:
    return Windows(addresses(broker.url).limits, processes)


def test_processes_share_what_there_is(clean_broker: RunningBroker):
    first, second = windows(clean_broker), windows(clean_broker)
    assert first.take(FIVE, 3) == Grant(3)
    assert second.take(FIVE, 3) == Grant(2)
    refused = first.take(FIVE, 1)
    assert refused.mails == 0 and refused.wait > 0


def test_what_one_window_refuses_costs_the_others_nothing(clean_broker: RunningBroker):
    both = windows(clean_broker)
    narrow, wide = Window("narrow", Rate(1, 60)), Window("wide", Rate(4, 60))
    assert both.take([wide, narrow], 9) == Grant(1)
    assert both.take([wide, narrow], 9).mails == 0
    assert both.take([wide], 9) == Grant(3)


def test_a_second_is_given_out_in_tenths_and_never_twice(clean_broker: RunningBroker):
    both, second = windows(clean_broker), [Window("quick", Rate(50, 1))]
    began = time.monotonic()
    given = 0
    while time.monotonic() - began < 2.5:
        grant = both.take(second, 100)
        assert grant.mails <= 5
        given += grant.mails
        time.sleep(grant.wait)
    assert 100 <= given <= 50 * 3  # any second has fifty at the most, and this is two and a half of them


def test_everything_lies_under_the_houses_prefix(clean_broker: RunningBroker):
    windows(clean_broker).take([*FIVE, Window("over/here", Rate(2, 1))], 1)
    with redis.Redis.from_url(clean_broker.url) as connection:
        keys = connection.keys("*")
        assert keys and all(key.startswith(b"meantime:throttle:") for key in keys)


@pytest.mark.parametrize("end", ["crash", "freeze"])
def test_without_a_broker_each_process_keeps_to_its_share(broker: RunningBroker, end: str):
    both = windows(broker)
    assert both.take(FIVE, 1) == Grant(1)
    getattr(broker, end)()
    began = time.monotonic()
    assert both.take(FIVE, 9) == Grant(2)
    assert time.monotonic() - began < 1.5
    began = time.monotonic()
    assert both.take(FIVE, 9).mails == 0
    assert time.monotonic() - began < 0.1
    if end == "freeze":
        broker.thaw()


def test_a_broker_that_never_was_stops_nobody():
    assert Windows("redis+unix:///nowhere/socket", 5).take(FIVE, 9) == Grant(1)


def test_a_share_of_little_takes_longer():
    assert Rate(10, 60).shared(4) == Rate(2, 60)
    assert Rate(1, 1).shared(4) == Rate(1, 4)
    assert Rate(3, 1).shared(4) == Rate(1, 2)


def test_domain_rates_are_read():
    rates = read_domain_rates("Gmail.com=20/minute  *=3/second x.example=1/day")
    assert rates == {"gmail.com": Rate(20, 60), "*": Rate(3, 1), "x.example": Rate(1, 86_400)}
    assert read_domain_rates("") == {}


@pytest.mark.parametrize("text", ["gmail.com", "gmail.com=0/minute", "a.b=1/week", "*=1/hour *=2/hour", "gmail=5/day"])
def test_domain_rates_that_cannot_be_meant_are_refused(text: str):
    with pytest.raises(ValueError, match=r"must look like|named twice"):
        read_domain_rates(text)

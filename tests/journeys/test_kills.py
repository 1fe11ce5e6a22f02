"""Processes that are killed, and a broker that forgets, in the middle of two courses: all is sent, nothing twice."""

import os
import signal
from collections.abc import Callable

import redis

from tests.journeys.living import named
from web.demo.house import House
from web.demo.journey import LESSONS, READERS, enroll, mails_to, next_lesson
from web.demo.judge import arrivals, judge
from web.demo.waiting import until
from worker.broker import addresses, embedded_url

WORKER, BEAT, WEB = "worker.main worker", "worker.main beat", "web.wsgi:app"
MAILBOX, BROKER = "web.mailbox.catcher", "valkey-server"


def kill(house: House, word: str, which: int = 0) -> None:
    """Kill one process by its place among those of its name, and see that it is replaced."""
    before = named(house, word)
    os.kill(before[which], signal.SIGKILL)
    until(f"another {word}", lambda: set(named(house, word)) - set(before) or None)


def forget(house: House) -> None:
    """Empty the broker: every message and every binding of a queue goes."""
    with redis.Redis.from_url(addresses(embedded_url(house.folder)).redis) as broker:
        broker.flushall()


FAULTS: dict[str, Callable[[House], None]] = {
    "a worker's child": lambda house: kill(house, WORKER, which=-1),
    "the broker": lambda house: kill(house, BROKER),
    "the worker": lambda house: kill(house, WORKER),
    "the mailbox": lambda house: kill(house, MAILBOX),
    "what the broker knows": forget,
    "beat": lambda house: kill(house, BEAT),
    "the web": lambda house: kill(house, WEB),
}


def test_whatever_is_lost_on_the_way_every_lesson_comes_once_and_in_order(make_house: Callable[..., House]):
    house = make_house()
    house.start()
    enroll(house, *READERS)
    until("the first lessons", lambda: all(len(mails_to(house, reader)) == 2 for reader in READERS) or None)
    faults = list(FAULTS.items())
    browser = house.browser()
    while any(len(mails_to(house, reader)) < LESSONS + 2 for reader in READERS):
        if faults:
            name, fault = faults.pop(0)
            fault(house)
            until("the web server", lambda: browser.answers("/health/live") or None)
        said = next_lesson(browser).text
        assert "The clock went to" in said, f"after the loss of {name}: {said}"
    assert faults == [], "every fault has happened"
    assert [line for reader in READERS for line in judge(house, reader, arrivals(house, reader))] == []

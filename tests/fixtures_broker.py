"""Fixtures of the broker, listed as a plugin in conftest."""

from collections.abc import Iterator

import pytest
import redis

from tests.broker import RunningBroker, running_broker


@pytest.fixture
def broker() -> Iterator[RunningBroker]:
    """A broker of this test's own, which it may kill."""
    with running_broker() as running:
        yield running


@pytest.fixture(scope="session")
def shared_broker() -> Iterator[RunningBroker]:
    """One broker for all tests that do it no harm; ask for `clean_broker` to find it empty."""
    with running_broker() as running:
        yield running


@pytest.fixture
def clean_broker(shared_broker: RunningBroker) -> RunningBroker:
    """The shared broker, emptied."""
    with redis.Redis.from_url(shared_broker.url) as connection:
        connection.flushall()
    return shared_broker

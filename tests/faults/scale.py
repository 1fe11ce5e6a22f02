"""How large the fault suite is: small by itself, long when asked for.

    pytest tests/faults                                                       the short form, a part of `make test`
    pytest tests/faults -m "long or not long" --readers 200 --repeats 3       `make faults`

`--fault-seed N` repeats what chance did; the seed in use is printed at the beginning.
"""

import random
import time
from dataclasses import dataclass

import pytest

SEED = time.time_ns() % 1_000_000


@dataclass(frozen=True)
class Scale:
    """`readers` is None in the short form, where each test says how few are enough."""

    readers: int | None
    seed: int
    repeat: int

    def many(self, few: int) -> int:
        return max(few, self.readers or 0)

    @property
    def chance(self) -> random.Random:
        return random.Random(self.seed + self.repeat)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults")
    group.addoption("--readers", type=int, help="how many readers each fault meets (by default a few)")
    group.addoption("--repeats", type=int, default=1, help="how often each fault is repeated")
    group.addoption("--fault-seed", type=int, default=SEED, help="the seed of what happens by chance")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: takes minutes; `make faults` runs it")
    config.addinivalue_line("markers", "short_on(database): the short form is content with this one; the long has both")


def pytest_report_header(config: pytest.Config) -> str:
    return f"faults: seed {config.getoption('--fault-seed')}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without `-m` the long form stays out."""
    if config.getoption("-m"):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker("long")]


@pytest.hookimpl(tryfirst=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    option = metafunc.config.getoption
    if "repeat" in metafunc.fixturenames:
        metafunc.parametrize("repeat", range(option("--repeats")))
    enough = metafunc.definition.get_closest_marker("short_on")
    if enough and option("--readers") is None:
        # As a mark, which keeps pytest from giving it the fixture's own databases as well.
        metafunc.definition.add_marker(pytest.mark.parametrize("database_url", enough.args, indirect=True))


@pytest.fixture
def scale(request: pytest.FixtureRequest, repeat: int) -> Scale:
    """How large this test is to be, and its chance."""
    option = request.config.getoption
    return Scale(option("--readers"), option("--fault-seed"), repeat)

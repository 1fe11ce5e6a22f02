"""One figure of the benchmark, and the bar that it is held against."""

import resource
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """`value` in `unit`; `bar` says in words what it should be, `met` whether it is."""

    name: str
    value: float
    unit: str
    bar: str
    met: bool

    def as_dict(self) -> dict[str, object]:
        """For the JSON file."""
        return asdict(self)


def at_least(name: str, value: float, unit: str, bar: float) -> Figure:
    """A figure that should be large."""
    return Figure(name, value, unit, f"≥ {bar:g}", value >= bar)


def at_most(name: str, value: float, unit: str, bar: float) -> Figure:
    """A figure that should be small."""
    return Figure(name, value, unit, f"≤ {bar:g}", value <= bar)


def seconds(work: Callable[[], object]) -> float:
    """How long it takes, by the clock on the wall."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def cpu_seconds_of_five(work: Callable[[], object]) -> float:
    """The median of five runs, in seconds of this process's own work."""
    runs = []
    for _ in range(5):
        began = time.process_time()
        work()
        runs.append(time.process_time() - began)
    return median(runs)


def peak_megabytes() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

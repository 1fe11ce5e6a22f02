"""One figure of the benchmark, the bar that it is held against, and what a piece of work costs."""

import os
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Figure:
    """`value` in `unit`; `bar` says in words what it should be, `met` whether it is, `note` what else was seen."""

    name: str
    value: float
    unit: str
    bar: str
    met: bool
    note: str = ""

    def as_dict(self) -> dict[str, object]:
        """For the JSON file."""
        return asdict(self)


def at_least(name: str, value: float, unit: str, bar: float, note: str = "") -> Figure:
    """A figure that should be large."""
    return Figure(name, value, unit, f"≥ {bar:g}", value >= bar, note)


def at_most(name: str, value: float, unit: str, bar: float, note: str = "") -> Figure:
    """A figure that should be small."""
    return Figure(name, value, unit, f"≤ {bar:g}", value <= bar, note)


@dataclass(frozen=True)
class Spent:
    """Seconds on the wall, of our processor, and of a server's that worked for us."""

    seconds: float
    ours: float
    servers: float

    @property
    def note(self) -> str:
        """The processor's share, which tells more than the clock while others use the machine."""
        theirs = f" + {self.servers:.1f} s of the server" if self.servers else ""
        return f"processor {self.ours:.1f} s{theirs}"


def spent(work: Callable[[], object], server_pid: int | None = None) -> Spent:
    """What one run of a piece of work costs; `server_pid` is the parent of the processes that may work for us."""
    began, ours, servers = time.perf_counter(), time.process_time(), family_seconds(server_pid)
    work()
    return Spent(time.perf_counter() - began, time.process_time() - ours, family_seconds(server_pid) - servers)


def cpu_seconds_of_five(work: Callable[[], object]) -> float:
    """The median of five runs, in seconds of this process's own work."""
    return median(spent(work).ours for _ in range(5))


def peak_megabytes() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def family_seconds(pid: int | None) -> float:
    """The processor time of a process, of those that it waits for, and of those it has buried."""
    if pid is None:
        return 0.0
    own, buried = _times(Path("/proc") / str(pid))
    return own + buried + sum(_times(child)[0] for child in _children(pid))


def _children(pid: int) -> Iterator[Path]:
    listed = (Path("/proc") / str(pid) / "task" / str(pid) / "children").read_text(encoding="ascii")
    yield from (Path("/proc") / child for child in listed.split())


def _times(process: Path) -> tuple[float, float]:
    """Its own seconds and those of its dead children, from /proc."""
    fields = (process / "stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    user, system, dead_user, dead_system = (int(each) for each in fields[11:15])
    return (user + system) / TICKS, (dead_user + dead_system) / TICKS

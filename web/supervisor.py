"""Run several programs as one: start in order, start again what dies, stop in reverse, leave nothing behind."""

import contextlib
import selectors
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from types import FrameType

import click

from web.processes import Child, Program, require_free

START_SECONDS = 30.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
GOOD_RUN_SECONDS = 30.0
COLOURS = ("cyan", "yellow", "green", "magenta", "blue", "red")


class Supervisor:
    """Runs `programs` in the foreground.

    SIGINT, SIGTERM or SIGHUP stops everything in reverse order, each program with its own signal and patience; a
    second one kills what is left. One thread, no threads: reading, waiting and restarting share one loop.
    """

    def __init__(
        self, programs: Sequence[Program], announce: Callable[[], None] = lambda: None, patience: float = 0.0
    ) -> None:
        """`announce` is called once, when everything is ready; `patience` is how long to wait for taken ports."""
        self._patience = patience
        self._announce = announce
        self._width = max((len(program.name) for program in programs), default=0)
        self._colours = {program.name: COLOURS[n % len(COLOURS)] for n, program in enumerate(programs)}
        self._children = [Child(program, self._say) for program in programs]
        self._groups = _groups(self._children)
        self._stops_asked = 0
        self._selector = selectors.DefaultSelector()
        self._failures: dict[str, int] = {}
        self._due: dict[str, float] = {}

    def run(self) -> int:
        """Run until told to stop: 0; 1 when a program did not become ready.

        Raise Misconfigured, before anything starts, when a port is taken; later, when a command cannot be run.
        """
        for child in self._children:
            require_free(child.program, self._patience)
        with self._listening():
            try:
                if not self._start_all():
                    return 0 if self._stops_asked else 1
                self._announce()
                while not self._stops_asked:
                    self._pump(0.2)
                    self._look_after()
                return 0
            finally:
                self._stop_all()

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        def note(_number: int, _frame: FrameType | None) -> None:
            self._stops_asked += 1

        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, note) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _start_all(self) -> bool:
        for group in self._groups:
            if self._stops_asked:
                return False
            for child in group:
                self._start(child)
            if not all(map(self._became_ready, group)):
                return False
        return True

    def _start(self, child: Child) -> None:
        child.start()
        if child.output:
            self._selector.register(child.output, selectors.EVENT_READ, child)

    def _became_ready(self, child: Child) -> bool:
        program = child.program
        deadline = time.monotonic() + START_SECONDS
        while not self._stops_asked:
            self._pump(0.05)
            if child.status is not None:
                status = child.status
                self._clear_away(child)
                if program.once and status == 0:
                    return True
                self._say(program.name, f"ended with status {status} before it was ready")
                return False
            if not program.once and program.ready():
                return True
            if time.monotonic() > deadline:
                self._say(program.name, f"is not ready after {START_SECONDS:.0f} seconds")
                return False
        return False

    def _pump(self, seconds: float) -> None:
        """Wait for output for at most so long, and pass on what there is."""
        for key, _events in self._selector.select(seconds):
            child: Child = key.data
            if child.relay() == b"":
                self._selector.unregister(key.fileobj)

    def _look_after(self) -> None:
        """Start again what has died: after half a second at first, then after longer and longer pauses."""
        now = time.monotonic()
        for child in self._children:
            name = child.program.name
            if child.program.once or child.running:
                continue
            if name not in self._due:
                pause = self._pause_before_restart(child, now)
                self._say(name, f"ended with status {child.status}; starting it again in {pause:g} s")
                self._clear_away(child)
                self._due[name] = now + pause
            elif now >= self._due[name]:
                del self._due[name]
                self._start(child)

    def _pause_before_restart(self, child: Child, now: float) -> float:
        name = child.program.name
        failures = 0 if now - child.started_at > GOOD_RUN_SECONDS else self._failures.get(name, 0)
        self._failures[name] = failures + 1
        return float(min(FIRST_PAUSE * 2**failures, LONGEST_PAUSE))

    def _stop_all(self) -> None:
        for group in reversed(self._groups):
            asked = time.monotonic()
            for child in group:
                child.ask_to_stop()
            for child in reversed(group):
                self._see_off(child, asked + child.program.stop_seconds)

    def _see_off(self, child: Child, deadline: float) -> None:
        while child.running and self._stops_asked < 2 and time.monotonic() < deadline:
            self._pump(0.05)
        if child.running:
            self._say(child.program.name, "did not stop in time and is killed")
        self._clear_away(child)

    def _clear_away(self, child: Child) -> None:
        if child.output is not None and child.output in self._selector.get_map():
            self._selector.unregister(child.output)
        child.clear_away()

    def _say(self, name: str, line: str) -> None:
        # A terminal that has gone away must not keep us from stopping in order.
        with contextlib.suppress(OSError):
            click.echo(click.style(f"{name:>{self._width}} | ", fg=self._colours[name]) + line)


def _groups(children: Sequence[Child]) -> list[list[Child]]:
    """Those who start and stop side by side."""
    groups: list[list[Child]] = [[]]
    for child in children:
        groups[-1].append(child)
        if not child.program.side_by_side:
            groups.append([])
    return groups

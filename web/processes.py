"""One program that we run: how it is started, heard, stopped and, whatever happens to us, not left behind."""

import contextlib
import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TextIO

from course.errors import Misconfigured

LONGEST_LINE = 64 * 1024
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Port:
    """A port on loopback that a program will take, and the setting that moves it."""

    number: int
    setting: str


@dataclass(frozen=True)
class Program:
    """What to run. `env` is its whole environment; with `once` it runs to its end before the next one starts.

    With `side_by_side` the next one starts, and in the end stops, at the same time; a row of them ends with the first
    that is not, and whatever comes then waits for them all.
    """

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str]
    ready: Callable[[], bool] = lambda: True
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0
    once: bool = False
    side_by_side: bool = False
    port: Port | None = None


class Child:
    """A program's process, in a session of its own: Ctrl-C in the terminal reaches us alone, and we stop in order."""

    def __init__(self, program: Program, say: Callable[[str, str], None]) -> None:
        self.program = program
        self._say = say
        self._process: subprocess.Popen[bytes] | None = None
        self._unfinished_line = b""
        self.output: IO[bytes] | None = None
        self.started_at = 0.0

    def start(self) -> None:
        """Start it; raise Misconfigured when its command cannot be run."""
        try:
            self._process = subprocess.Popen(  # noqa: S603
                self.program.command,
                env=self.program.env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                bufsize=0,
                start_new_session=True,
                # We run no threads, so code between fork and exec is safe.
                preexec_fn=partial(_die_with_parent, os.getpid()),  # noqa: PLW1509
            )
        except OSError as error:
            raise Misconfigured(
                f"{self.program.name} cannot be started: {self.program.command[0]}: {error.strerror}."
            ) from None
        self.output = self._process.stdout
        assert self.output is not None
        os.set_blocking(self.output.fileno(), False)
        self.started_at = time.monotonic()

    @property
    def status(self) -> int | None:
        """Its exit status, negative for a signal; None while it runs or before it has been started."""
        return self._process.poll() if self._process is not None else None

    @property
    def running(self) -> bool:
        """Whether its main process is alive."""
        return self._process is not None and self._process.poll() is None

    def relay(self) -> bytes | None:
        """Say the whole lines of what it has just written; answer what was read: b"" at the end, None for nothing."""
        block = self.output.read(LONGEST_LINE) if self.output else b""
        *lines, self._unfinished_line = (self._unfinished_line + (block or b"")).split(b"\n")
        if self._unfinished_line and (block == b"" or len(self._unfinished_line) >= LONGEST_LINE):
            lines.append(self._unfinished_line)
            self._unfinished_line = b""
        for line in lines:
            self._say(self.program.name, line.decode("utf-8", "replace").rstrip("\r"))
        return block

    def ask_to_stop(self) -> None:
        """Send its stop signal to its main process, which looks after its own children."""
        if self._process is not None and self.running:
            self._process.send_signal(self.program.stop_signal)

    def clear_away(self) -> None:
        """End whatever is left of it at once, its own children included, and close its pipe."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        while self.relay():
            pass
        if self.output:
            self.output.close()
            self.output = None


def _die_with_parent(parent: int) -> None:
    """Runs between fork and exec: a supervisor that is killed takes its programs along (Linux only)."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def require_free(program: Program, patience: float = 0.0) -> None:
    """Raise Misconfigured when the port that a program needs is still taken after `patience` seconds."""
    deadline = time.monotonic() + patience
    while program.port is not None and _taken(program.port.number):
        if time.monotonic() > deadline:
            raise Misconfigured(
                f"Port {program.port.number}, which {program.name} needs, is taken by another program. "
                f"Stop that one, or set {program.port.setting} to another port."
            )
        time.sleep(0.1)


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: connections of the last run that linger in TIME_WAIT are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


@contextlib.contextmanager
def held(state_dir: Path) -> Iterator[bool]:
    """Hold the state folder for this process; raise Misconfigured, naming the holder, when another one does.

    Yields whether the last holder was killed, so that its programs may still be on their way out.
    """
    state_dir.mkdir(parents=True, exist_ok=True)
    with (state_dir / "up.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Misconfigured(
                f"Meantime already runs on the folder {state_dir} (process {_holder(file) or 'unknown'}). "
                "Stop it there, or set MEANTIME_STATE_DIR to another folder."
            ) from None
        killed = bool(_holder(file))
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield killed
        file.truncate(0)


def _holder(file: TextIO) -> str:
    file.seek(0)
    return file.read().strip()

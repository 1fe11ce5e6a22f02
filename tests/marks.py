"""Finding the processes that a test has started, however far down: by a mark that they all inherit (Linux).

A program that writes a title over its own environment, as Valkey and Redis do, hides from it.
"""

import os
import signal
from pathlib import Path


class Mark:
    """Put `environment` into the first process's; its descendants inherit the mark."""

    def __init__(self) -> None:
        self._text = f"TEST_MARK={os.getpid()}-{id(self)}-{os.urandom(8).hex()}"
        self.environment = dict([self._text.split("=")])

    def alive(self) -> list[int]:
        """The process numbers of all that live with this mark."""
        mark = self._text.encode()
        return [int(path.parent.name) for path in Path("/proc").glob("[0-9]*/environ") if mark in _read(path)]

    def command_of(self, pid: int) -> str:
        """The command line of a process, empty when it has gone."""
        return _read(Path(f"/proc/{pid}/cmdline")).replace(b"\0", b" ").decode()

    def find(self, word: str) -> list[int]:
        """The living processes whose command line has this word, the oldest first."""
        return sorted(pid for pid in self.alive() if word in self.command_of(pid))

    def kill(self) -> None:
        """End them all at once."""
        for pid in self.alive():
            os.kill(pid, signal.SIGKILL)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""

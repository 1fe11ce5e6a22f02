"""Real worker and beat processes on the throw-away application."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack, suppress
from pathlib import Path

from celery import Celery

from tests.broker import RunningBroker, wait_until
from worker.app import make_celery


class Processes:
    """Starts workers and beats for one test and ends them after it, each with its whole process group."""

    def __init__(self, folder: Path, broker: RunningBroker, **extra: str) -> None:
        self.journal_file = folder / "journal"
        self.log_file = folder / "log"
        self.extra = extra
        self.broker = broker
        self.app: Celery = make_celery(broker.kombu)
        self._running = ExitStack()

    def worker(self, processes: int = 2) -> subprocess.Popen[bytes]:
        """Start a worker and wait until it takes tasks."""
        ready = self.log().count(" ready.")
        started = self._start("worker", f"--concurrency={processes}", "--without-gossip", "--without-mingle")
        wait_until(lambda: self.log().count(" ready.") > ready, "the worker is ready", 15)
        return started

    def beat(self) -> subprocess.Popen[bytes]:
        return self._start("beat")

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        environment = os.environ | {
            "TEST_BROKER": self.broker.kombu,
            "TEST_JOURNAL": str(self.journal_file),
            **self.extra,
        }
        with self.log_file.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "tests.worker.throwaway", *arguments, "-l", "info"],
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._running.callback(_end, process)
        return process

    def send(self, task: str, *arguments: object) -> None:
        self.app.send_task(task, arguments)

    def journal(self) -> list[str]:
        return self.journal_file.read_text().splitlines() if self.journal_file.exists() else []

    def log(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def wait_for(self, line: str, seconds: float = 8.0) -> None:
        """Wait until a task has written a line that begins so."""
        wait_until(lambda: any(said.startswith(line) for said in self.journal()), f"the journal says {line}", seconds)

    def close(self) -> None:
        self._running.close()
        self.app.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)

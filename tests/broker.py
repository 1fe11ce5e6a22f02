"""A real broker for tests: the embedded server in a folder of its own, which a test may kill and start again."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from worker.broker import Broker, addresses, answers, embedded, find_binary


class RunningBroker:
    """The embedded broker, running. `url` is redis-py's spelling, `kombu` is Celery's."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.url = broker.url
        self.kombu = addresses(broker.url).kombu
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.broker.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(lambda: answers(self.url), "the broker answers")

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End it with a signal, also when it is frozen; `signal.SIGKILL` is a crash."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, how)
                os.kill(self.process.pid, signal.SIGCONT)
            self.process.wait(10)
            self.process = None

    def crash(self) -> None:
        self.stop(signal.SIGKILL)

    def freeze(self) -> None:
        """Let it hang: its socket stays open and nothing answers. `thaw` ends that."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGCONT)


@contextlib.contextmanager
def running_broker() -> Iterator[RunningBroker]:
    """Run an embedded broker in a throw-away folder, with a path short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="mt-", dir="/tmp") as folder:
        broker = RunningBroker(embedded(find_binary(), Path(folder)))
        broker.start()
        try:
            yield broker
        finally:
            broker.stop()


def wait_until(condition: Callable[[], object], what: str, seconds: float = 8.0) -> None:
    """Return as soon as `condition` holds; fail with `what` was awaited when it does not hold in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain until {what}"
        time.sleep(0.02)

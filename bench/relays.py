"""A mail server that is ten milliseconds away: what one connection reaches, and what thirty-two do."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import sending
from bench.figures import Figure, at_least
from bench.postfix import free_port, wait_for


def figures() -> Iterator[Figure]:
    """Mails per second of one process, SQLite."""
    for connections, mails, bar in ((1, 300, 60), (32, 6000, 1000)):
        with tempfile.TemporaryDirectory() as folder, slow_relay() as port:
            url = f"smtp://127.0.0.1:{port}?tls=none&connections={connections}"
            with sending.house(Path(folder), url, processes=1) as house:
                house.send(100)
                rate = mails / max(hand["seconds"] for hand in house.send(mails))
        name = f"mails to a relay 10 ms away, {connections} connection{'s' if connections > 1 else ''}"
        yield at_least(name, rate, "per second", bar)


@contextmanager
def slow_relay(host: str = "127.0.0.1") -> Iterator[int]:
    """A running one; its port."""
    port = free_port(host)
    process = subprocess.Popen([sys.executable, "-m", "bench.slow_relay", str(port), host])
    try:
        wait_for(port, host)
        yield port
    finally:
        process.kill()
        process.wait()

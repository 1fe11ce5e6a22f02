"""Postfix's test programs: a sink that takes mail faster than anybody sends it, and a source to be measured against."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "var" / "bench-tools"
PROGRAMS = TOOLS / "usr" / "sbin"


def install() -> None:
    """Lay the programs beside the benchmark, once."""
    subprocess.run([ROOT / "scripts" / "install-bench-tools", TOOLS], check=True)


@contextmanager
def sink(*, delay_ms: int = 0) -> Iterator[int]:
    """A running smtp-sink; its port. `delay_ms` is how long it takes to answer a message's dot."""
    install()
    port = free_port()
    user = ("-u", "nobody") if os.geteuid() == 0 else ()
    command = [PROGRAMS / "smtp-sink", *user, "-h", "sink.example.org", f"inet:127.0.0.1:{port}", "1000"]
    process = subprocess.Popen(command, env=_environment(), cwd="/")
    try:
        wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def source(port: int, mails: int, size: int) -> float:
    """Mails per second that smtp-source reaches with eight sessions kept open."""
    began = time.perf_counter()
    command = [
        PROGRAMS / "smtp-source", "-s", "8", "-d", "-l", str(size), "-m", str(mails), "-f", "a@example.org",
        "-t", "b@example.org", f"inet:127.0.0.1:{port}",
    ]  # fmt: skip
    subprocess.run(command, env=_environment(), check=True)
    return mails / (time.perf_counter() - began)


def _environment() -> dict[str, str]:
    return {"LD_LIBRARY_PATH": str(TOOLS / "usr" / "lib" / "postfix"), "PATH": "/usr/bin:/bin"}


def free_port(host: str = "127.0.0.1") -> int:
    """A port of this machine that nobody uses."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(port: int, host: str = "127.0.0.1") -> None:
    """Until somebody listens there."""
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection((host, port), 1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return

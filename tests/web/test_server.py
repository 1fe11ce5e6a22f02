"""The web server keeps its threads for visitors who have something to say."""

import http.client
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from course.database import Database
from course.migrations import migrate
from course.settings import Settings, environment
from tests.broker import wait_until
from web.up import web_command

IDLE = 20
# gunicorn's own worker keeps each of eight threads for five seconds.
SOON = 4.0


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
    settings = Settings(state_dir=tmp_path, web_port=free, secret_key="correct horse battery staple 0123456789")
    database = Database(settings.database)
    migrate(database)
    database.close()
    process = subprocess.Popen(web_command(settings), env=environment(settings))
    try:
        wait_until(lambda: _status(free) == 200, "the web server answers", 30)
        yield free
    finally:
        process.terminate()
        process.wait()


def _status(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def test_connections_that_say_nothing_keep_nobody_waiting(port: int):
    with ExitStack() as idle:
        for _ in range(IDLE):
            idle.enter_context(socket.create_connection(("127.0.0.1", port)))
        time.sleep(0.2)
        began = time.monotonic()
        assert _status(port) == 200
        assert time.monotonic() - began < SOON


def test_a_connection_that_speaks_late_is_heard(port: int):
    with socket.create_connection(("127.0.0.1", port)) as late:
        time.sleep(1)
        late.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert late.recv(100).startswith(b"HTTP/1.1 200")

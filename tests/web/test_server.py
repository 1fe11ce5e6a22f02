"""The web server keeps its threads for visitors who have something to say."""

import http.client
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest
from gunicorn.config import Config

from course.database import Database
from course.migrations import migrate
from course.settings import Settings, environment
from tests.broker import wait_until
from web.server import Connection
from web.up import web_command

IDLE = 20
# gunicorn's own worker keeps each of eight threads for five seconds.
SOON = 4.0


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """One server for all these visitors."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free: int = probe.getsockname()[1]
    settings = Settings(
        state_dir=tmp_path_factory.mktemp("site"), web_port=free, secret_key="correct horse battery staple 0123456789"
    )
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


@pytest.mark.parametrize(
    "beginning",
    [
        b"P",
        b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        b"POST /courses/a/enrollments HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\nemail=",
        b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\nGET /health/l",
    ],
    ids=["one letter", "half a head", "half a form", "one and a half"],
)
def test_who_never_finishes_a_request_keeps_nobody_waiting(port: int, beginning: bytes):
    with ExitStack() as slow:
        for _ in range(IDLE):
            slow.enter_context(socket.create_connection(("127.0.0.1", port))).sendall(beginning)
        time.sleep(0.5)
        began = time.monotonic()
        assert _status(port) == 200
        assert time.monotonic() - began < SOON


def _answers(port: int, *pieces: bytes) -> bytes:
    """What is answered to a request that comes in these pieces; the last one asks to close the connection."""
    heard = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as visitor:
        for piece in pieces:
            visitor.sendall(piece)
            time.sleep(0.1)
        while block := visitor.recv(65536):
            heard += block
    return heard


FORM = (
    b"POST /courses/none/enrollments HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
)
LAST = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def test_a_request_in_pieces_is_heard(port: int):
    assert _answers(port, *(LAST[at : at + 20] for at in range(0, len(LAST), 20))).startswith(b"HTTP/1.1 200")


def test_several_requests_in_one_breath_are_answered_one_by_one(port: int):
    first = LAST.replace(b"Connection: close\r\n", b"")
    assert _answers(port, first + first + LAST).count(b"HTTP/1.1 200") == 3
    assert _answers(port, first + LAST[:30], LAST[30:]).count(b"HTTP/1.1 200") == 2


def test_bodies_come_through_however_they_are_sent(port: int):
    form = FORM.replace(b"\r\n\r\n", b"\r\n")
    large = 300 * 1024
    for pieces in (
        (form + b"Content-Length: 7\r\n\r\nem", b"ail=x"),
        (form + b"Content-Length: %d\r\n\r\n" % large, b"x" * (large - 1), b"x"),
        (form + b"Transfer-Encoding: chunked\r\n\r\n7\r\nemail=x\r\n", b"0\r\n\r\n"),
    ):
        assert b"There is nothing here" in _answers(port, *pieces), "the form was read, and there is no such course"


def test_who_asks_before_a_body_is_told_to_go_on(port: int):
    asking = FORM.replace(b"\r\n\r\n", b"\r\nExpect: 100-continue\r\nContent-Length: 7\r\n\r\n")
    answer = _answers(port, asking, b"email=x")
    assert answer.startswith(b"HTTP/1.1 100")
    assert b"There is nothing here" in answer


def test_a_head_without_end_is_not_listened_to(port: int):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as visitor:
        visitor.sendall(b"GET / HTTP/1.1\r\nX-Long: " + b"x" * 200_000)
        with suppress(ConnectionError):
            assert visitor.recv(100)[:10] in {b"", b"HTTP/1.1 4"}
    assert _status(port) == 200


@pytest.mark.parametrize(
    "said",
    [b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000],
)
def test_who_has_gone_amid_a_request_disturbs_nobody(said: bytes):
    ours, theirs = socket.socketpair()
    theirs.sendall(said)
    theirs.close()
    connection = Connection(Config(), ours, ("127.0.0.1", 1), ("127.0.0.1", 2))
    ours.setblocking(False)
    for _ in range(3):
        whole = connection.hear()
    assert whole
    ours.close()

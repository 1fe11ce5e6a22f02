"""The sign-up form under load: the default web server, every protection on, the caps raised by settings."""

import http.client
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

from bench import postfix
from bench.due import begin_course, fill, new_database
from bench.figures import Figure, at_least, at_most
from bench.sending import secret_settings
from course.settings import Settings, environment
from tests.broker import RunningBroker, running_broker
from web.up import web_command

SECONDS = 8.0
CONNECTIONS = 8
FORM = {"name": "Ana", "timezone": "Europe/Berlin", "hour": "09:00"}
HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Load:
    """People who sign up over connections that stay open, one form after the other."""

    port: int
    spent: list[float] = field(default_factory=list)
    _counter: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, seconds: float = SECONDS) -> tuple[float, float]:
        """Requests per second, and the slowest of a hundred in milliseconds."""
        self.spent, until = [], time.perf_counter() + seconds
        people = [threading.Thread(target=self._sign_up, args=(until,)) for _ in range(CONNECTIONS)]
        for each in people:
            each.start()
        for each in people:
            each.join()
        return len(self.spent) / seconds, 1000 * quantiles(self.spent, n=100)[98]

    def _sign_up(self, until: float) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while time.perf_counter() < until:
            with self._lock:
                self._counter += 1
                number = self._counter
            body = urlencode(FORM | {"email": f"new{number}@town{number % 997}.example.com"})
            began = time.perf_counter()
            connection.request("POST", "/courses/bench/enrollments", body, HEADERS)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 303, answer.status
            self.spent.append(time.perf_counter() - began)


def figures() -> Iterator[Figure]:
    """Alone, beside two processes that send at full speed, with idle sockets open, and with Redis hung."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = stack.enter_context(postfix.sink())
        broker = stack.enter_context(running_broker())
        settings = _settings(folder, port, broker)
        database = new_database(settings.database)
        sequence = begin_course(database, settings)
        load = Load(stack.enter_context(_web(settings)))
        load.run(1)
        rate, slow = load.run()
        yield at_least("sign-ups, SQLite", rate, "per second", 300)
        yield at_most("sign-up, p99 at 8 connections", slow, "ms", 60)
        fill(database, sequence, 10_000_000, 30_000)
        with _hands(settings):
            yield at_most("sign-up, p99 while two processes send", load.run()[1], "ms", 150)
        with _idle_sockets(load.port):
            yield at_most("sign-up, p99 with 20 idle sockets", load.run()[1], "ms", 300)
        broker.freeze()
        yield at_most("sign-up, p99 with Redis hung", load.run()[1], "ms", 300)
        broker.thaw()


def _settings(folder: Path, port: int, broker: RunningBroker) -> Settings:
    return secret_settings(folder, f"smtp://127.0.0.1:{port}?tls=none&connections=8").model_copy(
        update={
            "redis_url": broker.url,
            "web_port": postfix.free_port(),
            "signups_per_address": "1000000/hour",
            "signups_in_all": "1000000/hour",
        }
    )


@contextmanager
def _web(settings: Settings) -> Iterator[int]:
    process = subprocess.Popen(web_command(settings), env=environment(settings))
    try:
        postfix.wait_for(settings.web_port)
        yield settings.web_port
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _hands(settings: Settings) -> Iterator[None]:
    command = [sys.executable, "-m", "bench.hand"]
    hands = [
        subprocess.Popen(command, env=environment(settings), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    try:
        for hand in hands:
            assert hand.stdin is not None and hand.stdout is not None
            assert hand.stdout.readline().strip() == "ready"
            hand.stdin.write("go\n")
            hand.stdin.flush()
        yield
    finally:
        for hand in hands:
            hand.kill()
            hand.wait()


@contextmanager
def _idle_sockets(port: int) -> Iterator[None]:
    """As browsers open them, in case they are needed."""
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
    try:
        yield
    finally:
        for each in idle:
            each.close()

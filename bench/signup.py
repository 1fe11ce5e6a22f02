"""The sign-up form under load: the default web server, every protection on, the caps raised by settings."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bench import postfix
from bench.due import begin_course, fill, new_database
from bench.figures import Figure, at_least, at_most, family_seconds
from bench.sending import secret_settings
from bench.visitors import Crowd
from course.settings import Settings, environment
from tests.broker import RunningBroker, running_broker
from web.up import web_command


def figures() -> Iterator[Figure]:
    """Alone, beside two processes that send at full speed, with idle sockets open, and with Redis hung."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = stack.enter_context(postfix.sink())
        broker = stack.enter_context(running_broker())
        settings = _settings(folder, port, broker)
        database = new_database(settings.database)
        sequence = begin_course(database, settings)
        web = stack.enter_context(running_web(settings))
        crowd = Crowd(settings.web_port)
        crowd.run(1)
        began, cpu = time.perf_counter(), family_seconds(web)
        seen = crowd.run()
        each = 1000 * (family_seconds(web) - cpu) / (seen.rate * (time.perf_counter() - began))
        yield at_least("sign-ups, SQLite", seen.rate, "per second", 300, f"{each:.1f} ms of processor each")
        yield at_most("sign-up, p99 at 8 connections", seen.slow, "ms", 60)
        fill(database, sequence, 10_000_000, 30_000)
        with _hands(settings):
            yield at_most("sign-up, p99 while two processes send", crowd.run().slow, "ms", 150)
        with _idle_sockets(settings.web_port):
            yield at_most("sign-up, p99 with 20 idle sockets", crowd.run().slow, "ms", 300)
        broker.freeze()
        yield at_most("sign-up, p99 with Redis hung", crowd.run().slow, "ms", 300)
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
def running_web(settings: Settings) -> Iterator[int]:
    """The default web server of an installation; its process number."""
    process = subprocess.Popen(web_command(settings), env=environment(settings))
    try:
        postfix.wait_for(settings.web_port)
        yield process.pid
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

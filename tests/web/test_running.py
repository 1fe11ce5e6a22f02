"""The whole installation as `meantime up` runs it, with faults thrown at it."""

import http.client
import os
import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.broker import wait_until
from tests.marks import Mark
from worker.broker import embedded_url

WORKER = "worker.main worker"
UP = "import sys; from course.settings import load; from web.up import up; sys.exit(up(load(), lambda: print('READY')))"


class Installation:
    """One installation in a folder of its own, on free ports."""

    def __init__(self, folder: Path) -> None:
        self.mark = Mark()
        self.folder = folder
        self.web_port, self.mailbox_port = _free_ports()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        told = {
            "MEANTIME_STATE_DIR": str(self.folder / "state"),
            "MEANTIME_WEB_PORT": str(self.web_port),
            "MEANTIME_MAILBOX_PORT": str(self.mailbox_port),
            "MEANTIME_BASE_URL": f"http://127.0.0.1:{self.web_port}",
            "PYTHONUNBUFFERED": "1",
        }
        with (self.folder / "printed").open("wb") as printed:
            self.process = subprocess.Popen(
                [sys.executable, "-c", UP],
                env=os.environ | told | self.mark.environment,
                stdout=printed,
                stderr=printed,
                start_new_session=True,
            )
        wait_until(lambda: "READY" in self.printed() or self.ended(), "everything is up", 30)
        assert not self.ended(), self.printed()
        return self.process

    def broker(self) -> int | None:
        """The broker's process number, asked of itself; None when it does not answer."""
        try:
            with redis.Redis.from_url(embedded_url(self.folder / "state"), retry=Retry(NoBackoff(), 0)) as connection:
                return int(connection.info("server")["process_id"])
        except redis.RedisError:
            return None

    def ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def printed(self) -> str:
        return (self.folder / "printed").read_text()


def _free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        return one.getsockname()[1], two.getsockname()[1]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    running = Installation(tmp_path)
    yield running
    running.mark.kill()
    wait_until(lambda: running.broker() is None, "the broker has gone with its supervisor")


def test_one_ctrl_c_ends_every_process(installation: Installation):
    process = installation.start()
    page = http.client.HTTPConnection("127.0.0.1", installation.web_port, timeout=5)
    page.request("GET", "/health/live")
    assert page.getresponse().status == 200
    smtplib.SMTP("127.0.0.1", installation.mailbox_port, timeout=5).close()
    wait_until(lambda: len(installation.mark.find(WORKER)) == 3, "the worker has its two children", 15)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 0
    assert installation.mark.alive() == []
    assert installation.broker() is None


def test_the_worker_outlives_a_killed_broker_which_is_started_again(installation: Installation):
    installation.start()
    worker, broker = installation.mark.find(WORKER)[0], installation.broker()
    assert broker
    os.kill(broker, signal.SIGKILL)
    wait_until(lambda: installation.broker() not in (None, broker), "a new broker answers")
    assert "broker | ended with status -9; starting it again in 0.5 s" in installation.printed()
    assert installation.mark.find(WORKER)[0] == worker


def test_a_killed_supervisor_leaves_nothing_behind_and_the_next_start_works(installation: Installation):
    process = installation.start()
    process.kill()
    process.wait(5)
    wait_until(lambda: installation.mark.alive() == [] and installation.broker() is None, "everything has gone")
    installation.start()
    assert installation.broker()

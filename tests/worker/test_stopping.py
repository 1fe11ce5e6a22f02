"""A worker that is told to stop begins no new mail, finishes the one at hand, and goes."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.broker import RunningBroker, wait_until
from tests.worker.celery_processes import Processes
from worker.timetable import DELIVER


@pytest.fixture
def processes(tmp_path: Path, clean_broker: RunningBroker) -> Iterator[Processes]:
    running = Processes(tmp_path, clean_broker)
    yield running
    running.close()


def tell_the_main_process(worker: subprocess.Popen[bytes]) -> None:
    os.kill(worker.pid, signal.SIGTERM)


def tell_the_whole_group(worker: subprocess.Popen[bytes]) -> None:
    os.killpg(worker.pid, signal.SIGTERM)


@pytest.mark.parametrize("tell", [tell_the_main_process, tell_the_whole_group])
def test_a_courier_hears_of_the_stop_between_two_mails(
    processes: Processes, tell: Callable[[subprocess.Popen[bytes]], None]
):
    worker = processes.worker()
    processes.send(DELIVER, 100)
    processes.wait_for("begin")
    tell(worker)
    processes.wait_for("stopped before")
    wait_until(lambda: worker.poll() is not None, "the worker has gone")
    assert worker.returncode == 0


def test_a_child_told_alone_finishes_its_mail_and_is_replaced(processes: Processes):
    worker = processes.worker(processes=1)
    processes.send(DELIVER, 100)
    processes.wait_for("begin")
    child = int(processes.journal()[0].split()[1])
    os.kill(child, signal.SIGTERM)
    processes.wait_for("stopped before")
    wait_until(lambda: not Path(f"/proc/{child}").exists(), "the child has gone")
    processes.send(DELIVER, 1)
    processes.wait_for("end")
    assert worker.poll() is None
    assert processes.journal()[-2] != f"begin {child}"


def test_a_killed_worker_leaves_no_children(processes: Processes):
    worker = processes.worker()
    processes.send(DELIVER, 100)
    processes.wait_for("begin")
    child = int(processes.journal()[0].split()[1])
    worker.kill()
    worker.wait(5)
    wait_until(lambda: not Path(f"/proc/{child}").exists(), "the child has gone too")

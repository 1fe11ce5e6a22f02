"""What Celery costs: a real worker is rung when nothing is due, and each ring stands for a batch of mails."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.due import begin_course, new_database
from bench.figures import Figure, at_most, family_seconds
from bench.sending import secret_settings
from course.settings import environment
from tests.broker import running_broker, wait_until
from worker.app import URGENT, make_celery
from worker.courier import BATCH
from worker.timetable import DELIVER

RINGS = 400


def figures() -> Iterator[Figure]:
    """The processor time of a ring, over the mails of a batch."""
    with tempfile.TemporaryDirectory() as folder, running_broker() as broker:
        settings = secret_settings(Path(folder), "smtp://127.0.0.1:9?tls=none")
        settings = settings.model_copy(update={"redis_url": broker.url})
        database = new_database(settings.database)
        begin_course(database, settings)
        command = [sys.executable, "-m", "celery", "--quiet", "-A", "worker.main", "worker", "--concurrency", "2"]
        worker = subprocess.Popen([*command, "--without-gossip", "--without-mingle"], env=environment(settings))
        try:
            with make_celery(broker.kombu) as app:
                _ring(app, 50)
                _wait(app)
                began = family_seconds(worker.pid)
                _ring(app, RINGS)
                _wait(app)
                spent = family_seconds(worker.pid) - began
        finally:
            worker.terminate()
            worker.wait()
    yield at_most(
        "Celery's share of a mail", 1e6 * spent / RINGS / BATCH, "µs", 80, f"{1000 * spent / RINGS:.1f} ms a ring"
    )


def _ring(app: object, times: int) -> None:
    for _ in range(times):
        app.send_task(DELIVER, kwargs={"urgent": True}, queue=URGENT, expires=60)  # type: ignore[attr-defined]


def _wait(app: object) -> None:
    """Until the queue is empty and the last ring has been answered."""
    with app.connection_for_read() as connection:  # type: ignore[attr-defined]
        channel = connection.default_channel
        wait_until(lambda: channel.client.llen(URGENT) == 0, "the rings are heard", 60)
    time.sleep(1)

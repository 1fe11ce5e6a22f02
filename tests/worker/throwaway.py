"""A Celery application with tasks for tests, which write into a journal what really ran."""

import os
import signal
import time
from pathlib import Path

from celery.worker.consumer import Consumer

from worker import stopping
from worker.app import make_celery
from worker.consumer import GuardedConsumer
from worker.timetable import DELIVER, TICK

JOURNAL = Path(os.environ["TEST_JOURNAL"])

app = make_celery(os.environ["TEST_BROKER"])
app.conf.beat_schedule = {"tick": {"task": TICK, "schedule": 0.2, "options": {"expires": 3}}}
app.conf.worker_consumer = Consumer if os.environ.get("TEST_UNGUARDED") else GuardedConsumer


def note(line: str) -> None:
    with JOURNAL.open("a") as journal:
        journal.write(line + "\n")


@app.task(name=TICK)
def tick() -> None:
    note("tick")


@app.task(name="test.note")
def write(line: str) -> None:
    note(line)


@app.task(name=DELIVER)
def deliver(mails: int) -> None:
    """Like a courier: one mail after the other, and none begun once a stop is requested."""
    note(f"begin {os.getpid()}")
    for number in range(mails):
        if stopping.requested():
            note(f"stopped before {number}")
            return
        time.sleep(0.1)
    note("end")


@app.task(name="test.unacknowledged", acks_late=True)
def unacknowledged(seconds: float) -> None:
    """Run with the message unacknowledged, as Celery keeps it for late acknowledgement, prefetch and ETA."""
    note("begin")
    time.sleep(seconds)


@app.task(name="test.die")
def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)

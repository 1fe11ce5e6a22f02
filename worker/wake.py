"""Asking for a tick now, instead of waiting up to ten seconds for beat's next one.

Ringing costs the caller nothing: a thread of this process publishes, at most five times a second, many rings become
one, and a broker that does not answer is left alone for half a minute. A ring that is lost is only ten seconds lost.
"""

import os
import threading
import time

import structlog
from celery import Celery

from course.settings import Settings
from worker.app import URGENT, make_celery
from worker.broker import addresses, url_of
from worker.timetable import TICK

SILENCE_SECONDS = 30.0
# Between two rings; a ring costs a publisher a millisecond and a worker several.
REST_SECONDS = 0.2
EXPIRES = 30

log = structlog.get_logger("wake")


class Bell:
    """Rings for one installation; safe to share between threads, and it survives a fork."""

    def __init__(self, broker_url: str) -> None:
        self._broker_url = broker_url
        self._start_lock = threading.Lock()
        self._owner = 0
        self._wanted = threading.Event()
        self._idle = threading.Event()

    def ring(self) -> None:
        """Ask for a tick. Never raises, never waits."""
        if self._owner != os.getpid():
            self._start()
        self._idle.clear()
        self._wanted.set()

    def flush(self, seconds: float = 0.2) -> None:
        """Give the last ring a moment to leave, before a short-lived process ends."""
        self._idle.wait(seconds)

    def _start(self) -> None:
        with self._start_lock:
            if self._owner == os.getpid():
                return
            self._wanted, self._idle = threading.Event(), threading.Event()
            self._owner = os.getpid()
            threading.Thread(target=self._publish_for_ever, name="bell", daemon=True).start()

    def _publish_for_ever(self) -> None:
        app = make_celery(self._broker_url)
        silent_until = rested_at = 0.0
        while True:
            self._wanted.wait()
            time.sleep(max(0.0, rested_at - time.monotonic()))
            self._wanted.clear()  # only now: what was rung in the meantime is this ring
            if time.monotonic() >= silent_until and not _published(app):
                silent_until = time.monotonic() + SILENCE_SECONDS
            rested_at = time.monotonic() + REST_SECONDS
            if not self._wanted.is_set():
                self._idle.set()


def open_bell(settings: Settings) -> Bell:
    """The bell of an installation."""
    return Bell(addresses(url_of(settings)).kombu)


def _published(app: Celery) -> bool:
    try:
        app.send_task(TICK, queue=URGENT, expires=EXPIRES)
    except Exception as error:  # whatever it is: nobody would start the thread again
        log.warning("the broker does not answer; the next tick comes by itself", error=type(error).__name__)
        return False
    return True

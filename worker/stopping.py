"""Whether this worker has been asked to stop: the courier asks before it begins another mail.

A plain SIGTERM reaches the main process alone, which waits for its children and tells them nothing; a SIGTERM to the
group reaches the children too and, by default, kills them in the middle of a mail. So the main process leaves word
in a byte that its forked children share, and while a task runs its process takes SIGTERM as a request.
"""

import mmap
import os
import signal
import threading
from types import FrameType
from typing import Any

from celery import signals

_GRACE_SECONDS = 0.5

# Anonymous shared memory, made before the children are forked: a plain write is all that a signal handler needs.
_everybody = mmap.mmap(-1, 1)
_this_process = threading.Event()


def requested() -> bool:
    """Say whether to begin nothing new: the worker is stopping, or this process was told to."""
    return _everybody[0] != 0 or _this_process.is_set()


def listen() -> None:
    """Hear of a stop from Celery and, while a task runs, from SIGTERM. Calling it again changes nothing."""
    signals.worker_shutting_down.connect(_tell_everybody, dispatch_uid="meantime.stopping.everybody")
    # billiard sets its own SIGTERM handler after `worker_process_init`, so the task's beginning is the earliest moment.
    signals.task_prerun.connect(_take_sigterm_as_request, dispatch_uid="meantime.stopping.begin")
    signals.task_postrun.connect(_give_sigterm_back, dispatch_uid="meantime.stopping.end")


def _tell_everybody(**_event: Any) -> None:
    _everybody[0] = 1


_before: list[Any] = []


def _take_sigterm_as_request(**_event: Any) -> None:
    if threading.current_thread() is threading.main_thread():
        _before.append(signal.signal(signal.SIGTERM, _note))


def _note(_number: int, _frame: FrameType | None) -> None:
    _this_process.set()


def _give_sigterm_back(**_event: Any) -> None:
    if not _before:
        return
    signal.signal(signal.SIGTERM, _before.pop())
    if _this_process.is_set():
        # The signal was meant to end this process. It does so once the task's end has been reported to the parent.
        ending = threading.Timer(_GRACE_SECONDS, os.kill, (os.getpid(), signal.SIGTERM))
        ending.daemon = True
        ending.start()

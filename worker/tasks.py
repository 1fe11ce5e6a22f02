"""The tasks: doorbells on domain verbs, nothing more. Their names are in the timetable."""

from collections.abc import Callable

from celery import Celery

from worker.app import LESSONS, URGENT
from worker.runtime import Runtime
from worker.timetable import CHORE, DELIVER, FEEDBACK, RESCUE, TICK

EXPIRES = 30


def register(app: Celery, runtime: Callable[[], Runtime]) -> None:
    """Register all tasks with `app`; `runtime` gives the process's own."""

    @app.task(name=TICK, shared=False)
    def tick() -> None:
        bells = runtime().tick()
        _ring(app, DELIVER, URGENT, bells.urgent, urgent=True)
        _ring(app, DELIVER, LESSONS, bells.lessons, urgent=False)
        _ring(app, CHORE, LESSONS, bells.chores)

    @app.task(name=DELIVER, shared=False)
    def deliver(urgent: bool) -> None:  # noqa: FBT001 - Celery hands JSON over
        if runtime().deliver(urgent=urgent):
            _ring(app, DELIVER, URGENT if urgent else LESSONS, 1, urgent=urgent)

    @app.task(name=RESCUE, shared=False)
    def rescue() -> None:
        if any(runtime().rescue().values()):
            _ring(app, TICK, URGENT, 1)
        runtime().forget()

    @app.task(name=CHORE, shared=False)
    def chore() -> None:
        if runtime().do_chores():
            _ring(app, CHORE, LESSONS, 1)

    @app.task(name=FEEDBACK, shared=False)
    def attend() -> None:
        if runtime().attend():
            _ring(app, FEEDBACK, LESSONS, 1)


def _ring(app: Celery, name: str, queue: str, times: int, **arguments: bool) -> None:
    for _ in range(times):
        app.send_task(name, kwargs=arguments, queue=queue, expires=EXPIRES)

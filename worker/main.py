"""The entry of `celery -A worker.main`: the worker and beat of one installation."""

from functools import partial

from course import log
from course.settings import load
from worker.app import make_celery
from worker.broker import addresses, url_of
from worker.process import let_others_first, once_per_process
from worker.runtime import Runtime, open_runtime
from worker.tasks import register

settings = load()
app = make_celery(addresses(url_of(settings)).kombu, logging=partial(log.configure, settings.log_level))


@once_per_process
def _runtime() -> Runtime:
    let_others_first()
    return open_runtime(settings)


register(app, _runtime)

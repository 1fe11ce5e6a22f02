"""The entry of `gunicorn web.wsgi:app`."""

from course import log
from course.settings import load
from web.app import make_app
from worker.broker import addresses, url_of
from worker.wake import Bell

settings = load()
log.configure(settings.log_level)
broker = addresses(url_of(settings))
app = make_app(settings, Bell(broker.kombu), broker.limits)

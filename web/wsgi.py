"""The entry of `gunicorn web.wsgi:app`: one web process, put together."""

from course import log
from course.settings import load
from web.app import make_app
from worker.broker import addresses, url_of
from worker.wake import open_bell

settings = load()
log.configure(settings.log_level)
app = make_app(settings, open_bell(settings), addresses(url_of(settings)).limits)
# Gunicorn may load us once and fork its workers: no connection to the database crosses that.
app.extensions["ground"].database.close()

"""The web application: `make_app(settings)` puts everything together, once per process."""

from typing import Any

from flask import Flask, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter, RequestRedirect

from course.clock import open_clock
from course.database import Database
from course.rates import read_rate
from course.settings import Settings
from course.tokens import open_tokens
from emails.compile import Compiler
from web import assets, errors, health, hooks, limits, security
from web.admin import blueprint as desk_pages
from web.caps import Caps
from web.database import Ground, Rings
from web.mailbox.box import Box
from web.mailbox.controls import controls
from web.mailbox.pages import blueprint as mailbox_pages
from web.numbers import RowConverter
from web.public import blueprint as public_pages
from web.walk import Walk
from worker.guard import open_guard


class SlugConverter(BaseConverter):
    """What slugs, keys and digests are made of; anything else is no address of ours."""

    regex = r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}"


class App(Flask):
    """Flask, but for what it would log and where it would lead."""

    def handle_http_exception(self, e: HTTPException) -> Any:
        """Redirects of the router do not reach error handlers."""
        return errors.rerouted(e) if isinstance(e, RequestRedirect) else super().handle_http_exception(e)

    def log_exception(self, exc_info: Any) -> None:
        """Name the view that broke: its path may hold a token."""
        self.logger.error("The view %s broke", request.endpoint, exc_info=exc_info)


def make_app(settings: Settings, bell: Rings, limits_url: str = "") -> Flask:
    """The app for one installation. Its database must be migrated; `bell` is rung when mail was planned.

    `limits_url` is the Redis that counts visits, in the spelling of `limits`; without one this process counts alone.
    """
    app = App(__name__)
    app.debug = False  # whatever FLASK_DEBUG says
    app.url_map.converters |= {"slug": SlugConverter, "int": RowConverter}
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    here = _open_ground(settings, bell)
    app.extensions |= {
        "ground": here,
        "bell": bell,
        "tokens": here.tokens,
        "guard": open_guard(settings, here.database),
        "compiler": Compiler(own_themes=settings.own_themes),
        "caps": Caps(limits_url, read_rate(settings.signups_per_address), read_rate(settings.signups_in_all)),
    }
    app.context_processor(lambda: {"house": {"name": settings.house_name, "postal_address": settings.postal_address}})
    security.protect(app, settings)
    limiter = limits.make_limiter(app, limits_url)
    assets.stamp(app)
    errors.register(app)
    app.register_blueprint(public_pages(limiter))
    app.register_blueprint(desk_pages(limiter))
    app.register_blueprint(health.blueprint())
    app.register_blueprint(hooks.blueprint())
    if settings.development:
        walk = Walk(here.database, here.clock, bell)
        app.register_blueprint(mailbox_pages(Box(settings.state_dir / "mailbox"), controls(walk)))
    return app


def _open_ground(settings: Settings, bell: Rings) -> Ground:
    database = Database(settings.database, sqlite_synchronous=settings.sqlite_synchronous)
    with database.reading() as session:
        tokens = open_tokens(session, settings)
    clock = open_clock(settings.state_dir, development=settings.development)
    return Ground(settings, database, clock, tokens, bell)

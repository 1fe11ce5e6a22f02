"""The pages for readers: courses, signing up, confirming, leaving, a page of one's own, lessons online."""

from flask import Blueprint
from flask_limiter import Limiter

from web.public import courses, links, online, reader
from web.security import csrf


def blueprint(limiter: Limiter) -> Blueprint:
    """All public pages. They set no cookies and need none, so the form guard has nothing to guard here."""
    made = Blueprint("public", __name__)
    for room in (courses, online):
        room.register(made)
    for room in (links, reader):
        room.register(made, limiter)
    csrf.exempt(made)
    return made

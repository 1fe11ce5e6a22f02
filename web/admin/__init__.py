"""The desk of admins: signing in, writing courses, publishing them, readers, the outbox, the house.

gate → drafts → courses, lessons, publication …: each room registers its own addresses. Every change goes to a draft
edition; only the publication page makes it everybody's.
"""

from flask import Blueprint
from flask_limiter import Limiter

from web.admin import (
    alarms,
    course_settings,
    courses,
    dates,
    doctor,
    editor,
    forecast,
    gate,
    lessons,
    look,
    outbox,
    pictures,
    preview,
    publication,
    readers,
    reports,
    restored,
    settings,
    sign_in,
    work,
)
from web.admin.remarks import ticks


def blueprint(limiter: Limiter) -> Blueprint:
    """All pages under /admin. They act with a cookie, so every form is guarded (web.security)."""
    made = Blueprint("admin", __name__, url_prefix="/admin")
    made.before_request(gate.check)
    made.context_processor(gate.powers)
    made.add_app_template_filter(ticks)
    sign_in.register(made, limiter)
    writing = (courses, course_settings, look, pictures, lessons, editor, preview, dates, publication)
    for room in (*writing, readers, outbox, reports, forecast, work, alarms, doctor, restored, settings):
        room.register(made)
    return made

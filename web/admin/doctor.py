"""The house's health: a check-up that the owner asks for, with what to do about each finding."""

from threading import Lock

from flask import Blueprint, flash, render_template

from course.generation import backup_age
from web.admin.gate import owns
from web.database import Ground, ground, reading
from web.doctor import Report, Wishes, examine, open_patient
from web.doctor.house import in_words
from web.doctor.patient import time_server_of

# A page is waited for; what has not answered by then is said to be silent.
SECONDS = 8.0
BUSY = "A check-up is under way already; look again in a moment."

_one_at_a_time = Lock()


def register(desk: Blueprint) -> None:
    """Put the page at its address. Looking asks nobody anything; the button does."""
    desk.add_url_rule("/health", "health", owns(health))
    desk.add_url_rule("/health", "check_up", owns(check_up), methods=["POST"])


def health() -> str:
    """The page, before a check-up."""
    with reading() as session:
        age = backup_age(session)
    return render_template("admin/health.html", report=None, backup=in_words(age) if age is not None else "")


def check_up() -> str | tuple[str, int]:
    """The page with what was found."""
    if not _one_at_a_time.acquire(blocking=False):
        flash(BUSY, "waiting")
        return render_template("admin/health.html", report=None), 409
    try:
        return render_template("admin/health.html", report=_report(ground()))
    finally:
        _one_at_a_time.release()


def _report(here: Ground) -> Report:
    wishes = Wishes(time_server=time_server_of(here.settings), seconds=SECONDS)
    return examine(open_patient(here.settings, here.database, here.clock, wishes))

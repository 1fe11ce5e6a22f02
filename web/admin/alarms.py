"""Alarms at the desk: a band on every page for those who can do something, and their word that it is mended."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from course import alarms
from course.models import Alarm
from web.admin.gate import SEE_OTHER, edits
from web.database import reading, ring, writing

OVER = "That alarm is over already."


def register(desk: Blueprint) -> None:
    """Put the word at its address, and the band into every page."""
    desk.add_url_rule("/alarms/<int:alarm_id>/rest/end", "end_rest", edits(end_rest), methods=["POST"])
    desk.context_processor(band)


def band() -> dict[str, Callable[[], list[Alarm]]]:
    """What templates ask: what is there to look at?"""
    return {"alarms": _raised}


def end_rest(alarm_id: int) -> Any:
    """It is mended: one mail goes over that relay at once, and the others follow if it is taken."""
    with writing() as session:
        changed = alarms.go_on(session, alarm_id)
    ring()
    flash("One mail tries it now; if it is taken, the others follow." if changed else OVER, "waiting")
    answer: AnyResponse = redirect(url_for("admin.outbox"), SEE_OTHER)
    return answer


def _raised() -> list[Alarm]:
    with reading() as session:
        return alarms.raised(session)

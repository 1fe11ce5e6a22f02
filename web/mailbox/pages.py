"""The mailbox's pages: every mail that was caught, and the buttons that let time pass. Development only."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as AnyResponse

from web.mailbox.box import Box, Caught

NEWEST = 200

# The mail is somebody else's page: no script, no form, no origin of ours; its links open in a tab of their own.
_MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src 'self' data: https:; "
    "style-src 'unsafe-inline'; font-src 'none'; form-action 'none'; frame-ancestors 'self'"
)


@dataclass(frozen=True)
class ClockControls:
    """What moves the course's time. The two moves come back when everything due has been sent, with a sentence."""

    now: Callable[[], datetime]
    next_day: Callable[[], str]
    next_lesson: Callable[[], str]


def blueprint(box: Box, clock_controls: ClockControls) -> Blueprint:
    """The pages under /mailbox/ for one box; a message that is not there raises NotFound."""
    pages = Blueprint("mailbox", __name__, url_prefix="/mailbox")
    moves = {"next-day": clock_controls.next_day, "next-lesson": clock_controls.next_lesson}

    @pages.get("/")
    def messages() -> str:
        caught = box.messages()
        return render_template(
            "mailbox/messages.html", messages=caught[: -NEWEST - 1 : -1], count=len(caught), now=clock_controls.now()
        )

    @pages.get("/messages.json")
    def messages_json() -> Response:
        return jsonify([_as_json(caught) for caught in box.messages()])

    @pages.get("/<message_id>")
    def message(message_id: str) -> str:
        return render_template("mailbox/message.html", message=box.message(message_id))

    @pages.get("/<message_id>/html")
    def html(message_id: str) -> Response:
        answer = Response(_opening_links_outside(box.message(message_id).html), mimetype="text/html")
        answer.headers["Content-Security-Policy"] = _MAIL_POLICY
        return answer

    @pages.get("/<message_id>/raw")
    def raw(message_id: str) -> Response:
        return Response(box.message(message_id).raw, mimetype="text/plain")

    @pages.post("/clock")
    def clock() -> AnyResponse:
        move = moves.get(request.form.get("move", ""))
        if move is None:
            raise BadRequest("The clock moves to the next day or to the next lesson.")
        flash(move())
        return redirect(url_for(".messages"), 303)

    return pages


def _opening_links_outside(html: str) -> str:
    base = '<base target="_blank">'
    with_base, done = re.subn(r"<head\b[^>]*>", lambda head: head[0] + base, html, count=1, flags=re.IGNORECASE)
    return with_base if done else base + html


def _as_json(caught: Caught) -> dict[str, Any]:
    return {
        "id": caught.id,
        "received_at": caught.received_at.isoformat(),
        "sender": caught.sender,
        "recipients": caught.recipients,
        "subject": caught.subject,
        "date": caught.date.isoformat() if caught.date else None,
        "message_id": caught.message_id,
        "html": caught.html,
        "text": caught.text,
        "headers": caught.headers,
        "raw": caught.raw.decode("utf-8", "replace"),
    }

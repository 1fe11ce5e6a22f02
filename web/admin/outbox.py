"""The outbox: every mail with its state, and an admin's word on those that are stuck."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from course import desk as reads
from course import verdicts
from course.models import DeliveryState
from web.admin.gate import PATH, SEE_OTHER, edits
from web.database import now, reading, ring, writing
from web.numbers import asked

OVER = "That has settled itself in the meantime; nothing was changed."


def register(desk: Blueprint) -> None:
    """Put the outbox at its addresses."""
    desk.add_url_rule("/outbox", "outbox", outbox)
    desk.add_url_rule("/outbox/<int:delivery_id>/retry", "retry", edits(retry), methods=["POST"])
    desk.add_url_rule("/outbox/<int:delivery_id>/receipt", "receipt", edits(receipt), methods=["POST"])


def outbox() -> str:
    """Deliveries, the newest first, of one state or of all."""
    wanted = request.args.get("state", "")
    state = DeliveryState(wanted) if wanted in list(DeliveryState) else None
    at = now()
    with reading() as session:
        found = reads.outbox(session, state, asked("before"))
        troubles, late = reads.troubles(session), reads.oldest_due(session, at)
    return render_template(
        "admin/outbox.html", found=found, state=state, states=list(DeliveryState), troubles=troubles, late=late
    )


def retry(delivery_id: int) -> AnyResponse:
    """Send a failed or uncertain mail again."""
    return _answer(delivery_id, verdicts.send_again, "It is planned once more and leaves within moments.")


def receipt(delivery_id: int) -> AnyResponse:
    """Count an uncertain mail as sent."""
    return _answer(delivery_id, verdicts.count_as_sent, "It counts as sent; the reader goes on from there.")


def _answer(delivery_id: int, verdict: Callable[[Session, int, datetime], bool], done: str) -> AnyResponse:
    with writing() as session:
        changed = verdict(session, delivery_id, now())
    ring()
    flash(done if changed else OVER, "done" if changed else "waiting")
    return redirect(_back(), SEE_OTHER)


def _back() -> str:
    """To the page of ours that the button stood on."""
    back = request.form.get("back", "")
    return back if back.startswith((f"{PATH}/outbox", f"{PATH}/readers")) else url_for("admin.outbox")

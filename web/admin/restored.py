"""After a restore: what happened, what would be sent twice, and the owner's word that the database is right."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from course.models import Kind
from course.restored import count_as_sent, due_until, lost_until
from web.admin.gate import SEE_OTHER, owns
from web.database import guard, now, reading, ring, writing

GOES_ON = "Mail goes out again."
COUNTED = "All of it counts as sent. Mail goes out again."
NOT_YET = "There is more than one press of the button can count. Nothing is sent meanwhile: press it again."
# A slice is one transaction; a press of the button takes a few seconds at the most.
SLICE, SLICES = 200, 10


def register(desk: Blueprint) -> None:
    """Put the page at its address, and let every page of the desk know when there is something to say."""
    desk.add_url_rule("/restored", "restored", restored)
    desk.add_url_rule("/restored", "confirm_restored", owns(confirm_restored), methods=["POST"])
    desk.add_url_rule("/restored/receipts", "count_restored", owns(count_restored), methods=["POST"])
    desk.context_processor(lambda: {"behind_its_marks": guard().behind})


def restored() -> str:
    """What is known about it; also afterwards, for whoever comes late."""
    behind = guard().behind()
    until = lost_until(behind.marked_at if behind else None, now())
    with reading() as session:
        due = due_until(session, until)
    lessons = due.get(Kind.LESSON, 0)
    return render_template("admin/restored.html", behind=behind, lessons=lessons, others=sum(due.values()) - lessons)


def confirm_restored() -> AnyResponse:
    """It is right: go on."""
    guard().confirm()
    ring()
    flash(GOES_ON, "done")
    return redirect(url_for("admin.outbox"), SEE_OTHER)


def count_restored() -> AnyResponse:
    """What was planned since the backup counts as sent, in slices; once nothing of it is left, mail goes out again."""
    behind = guard().behind()
    if behind is None:
        return redirect(url_for("admin.restored"), SEE_OTHER)
    until = lost_until(behind.marked_at, now())
    for _ in range(SLICES):
        with writing() as session:
            counted = count_as_sent(session, until, now(), SLICE)
        if not counted:
            guard().confirm()
            ring()
            flash(COUNTED, "done")
            return redirect(url_for("admin.outbox"), SEE_OTHER)
    flash(NOT_YET, "waiting")
    return redirect(url_for("admin.restored"), SEE_OTHER)

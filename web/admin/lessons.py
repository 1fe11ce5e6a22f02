"""The order of the lessons: a new one, one place up or down, away with one."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from course import desk as reads
from course.authoring import add_lesson, move_lesson, remove_lesson
from course.cleaning import one_line
from course.editions import find_place
from course.errors import Refused, SourceError, Stale
from course.folder.parsing import parse_lesson
from web.admin.drafts import head_of, opened, order_mark, refuse_stale, shown
from web.admin.forms import sentence
from web.admin.gate import SEE_OTHER, author, edits
from web.admin.names import free_key
from web.database import now, reading, writing

OTHER_ORDER = "Somebody changed the lessons in the meantime. This is how they stand now; nothing was changed by you."


def register(desk: Blueprint) -> None:
    """Put the lessons of a course at their addresses."""
    place = "/courses/<slug:slug>/lessons/<slug:key>"
    desk.add_url_rule("/courses/<slug:slug>/lessons", "add_lesson", edits(add), methods=["POST"])
    desk.add_url_rule(f"{place}/place", "place", edits(move), methods=["POST"])
    desk.add_url_rule(f"{place}/removal", "removal", edits(removal))
    desk.add_url_rule(f"{place}/removal", "remove", edits(remove), methods=["POST"])


def add(slug: str) -> AnyResponse:
    """A new lesson at the end, as a draft, and on to its text."""
    at = now()
    subject = one_line(request.form.get("subject", ""))
    try:
        with writing() as session:
            draft = opened(session, slug, at)
            key = free_key(session, draft, subject)
            add_lesson(session, draft, key, subject, author(at))
    except (Refused, SourceError) as error:
        reason = sentence(error.problems[0]) if isinstance(error, SourceError) else str(error)
        flash(f"A lesson needs a subject. {reason}", "alarm")
        return redirect(url_for("admin.course", slug=slug, _anchor="new-lesson"), SEE_OTHER)
    return redirect(url_for("admin.lesson", slug=slug, key=key), SEE_OTHER)


def move(slug: str, key: str) -> AnyResponse:
    """One place up or down."""
    at = now()
    step = -1 if request.form.get("step") == "-1" else 1
    try:
        with writing() as session:
            draft = opened(session, slug, at)
            refuse_stale(order_mark(draft))
            move_lesson(session, draft, key, step, draft.saves)
    except Stale:
        flash(OTHER_ORDER, "waiting")
    return redirect(url_for("admin.course", slug=slug, _anchor=f"lesson-{key}"), SEE_OTHER)


def removal(slug: str, key: str) -> str:
    """Ask first."""
    at = now()
    with reading() as session:
        edition = shown(session, slug)
        place = find_place(edition, key)
        return render_template(
            "admin/removal.html",
            head=head_of(session, slug, at),
            lesson=parse_lesson(place.revision.source, place.file_name),
            saves=order_mark(edition),
            waiting=reads.waiting_for(session, place.lesson_id),
        )


def remove(slug: str, key: str) -> AnyResponse:
    """Take a lesson out of the draft."""
    at = now()
    try:
        with writing() as session:
            draft = opened(session, slug, at)
            refuse_stale(order_mark(draft))
            remove_lesson(session, draft, key, draft.saves)
    except Stale:
        flash(OTHER_ORDER, "waiting")
    else:
        flash("The lesson is out of the draft. Readers notice when you publish.", "done")
    return redirect(url_for("admin.course", slug=slug), SEE_OTHER)

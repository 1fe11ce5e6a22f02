"""The readers: a list to look through, and everything about one of them."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from course import desk as reads
from course.custom_fields import find_reader, set_fields
from course.errors import Refused
from course.rows import ROWS
from web.admin.gate import SEE_OTHER, edits
from web.database import now, reading, writing
from web.numbers import LARGEST, asked

LONGEST = 254


def register(desk: Blueprint) -> None:
    """Put the readers at their addresses."""
    desk.add_url_rule("/readers", "readers", readers)
    desk.add_url_rule("/readers/search", "search", search, methods=["POST"])
    desk.add_url_rule("/readers/<slug:handle>", "reader", reader)
    desk.add_url_rule("/readers/<slug:handle>/fields", "save_fields", edits(save_fields), methods=["POST"])


def readers() -> str:
    """The newest readers, or those that were searched for."""
    query = session.get("readers", "")
    with reading() as database_session:
        found = reads.readers(database_session, query, asked("page", LARGEST // ROWS) or 1)
    return render_template("admin/readers.html", found=found, query=query)


def search() -> AnyResponse:
    """Look for an address or a name. It is kept in the cookie, because addresses do not belong into URLs and logs."""
    session["readers"] = request.form.get("query", "").strip()[:LONGEST]
    return redirect(url_for("admin.readers"), SEE_OTHER)


def reader(handle: str) -> str:
    """One reader."""
    with reading() as database_session:
        found = reads.reader(database_session, handle)
        fields = find_reader(database_session, handle).fields
    return render_template("admin/reader.html", reader=found, now=now(), fields=_lines(fields), handle=handle)


def save_fields(handle: str) -> AnyResponse:
    """What the house knows of a reader besides, for letters to use: a name and a text in each line."""
    written = dict(_pair(line) for line in request.form.get("fields", "").splitlines() if line.strip())
    try:
        with writing() as database_session:
            found = find_reader(database_session, handle)
            set_fields(found, dict.fromkeys(found.fields, "") | written)
    except Refused as refused:
        flash(f"Nothing was saved. {refused}", "alarm")
    else:
        flash("Saved.", "done")
    return redirect(url_for("admin.reader", handle=handle), SEE_OTHER)


def _pair(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip(), value.strip()


def _lines(fields: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in fields.items())

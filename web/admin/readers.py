"""The readers: a list to look through, and everything about one of them."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from course import desk as reads
from web.admin.gate import SEE_OTHER
from web.database import now, reading

LONGEST = 254


def register(desk: Blueprint) -> None:
    """Put the readers at their addresses."""
    desk.add_url_rule("/readers", "readers", readers)
    desk.add_url_rule("/readers/search", "search", search, methods=["POST"])
    desk.add_url_rule("/readers/<slug:handle>", "reader", reader)


def readers() -> str:
    """The newest readers, or those that were searched for."""
    query = session.get("readers", "")
    with reading() as database_session:
        found = reads.readers(database_session, query, max(1, request.args.get("page", 1, type=int)))
    return render_template("admin/readers.html", found=found, query=query)


def search() -> AnyResponse:
    """Look for an address or a name. It is kept in the cookie, because addresses do not belong into URLs and logs."""
    session["readers"] = request.form.get("query", "").strip()[:LONGEST]
    return redirect(url_for("admin.readers"), SEE_OTHER)


def reader(handle: str) -> str:
    """One reader."""
    with reading() as database_session:
        found = reads.reader(database_session, handle)
    return render_template("admin/reader.html", reader=found, now=now())

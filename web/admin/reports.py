"""What came back about our mails, and lifting what followed from it."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from course import admins, returned, verdicts
from course import desk as reads
from course.admins import Role
from web.admin.gate import SEE_OTHER, admin, owns
from web.database import now, reading, ring, writing
from web.numbers import asked


def register(desk: Blueprint) -> None:
    """Put the reports at their addresses."""
    desk.add_url_rule("/reports", "reports", reports)
    desk.add_url_rule("/reports/<int:report_id>/text", "report_text", owns(report_text))
    desk.add_url_rule("/readers/<slug:handle>/suppressions/<slug:reason>/end", "lift", lift, methods=["POST"])


def reports() -> str:
    """The newest reports, with their verdicts and what was done."""
    with reading() as session:
        found = returned.reports(session, asked("before"))
    return render_template("admin/reports.html", found=found)


def report_text(report_id: int) -> Response:
    """The mail that came back, as text: a browser must not take it for anything else."""
    with reading() as session:
        raw = returned.text_of(session, report_id)
    return Response(raw.decode("utf-8", "replace"), mimetype="text/plain")


def lift(handle: str, reason: str) -> AnyResponse:
    """Mail an address again: an editor's word on a bounce, an owner's on a complaint."""
    needed = returned.LIFTED_BY.get(reason)
    if needed is None or not admins.may(admin(), Role(needed)):
        abort(403)
    with writing() as session:
        reader = reads.found_reader(session, handle)
        verdicts.mail_again(session, reader.digest, reason, now())
    ring()
    flash("This address is mailed again; its courses go on at their next hour.", "done")
    return redirect(url_for("admin.reader", handle=handle), SEE_OTHER)

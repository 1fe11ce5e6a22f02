"""A lesson as a reader would get it, while it is written; and a test of it in one's own inbox.

The preview is a document of its own in a sandboxed frame: its policy and the frame's sandbox both keep a lesson's
scripts from running. It is made by what makes the real mails.
"""

from collections.abc import Iterable

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from course.editions import find_place
from course.errors import Refused, SourceError
from course.folder.parsing import parse_course, parse_lesson
from course.models import Edition
from course.trials import plan_test
from emails import publish
from emails.errors import EmailsError
from emails.proofs import report_on_lesson
from emails.testing.report import Report
from web.admin.compiling import compiler
from web.admin.drafts import head_of, shown
from web.admin.editor import entered_lesson, with_entered
from web.admin.gate import SEE_OTHER, admin, edits
from web.admin.remarks import Remark, first_line, in_the_box, remarks_on
from web.database import ground, now, reading, ring, writing
from web.security import policy


def register(desk: Blueprint) -> None:
    """Put the previews at their addresses."""
    place = "/courses/<slug:slug>/lessons/<slug:key>"
    desk.add_url_rule(f"{place}/preview", "preview", preview, methods=["GET", "POST"])
    desk.add_url_rule(f"{place}/remarks", "remarks", remarks, methods=["POST"])
    desk.add_url_rule(f"{place}/report", "report", report)
    desk.add_url_rule(f"{place}/tests", "test", edits(test), methods=["POST"])


def preview(slug: str, key: str) -> Response:
    """The letter with sample values: of the form that is posted, or of the text that is saved. Changes nothing."""
    try:
        with reading() as session:
            edition = shown(session, slug)
            text, file_name = _text(edition, key)
            rendered = publish.preview(compiler(), text, file_name, edition, ground().settings)
    except Refused as refused:
        return framed(no_letter(Remark(reason) for reason in refused.reasons.values()))
    except SourceError as error:
        return framed(no_letter(in_the_box(error.problems, _first_line(slug, key))))
    except EmailsError as error:
        return framed(no_letter([Remark(str(error))]))
    return framed(rendered.html)


def remarks(slug: str, key: str) -> str:
    """What is to be said about the form that is posted, as a piece of the editor's page."""
    with reading() as session:
        edition = shown(session, slug)
        try:
            text, file_name = _text(edition, key)
        except Refused as refused:
            found = tuple(Remark(reason) for reason in refused.reasons.values())
        else:
            found = remarks_on(compiler(), parse_lesson(text, file_name), edition, ground().settings)
    return render_template("admin/remarks.html", remarks=found)


def report(slug: str, key: str) -> str:
    """What the message linter finds in the mail that a reader of the saved text gets."""
    problems: tuple[Remark, ...] = ()
    made: Report | None = None
    with reading() as session:
        edition = shown(session, slug)
        place = find_place(edition, key)
        lesson = parse_lesson(place.revision.source, place.file_name)
        try:
            made = report_on_lesson(compiler(), edition, lesson, ground().settings, now())
        except SourceError as error:
            problems = in_the_box(error.problems, first_line(lesson))
        head = head_of(session, slug, now())
    return render_template("admin/report.html", head=head, lesson=lesson, report=made, remarks=problems)


def test(slug: str, key: str) -> AnyResponse:
    """Send the saved text to whoever asks."""
    settings = ground().settings
    try:
        with reading() as session:
            edition = shown(session, slug)
            place = find_place(edition, key)
            lesson, images = (
                parse_lesson(place.revision.source, place.file_name),
                publish.pictures_of(edition, settings),
            )
            course = publish.dressed(parse_course(edition.source), images)
            compiled = publish.compile_lesson(compiler(), lesson, course, images)
            made = compiled, publish.sample_of(edition, lesson, settings)
        with writing() as session:
            plan_test(session, admin(), find_place(shown(session, slug), key), made, now())
    except SourceError:
        flash("This lesson has problems that no mail can be made of; they are listed beside the text.", "alarm")
    else:
        ring()
        flash(f"A test of the saved text is on its way to {admin().email}.", "done")
    return redirect(url_for("admin.lesson", slug=slug, key=key), SEE_OTHER)


def _text(edition: Edition, key: str) -> tuple[str, str]:
    """The lesson's file, with the form's changes if there is a form."""
    place = find_place(edition, key)
    if request.method == "GET":
        return place.revision.source, place.file_name
    return with_entered(place.revision.source, place.file_name, entered_lesson()), place.file_name


def _first_line(slug: str, key: str) -> int:
    with reading() as session:
        text, file_name = _text(shown(session, slug), key)
    return first_line(parse_lesson(text, file_name))


def no_letter(found: Iterable[Remark]) -> str:
    """The document that stands where a letter would, and says why there is none."""
    return render_template("admin/no_preview.html", remarks=tuple(found))


def framed(html: str) -> Response:
    """A document in which nothing runs and which only our own pages may frame."""
    rules = policy(
        script_src="'none'",
        connect_src="'none'",
        frame_src="'none'",
        form_action="'none'",
        frame_ancestors="'self'",
        style_src="'unsafe-inline'",
        img_src=f"'self' https: data: {ground().settings.base_url}",
        sandbox="",
    )
    return Response(html, headers={"Content-Security-Policy": rules})

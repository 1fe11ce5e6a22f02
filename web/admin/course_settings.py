"""What a course says about itself and when it sends: a form for the usual keys, and the whole course.yaml."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from course.authoring import save_course_source
from course.errors import Problem, Refused, SourceError, Stale
from course.folder.parsing import COURSE_FILE, parse_course
from course.folder.source import CourseSource
from course.folder.spelling import DAYS
from course.folder.splicing import Value
from course.models import Edition
from course.schedule.zones import zones
from web.admin.drafts import head_of, mark_of, opened, refuse_stale, shown
from web.admin.forms import changed, with_changes
from web.admin.gate import SEE_OTHER, edits
from web.database import now, reading, writing

TEXTS = ("title", "summary", "sender.name", "sender.email", "sender.reply_to", "schedule.hour", "schedule.timezone")
SAVED = "Saved in the draft. Readers notice when you publish."

Entered = Mapping[str, Value]


def register(desk: Blueprint) -> None:
    """Put a course's settings at their addresses."""
    place = "/courses/<slug:slug>/settings"
    desk.add_url_rule(place, "course_settings", course_settings)
    desk.add_url_rule(place, "save_course", edits(save_course), methods=["POST"])
    desk.add_url_rule("/courses/<slug:slug>/source", "course_source", course_source)
    desk.add_url_rule("/courses/<slug:slug>/source", "save_course_source", edits(save_source), methods=["POST"])


def course_settings(slug: str) -> str:
    """The form."""
    return _form(slug, None, {})


def save_course(slug: str) -> AnyResponse | tuple[str, int]:
    """Change what was changed in the form, and no other byte of the file."""
    at = now()
    entered = _entered()
    try:
        with writing() as session:
            draft = opened(session, slug, at)
            refuse_stale(mark_of(draft.source), draft.source)
            changes = changed(_shown_in_form(parse_course(draft.source)), entered)
            _save(session, draft, with_changes(draft.source, changes, COURSE_FILE, parse_course))
    except Stale as stale:
        return _form(slug, entered, {}, stale), 409
    except Refused as refused:
        return _form(slug, entered, refused.reasons), 422
    return _saved("admin.course_settings", slug)


def course_source(slug: str) -> str:
    """The whole file, for whoever likes files."""
    return _file(slug, None, ())


def save_source(slug: str) -> AnyResponse | tuple[str, int]:
    """Replace the file."""
    at = now()
    text = request.form.get("source", "").replace("\r\n", "\n")
    try:
        with writing() as session:
            draft = opened(session, slug, at)
            refuse_stale(mark_of(draft.source), draft.source)
            _save(session, draft, text)
    except Stale as stale:
        return _file(slug, text, (), stale), 409
    except SourceError as error:
        return _file(slug, text, error.problems), 422
    except Refused as refused:
        return _file(slug, text, [Problem(str(refused))]), 422
    return _saved("admin.course_source", slug)


def _save(session: Session, draft: Edition, text: str) -> None:
    if text != draft.source:
        save_course_source(session, draft, text, draft.saves)


def _saved(endpoint: str, slug: str) -> AnyResponse:
    flash(SAVED, "done")
    return redirect(url_for(endpoint, slug=slug), SEE_OTHER)


def _entered() -> dict[str, Value]:
    """The form as it came, in the spelling of course.yaml."""
    form = request.form
    entered: dict[str, Value] = {name: form.get(name, "").strip().replace("\r\n", "\n") for name in TEXTS}
    quiet = (form.get("quiet_from", "").strip(), form.get("quiet_to", "").strip())
    entered["schedule.quiet"] = f"{quiet[0]}-{quiet[1]}" if any(quiet) else "none"
    entered["schedule.weekdays"] = tuple(day for day in DAYS if day in form.getlist("weekdays"))
    entered["ends"] = "yes" if form.get("ends") else "no"
    return entered


def _shown_in_form(course: CourseSource) -> dict[str, Value]:
    """What the file says, in the form's fields."""
    quiet = course.rules.quiet
    return {
        "title": course.title,
        "summary": course.summary,
        "sender.name": course.sender.name,
        "sender.email": course.sender.email,
        "sender.reply_to": course.sender.reply_to or "",
        "schedule.hour": f"{course.rules.hour:%H:%M}",
        "schedule.timezone": course.rules.timezone,
        "schedule.quiet": f"{quiet[0]:%H:%M}-{quiet[1]:%H:%M}" if quiet else "none",
        "schedule.weekdays": tuple(DAYS[number] for number in sorted(course.rules.weekdays)),
        "ends": "yes" if course.ends else "no",
    }


def _form(slug: str, entered: Entered | None, reasons: Mapping[str, str], stale: Stale | None = None) -> str:
    with reading() as session:
        edition = shown(session, slug)
        return render_template(
            "admin/course_settings.html",
            head=head_of(session, slug, now()),
            entered=entered or _shown_in_form(parse_course(edition.source)),
            reasons=reasons,
            stale=stale,
            theirs=edition.source,
            saves=mark_of(edition.source),
            days=DAYS,
            zones=zones(),
        )


def _file(
    slug: str, text: str | None, problems: tuple[Problem, ...] | list[Problem], stale: Stale | None = None
) -> str:
    with reading() as session:
        edition = shown(session, slug)
        return render_template(
            "admin/course_source.html",
            head=head_of(session, slug, now()),
            text=edition.source if text is None else text,
            problems=problems,
            stale=stale,
            theirs=edition.source,
            saves=mark_of(edition.source),
        )

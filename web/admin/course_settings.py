"""What a course says about itself and when it sends: a form for the usual keys, and the whole course.yaml."""

from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from course.authoring import save_course_source
from course.errors import Problem, Refused, SourceError, Stale
from course.folder.parsing import COURSE_FILE, parse_course
from course.folder.source import READER_RIGHTS, CourseSource
from course.folder.spelling import DAYS
from course.folder.splicing import Value
from course.models import Edition
from course.schedule.zones import zones
from emails.words import languages
from web.admin.drafts import head_of, mark_of, opened, refuse_stale, shown
from web.admin.forms import changed, with_changes
from web.admin.gate import SEE_OTHER, edits
from web.database import now, reading, writing

TEXTS = (
    "title",
    "summary",
    "language",
    "sender.name",
    "sender.email",
    "sender.reply_to",
    "schedule.hour",
    "schedule.timezone",
    "schedule.gap",
    "schedule.cap",
)
RIGHTS = {
    "hour": "the hour",
    "timezone": "the time zone",
    "pace": "slower or faster",
    "pause": "pausing",
    "next_now": "the next lesson at once",
}
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
    entered["schedule.skip"] = tuple(line.strip() for line in form.get("skip", "").splitlines() if line.strip())
    rights = tuple(right for right in READER_RIGHTS if right in form.getlist("reader_may"))
    entered["reader_may"] = rights or ("none",)
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
        "schedule.gap": _length(course.rules.gap),
        "schedule.cap": str(course.rules.cap or ""),
        "schedule.skip": tuple(
            f"{first}" if first == last else f"{first}..{last}" for first, last in course.rules.skip
        ),
        "reader_may": tuple(right for right in READER_RIGHTS if right in course.reader_may) or ("none",),
        "language": course.language,
        "ends": "yes" if course.ends else "no",
    }


def _length(gap: timedelta) -> str:
    """A gap as its author would write it."""
    hours, minutes = divmod(int(gap.total_seconds()) // 60, 60)
    if not gap:
        return "none"
    return f"{hours * 60 + minutes} minutes" if minutes else f"{hours} hour{'' if hours == 1 else 's'}"


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
            rights=RIGHTS,
            languages=languages(),
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

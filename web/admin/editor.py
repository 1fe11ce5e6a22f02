"""A lesson: its settings and its text in a form, with what is to be said about them; or its whole file."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from course.authoring import save_lesson_source
from course.editions import find_place
from course.errors import Problem, Refused, SourceError, Stale
from course.folder.parsing import parse_lesson
from course.folder.source import LessonSource
from course.folder.splicing import Value
from web.admin.compiling import compiler
from web.admin.drafts import head_of, lesson_mark, opened, refuse_stale, shown
from web.admin.forms import changed, with_changes
from web.admin.gate import SEE_OTHER, author, edits
from web.admin.remarks import Remark, remarks_on
from web.admin.values import values_panel
from web.database import ground, now, reading, writing

KEYS = ("subject", "preview", "wait", "status", "hour", "useless_after", "asks.done", "asks.fallback")
SAVED = "Saved in the draft. Readers notice when you publish."

Entered = Mapping[str, Value]


def register(desk: Blueprint) -> None:
    """Put a lesson's editor at its addresses."""
    place = "/courses/<slug:slug>/lessons/<slug:key>"
    desk.add_url_rule(place, "lesson", lesson)
    desk.add_url_rule(place, "save_lesson", edits(save_lesson), methods=["POST"])
    desk.add_url_rule(f"{place}/source", "lesson_source", lesson_source)
    desk.add_url_rule(f"{place}/source", "save_lesson_source", edits(save_source), methods=["POST"])


def lesson(slug: str, key: str) -> str:
    """The editor."""
    return _form((slug, key), None, {})


def save_lesson(slug: str, key: str) -> AnyResponse | tuple[str, int]:
    """Change what was changed in the form, and no other byte of the file."""
    at = now()
    entered = entered_lesson()
    try:
        with writing() as session:
            draft = opened(session, slug, at)
            place = find_place(draft, key)
            refuse_stale(lesson_mark(place), place.revision.source)
            text = with_entered(place.revision.source, place.file_name, entered)
            if text != place.revision.source:
                save_lesson_source(session, place, text, draft.saves, author(at))
    except Stale as stale:
        return _form((slug, key), entered, {}, stale), 409
    except Refused as refused:
        return _form((slug, key), entered, refused.reasons), 422
    return _saved("admin.lesson", slug, key)


def lesson_source(slug: str, key: str) -> str:
    """The whole file, for whoever likes files."""
    return _file((slug, key), None, ())


def save_source(slug: str, key: str) -> AnyResponse | tuple[str, int]:
    """Replace the file."""
    at = now()
    text = request.form.get("source", "").replace("\r\n", "\n")
    try:
        with writing() as session:
            draft = opened(session, slug, at)
            place = find_place(draft, key)
            refuse_stale(lesson_mark(place), place.revision.source)
            save_lesson_source(session, place, text, draft.saves, author(at))
    except Stale as stale:
        return _file((slug, key), text, (), stale), 409
    except SourceError as error:
        return _file((slug, key), text, error.problems), 422
    except Refused as refused:
        return _file((slug, key), text, (Problem(str(refused)),)), 422
    return _saved("admin.lesson_source", slug, key)


def entered_lesson() -> dict[str, Value]:
    """The form as it came; browsers send CRLF, files here have LF."""
    entered: dict[str, Value] = {name: request.form.get(name, "").strip() for name in KEYS}
    entered["body"] = request.form.get("body", "").replace("\r\n", "\n").replace("\r", "\n")
    return entered


def with_entered(text: str, file_name: str, entered: Entered) -> str:
    """A lesson's file with the form's changes in it. Raises Refused with a reason for each field."""
    source = parse_lesson(text, file_name)
    changes = changed(shown_in_form(source), entered)
    if "body" in changes:
        # The blank lines between front matter and text are the file's; the box does not show them.
        changes["body"] = source.body[: -len(source.body.lstrip("\n")) or None] + str(changes["body"])
    if not entered["asks.done"]:
        changes = _without_asks(source, changes, str(entered["asks.fallback"]))
    return with_changes(text, changes, file_name, lambda changed_text: parse_lesson(changed_text, file_name))


def shown_in_form(source: LessonSource) -> dict[str, Value]:
    """What the file says, in the form's fields."""
    return {
        "subject": source.subject,
        "preview": source.preview,
        "wait": str(source.wait),
        "status": source.status,
        "hour": f"{source.hour:%H:%M}" if source.hour else "",
        "useless_after": f"{source.useless_after}" if source.useless_after else "",
        "asks.done": source.asks.done if source.asks else "",
        "asks.fallback": _days(source.asks.fallback_days) if source.asks else "",
        "body": source.body.lstrip("\n"),
    }


def _days(count: int | None) -> str:
    return "" if count is None else "1 day" if count == 1 else f"{count} days"


def _without_asks(source: LessonSource, changes: dict[str, Value], fallback: str) -> dict[str, Value]:
    """No button, no sign of life: the whole key goes. Raises Refused for a way on from a question that is not asked."""
    if fallback and (source.asks is None or "asks.fallback" in changes):
        raise Refused({"asks.done": "Give the button a label; without one nothing is asked."})
    kept = {name: value for name, value in changes.items() if not name.startswith("asks.")}
    return kept | ({"asks": ""} if source.asks else {})


def _saved(endpoint: str, slug: str, key: str) -> AnyResponse:
    flash(SAVED, "done")
    return redirect(url_for(endpoint, slug=slug, key=key), SEE_OTHER)


def _form(
    where: tuple[str, str], entered: Entered | None, reasons: Mapping[str, str], stale: Stale | None = None
) -> str:
    slug, key = where
    with reading() as session:
        edition = shown(session, slug)
        place = find_place(edition, key)
        source = parse_lesson(place.revision.source, place.file_name)
        keys = [each.lesson.key for each in edition.lessons]
        here = keys.index(key)
        remarks: tuple[Remark, ...] = () if entered else remarks_on(compiler(), source, edition, ground().settings)
        return render_template(
            "admin/lesson.html",
            head=head_of(session, slug, now()),
            lesson=source,
            number=here + 1,
            neighbours=(keys[here - 1] if here else None, keys[here + 1] if here + 1 < len(keys) else None),
            entered=entered or shown_in_form(source),
            reasons=reasons,
            remarks=remarks,
            stale=stale,
            theirs=place.revision,
            saves=lesson_mark(place),
            values=values_panel(session),
        )


def _file(where: tuple[str, str], text: str | None, problems: tuple[Problem, ...], stale: Stale | None = None) -> str:
    slug, key = where
    with reading() as session:
        place = find_place(shown(session, slug), key)
        return render_template(
            "admin/lesson_source.html",
            head=head_of(session, slug, now()),
            lesson=parse_lesson(place.revision.source, place.file_name),
            text=place.revision.source if text is None else text,
            problems=problems,
            stale=stale,
            theirs=place.revision.source,
            saves=lesson_mark(place),
        )

"""The reader's own page: how far they are, what comes when, and what they may change about it."""

from collections.abc import Callable
from datetime import date, time

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_limiter import Limiter
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from course import catalog, enrollment, progress, wishes
from course.errors import Refused
from course.models import Enrollment, Reader
from course.schedule import Wishes
from course.tokens import Purpose, new_handle
from web.database import ground, now, reading, ring, writing
from web.limits import ATTEMPTS_PER_HOUR
from web.public.places import zones
from web.public.reader_page import reader_page

SEE_OTHER = 303
DONE = {
    "pause": "Your course rests. The dates below have moved with it.",
    "resumption": "Your course goes on.",
    "wishes": "Saved. The dates below are as you wish now.",
    "next-lesson": "The next lesson is on its way to your inbox.",
    "run": "You begin again: the first lesson is on its way.",
    "done": "Well done. The next lesson comes at its hour.",
    "repeat": "The lesson is on its way to your inbox once more.",
}

# Where on the page a wish is made; links in mails carry the same anchors (emails.links).
ANCHORS = {
    "pause": "pause",
    "wishes": "wishes",
    "resumption": "next",
    "next-lesson": "next",
    "run": "next",
    "done": "next",
    "repeat": "lessons",
}
WISHES = ", ".join(f"'{name}'" for name in ANCHORS)

Verb = Callable[[Session, Enrollment], object]


def register(pages: Blueprint, limiter: Limiter) -> None:
    """Put the reader's page and its forms at their addresses."""
    pages.add_url_rule("/me/<token>", "reader", show)
    pages.add_url_rule(f"/me/<token>/<any({WISHES}):wish>", "wish_page", wish_page)
    for name, view in (
        ("pause", pause),
        ("resumption", resumption),
        ("wishes", wish),
        ("next-lesson", next_lesson),
        ("run", run),
        ("done", done),
        ("repeat", repeat),
    ):
        pages.add_url_rule(
            f"/me/<token>/{name}", name.replace("-", "_"), limiter.limit(ATTEMPTS_PER_HOUR)(view), methods=["POST"]
        )


def show(token: str) -> str:
    """The page as it stands."""
    return _page(token, {}, DONE.get(request.args.get("done", ""), ""))


def wish_page(token: str, wish: str) -> AnyResponse:
    """A link in a mail points to one of the forms: looking changes nothing, so it leads to the form."""
    return redirect(url_for("public.reader", token=token, _anchor=ANCHORS[wish]), SEE_OTHER)


def pause(token: str) -> AnyResponse | tuple[str, int]:
    """Rest, until a date or until the reader says so."""
    text = request.form.get("until", "")
    at = now()
    return _do(token, "pause", lambda session, mine: wishes.pause(session, mine, _date(text), at), "pause")


def resumption(token: str) -> AnyResponse | tuple[str, int]:
    """Go on after a pause."""
    at = now()
    return _do(token, "resumption", lambda session, mine: wishes.resume(session, mine, at))


def wish(token: str) -> AnyResponse | tuple[str, int]:
    """Another hour, zone or pace."""
    at = now()

    def change(session: Session, mine: Enrollment) -> None:
        wishes.set_wishes(session, mine, _wished(mine.reader, _rights(session, mine)), at)

    return _do(token, "wishes", change)


def next_lesson(token: str) -> AnyResponse | tuple[str, int]:
    """The next lesson at once. The request names it, so a second press asks for nothing."""
    key = request.form.get("lesson", "")
    at = now()
    return _do(token, "next-lesson", lambda session, mine: wishes.ask_next_now(session, mine, key, at), "next_now")


def done(token: str) -> AnyResponse | tuple[str, int]:
    """The sign of life that a lesson asked for."""
    key = request.form.get("lesson", "")
    at = now()
    return _do(token, "done", lambda session, mine: wishes.say_done(session, mine, key, at))


def repeat(token: str) -> AnyResponse | tuple[str, int]:
    """A lesson that came, sent once more."""
    key, press = request.form.get("lesson", ""), request.form.get("press", "")
    at = now()
    return _do(token, "repeat", lambda session, mine: wishes.send_again(session, mine, key, press, at))


def run(token: str) -> AnyResponse:
    """Begin the course again: a new run, with a page of its own."""
    at, tokens = now(), ground().tokens
    (handle,) = tokens.read(Purpose.ME, token, at)
    with writing() as session:
        again = wishes.restart(session, enrollment.find(session, handle), at)
    ring()
    return redirect(url_for("public.reader", token=tokens.sign(Purpose.ME, again.handle), done="run"), SEE_OTHER)


def _do(token: str, name: str, verb: Verb, right: str = "") -> AnyResponse | tuple[str, int]:
    """Call one verb on the reader's enrollment; `right` is what the course must allow its readers."""
    (handle,) = ground().tokens.read(Purpose.ME, token, now())
    try:
        with writing() as session:
            mine = enrollment.find(session, handle)
            if right and right not in _rights(session, mine):
                abort(403)
            verb(session, mine)
    except Refused as refused:
        return _page(token, refused.reasons, ""), 422
    ring()
    return redirect(url_for("public.reader", token=token, done=name), SEE_OTHER)


def _page(token: str, reasons: dict[str, str], done: str) -> str:
    at = now()
    tokens = ground().tokens
    (handle,) = tokens.read(Purpose.ME, token, at)
    with reading() as session:
        shown = reader_page(progress.page(session, enrollment.find(session, handle)), tokens, handle, at)
    return render_template(
        "public/reader.html",
        page=shown,
        token=token,
        press=new_handle(),
        reasons=reasons,
        done=done,
        entered=request.form,
        zones=zones(),
    )


def _rights(session: Session, mine: Enrollment) -> frozenset[str]:
    return catalog.find_course(session, mine.course.slug).reader_may


def _wished(reader: Reader, rights: frozenset[str]) -> Wishes:
    """The wishes of the form, as far as the course allows them; the others stay as they are."""
    form = request.form
    return Wishes(
        timezone=(form.get("timezone") or None) if "timezone" in rights else reader.timezone,
        hour=_hour(form.get("hour", "") if "hour" in rights else reader.hour or ""),
        pace=_pace(form.get("pace", "1")) if "pace" in rights else reader.pace,
    )


def _hour(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        raise Refused({"hour": "Please choose an hour such as 07:30."}) from None


def _pace(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Refused({"pace": "Please choose a pace from the list."}) from None


def _date(text: str) -> date | None:
    """A date from a form; none means until further notice."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused({"until": f"“{text[:20]}” is not a date; write it as in 2027-03-28."}) from None

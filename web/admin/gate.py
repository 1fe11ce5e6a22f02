"""Who is at the desk: the cookie, the session behind it, and what a role may do."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from flask import Response, abort, g, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from course import admins
from course.admins import Role
from course.editions import Author
from course.models import Admin
from web.database import ground, reading

COOKIE = "meantime_desk"
PATH = "/admin"
SEE_OTHER = 303
# A cookie holds it, and browsers throw larger ones away.
LONGEST_WISH = 1000
OPEN = frozenset({"admin.sign_in", "admin.enter", "admin.ask_link", "admin.link", "admin.redeem"})

View = Callable[..., Any]


def check() -> AnyResponse | None:
    """Before every view: somebody is signed in, or it is a page for signing in."""
    g.admin = _recognised()
    if g.admin is not None or request.endpoint in OPEN:
        return None
    if request.method == "GET":
        session["wanted"] = request.full_path.rstrip("?")[:LONGEST_WISH]
    return redirect(url_for("admin.sign_in"), SEE_OTHER)


def _recognised() -> Admin | None:
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return None
    with reading() as database_session:
        return admins.session_admin(database_session, cookie)


def needs(role: Role, view: View) -> View:
    """The view for admins of that role and above; 403 for the others."""

    @wraps(view)
    def guarded(**values: Any) -> Any:
        if not admins.may(admin(), role):
            abort(403)
        return view(**values)

    return guarded


def edits(view: View) -> View:
    """A view that changes a course."""
    return needs(Role.EDITOR, view)


def owns(view: View) -> View:
    """A view that changes the house."""
    return needs(Role.OWNER, view)


def powers() -> dict[str, bool]:
    """What templates ask: may whoever looks change a course, or the house?"""
    at_desk = g.get("admin")
    return {
        "may_edit": at_desk is not None and admins.may(at_desk, Role.EDITOR),
        "owns_house": at_desk is not None and admins.may(at_desk, Role.OWNER),
    }


def admin() -> Admin:
    """Who is signed in."""
    signed_in: Admin = g.admin
    return signed_in


def author(at: datetime) -> Author:
    """Who changes something now."""
    return Author(admin().name or admin().email, at)


def let_in(cookie: str) -> Response:
    """To the page that was wanted, with a new session on both sides: nothing from before signing in stays."""
    wanted = session.get("wanted", "")
    session.clear()
    to_desk = wanted.startswith(f"{PATH}/") and not wanted.startswith(f"{PATH}/sign-in")
    answer = redirect(wanted if to_desk else url_for("admin.courses"), SEE_OTHER)
    return give_cookie(answer, cookie)


def give_cookie(answer: AnyResponse, cookie: str) -> Response:
    """Let the browser keep a session for as long as we do."""
    answer.set_cookie(
        COOKIE,
        cookie,
        max_age=int(admins.SESSION_LASTS.total_seconds()),
        path=PATH,
        secure=ground().settings.base_url.startswith("https://"),
        httponly=True,
        samesite="Lax",
    )
    assert isinstance(answer, Response)
    return answer


def take_cookie(answer: AnyResponse) -> AnyResponse:
    """Let the browser forget it."""
    answer.delete_cookie(COOKIE, path=PATH)
    return answer

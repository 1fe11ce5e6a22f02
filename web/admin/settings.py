"""The desk's settings: one's own name and password, and who else is an admin."""

from collections.abc import Callable, Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from course import admins
from course.admins import Role
from course.errors import NotFound, Refused
from web.admin.gate import SEE_OTHER, admin, give_cookie, owns
from web.database import ground, now, reading, ring, writing


def register(desk: Blueprint) -> None:
    """Put the settings at their addresses."""
    desk.add_url_rule("/settings", "settings", settings)
    desk.add_url_rule("/settings/name", "name", name, methods=["POST"])
    desk.add_url_rule("/settings/password", "password", password, methods=["POST"])
    desk.add_url_rule("/admins", "add_admin", owns(add_admin), methods=["POST"])
    desk.add_url_rule("/admins/role", "role", owns(role), methods=["POST"])
    desk.add_url_rule("/admins/removal", "remove_admin", owns(remove_admin), methods=["POST"])


def settings() -> str:
    """The page."""
    return _page({})


def name() -> AnyResponse:
    """One's own name."""
    with writing() as session:
        admins.rename(session, admin().id, request.form.get("name", ""))
    return _done("Saved.")


def password() -> AnyResponse | tuple[str, int]:
    """A new password: every session ends, and this browser gets a new one."""
    try:
        with writing() as session:
            admins.set_password(session, admin().id, request.form.get("password", ""))
            cookie = admins.begin_session(session, admin().id)
    except Refused as refused:
        return _page(refused.reasons), 422
    return give_cookie(_done("Your password is set. You were signed out everywhere else."), cookie)


def add_admin() -> AnyResponse | tuple[str, int]:
    """Somebody else at the desk; a link to sign in goes to them by mail."""
    email, at = request.form.get("email", ""), now()

    def add(session: Session) -> None:
        added = admins.add(session, email, at, request.form.get("role", ""))
        admins.ask_sign_in_mail(session, added.email, at)

    return _change(add, f"{email} is an admin now; a link to sign in is on its way.")


def role() -> AnyResponse | tuple[str, int]:
    """Another role for somebody."""
    form = request.form
    return _change(lambda session: admins.change_role(session, form.get("email", ""), form.get("role", "")), "Saved.")


def remove_admin() -> AnyResponse | tuple[str, int]:
    """Nobody at the desk any more, and signed out at once."""
    email = request.form.get("email", "")
    return _change(lambda session: admins.remove(session, email), f"{email} is no admin any more.")


def _change(verb: Callable[[Session], None], done: str) -> AnyResponse | tuple[str, int]:
    try:
        with writing() as session:
            verb(session)
    except Refused as refused:
        return _page(refused.reasons), 422
    except NotFound as error:
        return _page({"role": str(error)}), 422
    ring()
    return _done(done)


def _done(sentence: str) -> AnyResponse:
    flash(sentence, "done")
    return redirect(url_for("admin.settings"), SEE_OTHER)


def _page(reasons: Mapping[str, str]) -> str:
    with reading() as session:
        everyone = admins.everyone(session)
    return render_template(
        "admin/settings.html",
        me=admin(),
        admins=everyone,
        roles=list(Role)[::-1],
        reasons=reasons,
        entered=request.form,
        house=ground().settings,
    )

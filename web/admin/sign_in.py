"""Signing in, with a password or with a link, and signing out."""

from hashlib import sha256

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, session, url_for
from flask_limiter import Limiter
from werkzeug.wrappers import Response as AnyResponse

from course import admins
from course.errors import Refused
from course.tokens import BadToken
from web.admin.gate import COOKIE, SEE_OTHER, let_in, take_cookie
from web.database import now, reading, ring, writing

# Neither can lock an owner out: whoever is throttled here still gets a link, and links are throttled per visitor.
FAILURES_PER_VISITOR = "10/minute;60/hour"
FAILURES_PER_ACCOUNT = "30/hour"
LINKS_PER_VISITOR = "10/hour"
SENT = "If that is an admin’s address, a link is on its way to it. It works once, for fifteen minutes."


def register(desk: Blueprint, limiter: Limiter) -> None:
    """Put signing in and out at their addresses."""
    per_visitor = limiter.limit(FAILURES_PER_VISITOR, deduct_when=_failed)
    per_account = limiter.limit(FAILURES_PER_ACCOUNT, key_func=_account, deduct_when=_failed)
    desk.add_url_rule("/sign-in", "sign_in", sign_in)
    desk.add_url_rule("/sign-in", "enter", per_visitor(per_account(enter)), methods=["POST"])
    desk.add_url_rule("/sign-in-links", "ask_link", limiter.limit(LINKS_PER_VISITOR)(ask_link), methods=["POST"])
    desk.add_url_rule("/sign-in/<token>", "link", link)
    desk.add_url_rule("/sign-in/<token>", "redeem", limiter.limit("60/hour")(redeem), methods=["POST"])
    desk.add_url_rule("/sign-out", "sign_out", sign_out, methods=["POST"])


def sign_in() -> str:
    """The two ways in."""
    return _page("", "")


def enter() -> AnyResponse | tuple[str, int]:
    """With a password. It is checked while no transaction is open that others would wait for."""
    email = request.form.get("email", "")
    try:
        with reading() as database_session:
            admin = admins.check_password(database_session, email, request.form.get("password", ""))
        with writing() as database_session:
            cookie = admins.sign_in(database_session, admin)
    except Refused as refused:
        return _page(email, str(refused)), 422
    return let_in(cookie)


def ask_link() -> AnyResponse:
    """Have a link sent. The answer is the same for everybody."""
    with writing() as database_session:
        admins.ask_sign_in_mail(database_session, request.form.get("email", ""), now())
    ring()
    flash(SENT, "done")
    return redirect(url_for("admin.sign_in"), SEE_OTHER)


def link(token: str) -> Response:
    """Where a link leads: a page with a button, because programs that look into mails follow every link."""
    answer = make_response(render_template("admin/link.html", token=token))
    # The form guard wants to see, over https, that the form comes from here; the link goes nowhere else.
    answer.headers["Referrer-Policy"] = "same-origin"
    return answer


def redeem(token: str) -> AnyResponse:
    """Use the link."""
    try:
        with writing() as database_session:
            cookie = admins.redeem(database_session, token)
    except BadToken as error:
        flash(str(error), "alarm")
        return redirect(url_for("admin.sign_in"), SEE_OTHER)
    return let_in(cookie)


def sign_out() -> AnyResponse:
    """End this session."""
    with writing() as database_session:
        admins.sign_out(database_session, request.cookies.get(COOKIE, ""))
    session.clear()
    return take_cookie(redirect(url_for("admin.sign_in"), SEE_OTHER))


def _page(email: str, reason: str) -> str:
    return render_template("admin/sign_in.html", email=email, reason=reason)


def _account() -> str:
    """Counts per account, under a digest: Redis holds no addresses."""
    return sha256(request.form.get("email", "").strip().lower().encode("utf-8", "replace")).hexdigest()


def _failed(answer: Response) -> bool:
    return answer.status_code == 422

"""Headers of every answer, and the guard of forms that act with a signed-in browser's authority.

A view that needs another policy sets the header itself (`policy(...)` builds it); what is set stays.

Public pages set no cookie. What they can do is in the link (a token) or open to everybody (signing up), so there is
no ambient authority that a foreign page could borrow, and a reader whose mail program keeps no cookies can still
leave. They are exempt from the form guard; everything else is guarded unless its room exempts it.
"""

from flask import Flask, Response, abort, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from course.settings import Settings

MEBIBYTE = 1024 * 1024
YEAR = 365 * 24 * 3600
PICTURES = frozenset({"admin.add_pictures", "admin.save_look"})

_POLICY = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "frame-src": "'self'",
    "img-src": "'self' data:",
    "script-src": "'self'",
    "style-src": "'self'",
}

csrf = CSRFProtect()


def policy(**changes: str) -> str:
    """The Content-Security-Policy with some directives replaced: policy(frame_ancestors="*")."""
    directives = _POLICY | {name.replace("_", "-"): value for name, value in changes.items()}
    return "; ".join(f"{name} {value}".strip() for name, value in directives.items())


def protect(app: Flask, settings: Settings) -> None:
    """Cookies, size limits, proxies, the form guard and the headers."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.old_secret_keys),
        SESSION_COOKIE_NAME="meantime",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        MAX_CONTENT_LENGTH=MEBIBYTE,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: an editor may stay open overnight
    )
    if settings.trusted_proxies:
        # The host is never believed: links are made from the configured base URL.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies, x_host=0
        )
    app.before_request(_room_for_pictures)  # before the next two, which read the form
    app.before_request(_refuse_nul)
    csrf.init_app(app)
    strict_transport = settings.base_url.startswith("https://") and not settings.development
    app.after_request(lambda response: _with_headers(response, strict_transport=strict_transport))


def _room_for_pictures() -> None:
    """Where admins send pictures more may come in; each picture is measured by course.pictures."""
    if request.endpoint in PICTURES:
        request.max_content_length = 9 * MEBIBYTE


def _refuse_nul() -> None:
    """No text holds a NUL, and PostgreSQL takes none. What the hooks are handed is bytes, and theirs to read."""
    given = [request.args] if request.blueprint == "hooks" else [request.args, request.form]
    words = [word for each in given for item in each.items(multi=True) for word in item]
    if any("\0" in word for word in (request.path, *words)):
        abort(400)


def _with_headers(response: Response, *, strict_transport: bool) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy())
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
    # A token in an address must not travel on; elsewhere the form guard wants to see where a form came from.
    secret_address = "token" in (request.view_args or {})
    headers.setdefault("Referrer-Policy", "no-referrer" if secret_address else "same-origin")
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
    if strict_transport:
        headers.setdefault("Strict-Transport-Security", f"max-age={YEAR}")
    return response

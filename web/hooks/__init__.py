"""What other servers hand to us: mail that came back, by webhook (here) and by SMTP or LMTP (`web.hooks.listener`).

Both only store it, durably, and say so; the worker judges it. Nobody is answered by mail, and nothing is relayed.
"""

import hmac
from base64 import b64decode

from flask import Blueprint, Response, abort, request

from course import feedback
from web.database import ground, now, writing
from web.security import csrf

MOST_OCTETS = 10 * 1024 * 1024


def blueprint() -> Blueprint:
    """`/hooks/…`. They act with a secret that the caller shows, never with a cookie."""
    made = Blueprint("hooks", __name__, url_prefix="/hooks")
    made.add_url_rule("/bounces", "bounces", bounces, methods=["POST"])
    csrf.exempt(made)
    return made


def bounces() -> Response:
    """Keep a mail that came back: the body itself (message/rfc822), or a file or field of a form.

    202 when it is kept, also when it was there already; 401 without the secret, 413 above ten mebibytes.
    """
    if not _shown():
        answer = Response("The secret of this house is missing or wrong.\n", 401, mimetype="text/plain")
        answer.headers["WWW-Authenticate"] = 'Bearer realm="Meantime"'
        return answer
    request.max_content_length = request.max_form_memory_size = MOST_OCTETS
    raw = _mail()
    if not raw.strip():
        abort(400)
    recipient = request.args.get("recipient", "")[:320]
    with writing() as session:
        feedback.receive(session, raw, "webhook", (recipient,) if recipient else (), now())
    return Response("Kept.\n", 202, mimetype="text/plain")


def _shown() -> bool:
    """Whether the caller shows our secret: as a bearer token, or as the password of basic authentication."""
    secret = ground().settings.bounce_secret.encode()
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    told = given.strip().encode("utf-8", "replace")
    if scheme.lower() == "basic":
        try:
            told = b64decode(told, validate=True).partition(b":")[2]
        except ValueError:
            told = b""
    return bool(secret) and hmac.compare_digest(told, secret)


def _mail() -> bytes:
    if request.mimetype in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        file = next(iter(request.files.values()), None)
        if file is not None:
            data: bytes = file.read()
            return data
        named = (request.form.get(name) for name in ("message", "email", "raw", "body-mime"))
        return next(filter(None, named), "").encode("utf-8", "surrogateescape")
    return request.get_data(cache=False)

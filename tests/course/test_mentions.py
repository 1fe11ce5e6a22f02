"""An address in a mail is found however the mail is encoded."""

import time
from base64 import b64encode, encodebytes

import pytest

from course.mentions import mentions

MAIL = "Dear postmaster, there is no user Ana@Example.org here; the mail for her comes back to you."
HIDDEN = {
    "as it stands": b"<ANA@example.org>",
    "in a return path": b"bounce-ana=example.org@lists.example",
    "in a link": b"?who=ana%40example.org",
    "over a soft line break": b"ana@exam=\r\nple.org",
    "quoted-printable": b"=4E=6F =61na=40=65xample=2Eorg\n",
    "UTF-7": b"No ana+AEA-example.org\n",
    "UTF-16": MAIL.encode("utf-16"),
    "HTML": b"No <b>ana&#64;example.org</b>\n",
    "an encoded header": b"Subject: =?utf-8?B?" + b64encode(b"No ana@example.org") + b"?=\n\nSee above.\n",
    "base64": encodebytes(MAIL.encode()),
    "base64 with CRLF": encodebytes(MAIL.encode()).replace(b"\n", b"\r\n"),
    "base64 of UTF-16": encodebytes(MAIL.encode("utf-16")),
    "base64 in base64": encodebytes(b"Content-Transfer-Encoding: base64\n\n" + encodebytes(MAIL.encode())),
    "base64 without its end": encodebytes(b"No ana@example.org.").rstrip(b"=\n"),
} | {f"base64 below {n} letters": b"x" * n + b"\n" + encodebytes(MAIL.encode()) for n in range(7, 12)}


@pytest.mark.parametrize("text", HIDDEN.values(), ids=HIDDEN)
def test_an_address_is_found_however_it_is_written(text: bytes):
    assert mentions(b"From: MAILER-DAEMON@mx.example\n\n" + text, "ana@example.org")
    assert mentions(text, "Ana@Example.org")
    assert not mentions(text, "bo@example.org")


@pytest.mark.parametrize(
    "text", [b"abcdefgh " * 116_000, b"A" * (1 << 20), b"=\n" * (1 << 19), b"AAAAAAAA\n" * 116_000]
)
def test_no_mail_takes_long(text: bytes):
    began = time.process_time()
    assert not mentions(text, "ana@example.org")
    assert time.process_time() - began < 5

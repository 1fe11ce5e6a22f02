"""The message linter: a good message passes without a word, and every fault is named in a sentence."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emails.letter import Address, Headers, Rendered
from emails.mime import assemble
from emails.testing import lint_message

LEAVE = "https://example.org/unsubscribe/t0k3n"
PREHEADER = "Why the gaps between two meetings matter more than the meetings do."
HTML = f"""<!doctype html>
<html lang="en"><head><title>Make room</title><meta name="color-scheme" content="light dark">
<style>p {{ color: #22252e }} a {{ color: #b8452b }}</style></head>
<body><div style="display:none; font-size:1px; color:#fbf8f2">{PREHEADER}</div>
<table role="presentation"><tr><td>
<h1>Make room</h1><p>Dear Ana, here is <a href="https://example.org/read/1">a letter</a> about room.</p>
<img src="https://example.org/media/1" alt="A window" width="600">
<p>You get this because you signed up. <a href="{LEAVE}">Leave the course</a>.</p>
</td></tr></table></body></html>
"""
TEXT = f"""Make room

Dear Ana, here is a letter about room.
https://example.org/read/1

You get this because you signed up. Leave the course:
{LEAVE}
"""
HEADERS = Headers(
    sender=Address("Jörg Hale", "robin@example.org"),
    recipient=Address("Ana", "ana@example.com"),
    date=datetime(2027, 3, 28, 9, tzinfo=UTC),
    message_id="<abc.123@example.org>",
    reply_to="hello@example.org",
    unsubscribe_url=LEAVE,
    unsubscribe_mailto="leave@example.org",
    list_id="breathing-room.example.org",
    feedback_id="lesson:breathing-room:example",
    bulk=True,
)
GOOD = assemble(Rendered("Make room", HTML, TEXT), HEADERS)


def said(data):
    return [problem.message for problem in lint_message(data)]


def with_html(old, new, subject="Make room"):
    assert old in HTML
    return assemble(Rendered(subject, HTML.replace(old, new), TEXT), HEADERS)


def with_text(old, new):
    assert old in TEXT
    return assemble(Rendered("Make room", HTML, TEXT.replace(old, new)), HEADERS)


def with_bytes(old, new):
    assert re.search(old, GOOD)
    return re.sub(old, new, GOOD, count=1)


def test_a_good_message_passes_without_a_word():
    assert said(GOOD) == []


def test_a_good_confirmation_passes_without_list_headers():
    headers = Headers(HEADERS.sender, Address("", "ana@example.com"), HEADERS.date, "<c.1@example.org>")
    assert said(assemble(Rendered("Make room", HTML, TEXT), headers)) == []


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (rb"\r\n\r\nMake", b"\n\r\nMake", "other than CRLF"),
        (rb"Make room\r\n\r\nDear", b"Make room\r\n\r\n\0Dear", "NUL"),
        (rb"Make room\r\n\r\nDear", b"Make room\r\n\r\n" + b"x" * 999 + b"Dear", "octets; mail allows 998"),
        (rb"Subject: Make", b"Subject: M\xc3\xa4ke", "outside ASCII"),
        (rb"Subject: Make room", b"Subject: Make room\r\nno field at all", "no header field"),
        (rb"To: Ana", b"Bcc: x@example.com\r\nTo: Ana", "Bcc is no header that we send"),
        (rb"To: Ana", b"Cc: x@example.com\r\nTo: Ana", "Cc is no header that we send"),
        (rb"To: Ana", b"To: b@example.com\r\nTo: Ana", "To header stands there 2 times"),
        (rb"<ana@example.com>", b"<ana@example.com>, b@example.com", "To header names 2 addresses"),
        (rb"<ana@example.com>", b"<ana>", "To header has no proper address"),
        (rb"Date: [^\r]*\r\n", b"", "Date header is missing"),
        (rb"Date: [^\r]*", b"Date: yesterday", "no date with a time zone"),
        (rb"Date: [^\r]*", b"Date: Sun, 28 Mar 2027 09:00:00 -0000", "no date with a time zone"),
        (rb"<abc\.123@example\.org>", b"abc", "Message-ID is not of the form"),
        (rb"Subject: Make room", b"Subject:", "subject is empty"),
        (rb"auto-generated", b"no", "Auto-Submitted should say"),
        (rb"Subject: Make room", b"Subject: =?utf-8?q?a=0D=0ABcc=3A_x?=", "Decoded, the Subject header"),
        (rb"Subject: Make room", b"Subject: =?utf-8?q?a b?=", "broken encoded-word"),
        (rb"Subject: Make room", b"Subject: =?utf-8?q?" + b"a" * 70 + b"?=", "broken encoded-word"),
        (rb"Reply-To: hello", b"Reply-To: =?utf-8?q?a?= <hello", "Reply-To header holds"),
        (rb"List-Unsubscribe: <https://[^>]*>, ", b"List-Unsubscribe: ", "no https address"),
        (rb"List-Unsubscribe: (<https://[^>]*>), <[^>]*>", rb"List-Unsubscribe: \1", "no mailto address"),
        (rb"List-[^\r]*\r\nList-[^\r]*\r\nList-[^\r]*\r\n", b"", "needs List-Unsubscribe, too"),
        (rb"Dear Ana", b"Dear \xc3\x84na", "body holds bytes outside ASCII"),
        (rb"List-Unsubscribe: <https:", b"List-Unsubscribe: <http:", "no https address"),
        (rb">, <mailto:", b">,\r\n <mailto:", "folded"),
        (rb">, <mailto:leave@example.org>", b">, mailto:leave@example.org", "should read <https"),
        (rb"List-Unsubscribe-Post: [^\r]*\r\n", b"", "needs List-Unsubscribe-Post"),
        (rb"List-Unsubscribe=One-Click", b"One-Click", "should say List-Unsubscribe=One-Click"),
        (rb"List-Id: <[^>]*>", b"List-Id: me", "List-Id should be"),
        (rb"Precedence: bulk\r\n", b"", "needs Precedence"),
        (rb"Precedence: bulk", b"Precedence: junk", "Precedence should say bulk"),
        (rb"Feedback-ID: [^\r]*\r\n", b"", "needs Feedback-ID"),
        (rb"multipart/alternative", b"multipart/mixed", "not multipart/alternative"),
        (rb"text/plain", b"text/html", "not multipart/alternative"),
        (rb"charset=utf-8", b"charset=latin-1", "not in utf-8"),
        (rb"quoted-printable", b"8bit", "not quoted-printable"),
        (rb"Dear Ana", b"Dear =FF Ana", "lost on the way"),
    ],
)
def test_a_fault_in_the_bytes_is_named(old, new, sentence):
    assert any(sentence in message for message in said(with_bytes(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (' lang="en"', "", "does not say its language"),
        (' lang="en"', ' lang="und"', "does not say its language"),
        ("<title>Make room", "<title>", "title is not the subject"),
        ('<meta name="color-scheme" content="light dark">', "", "color-scheme"),
        (' alt="A window"', "", "no alt text"),
        (' width="600"', "", "no width"),
        (' width="600"', ' width="100%"', "no width"),
        (' role="presentation"', "", "lack role=presentation"),
        ("</body>", "<script>x()</script></body>", "holds <script>"),
        ("</body>", "<form></form></body>", "holds <form>"),
        ("</body>", "<iframe></iframe></body>", "holds <iframe>"),
        ("<h1>", '<h1 onclick="x()">', "script attribute onclick"),
        ("https://example.org/read/1", "javascript:alert(1)", "no https address"),
        ("https://example.org/read/1", "http://example.org/read/1", "no https address"),
        ("https://example.org/read/1", "http://[broken", "no https address"),
        ("https://example.org/media/1", "http://example.org/1.png", "no https address"),
        ("<style>", '<link rel="stylesheet" href="https://x.example/a.css"><style>', "from elsewhere"),
        ("<style>", "<style>@import 'https://x.example/a.css';", "load something from elsewhere"),
        ("<style>", "<style>@font-face { src: url(https://x.example/a.woff) }", "load something"),
        ("color:#fbf8f2", "color:#ffffff", "hidden in white"),
        (PREHEADER, "Too short", "preheader has 9 characters"),
        (PREHEADER, "", "There is no preheader"),
        ("Dear Ana", "Dear {{ reader.name }}", "still holds a template tag"),
        ("</td>", "<p>x</p>" + "wholly different words " * 30 + "</td>", "of the HTML's words"),
        (f'href="{LEAVE}"', 'href="https://example.org/"', "HTML part has no link for leaving"),
        ("</td>", "<!-- x -->" + "<p>" + "room " * 17_000 + "</p></td>", "at 100 Gmail"),
        ("</td>", "<p>" + "room " * 21_000 + "</p></td>", "above 100 Gmail"),
    ],
)
def test_a_fault_in_the_html_is_named(old, new, sentence):
    assert any(sentence in message for message in said(with_html(old, new)))


def test_a_preheader_that_repeats_the_subject_is_named():
    data = with_html("Make room</title>", f"{PREHEADER}</title>", subject=PREHEADER)
    assert "The preheader repeats the subject." in said(data)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("https://example.org/read/1", "", "lacks the link https://example.org/read/1"),
        ("a letter", "<b>a letter</b>", "HTML tag <b>"),
        ("a letter", "a &amp; letter", "HTML entity &amp;"),
        ("Dear Ana", "Dear {{ reader.name }}", "still holds a template tag"),
        ("Dear Ana", "{% if x %}Dear Ana", "still holds a template tag"),
        ("Dear Ana", "Dear Ana " + "and so on " * 8, "columns"),
        (LEAVE, "", "text part has no link for leaving"),
        ("Dear Ana, here is a letter about room.", "", "of the HTML's words"),
    ],
)
def test_a_fault_in_the_text_is_named(old, new, sentence):
    assert any(sentence in message for message in said(with_text(old, new)))


def test_a_long_link_alone_on_its_line_is_no_fault():
    link = "https://example.org/read/" + "x" * 200
    html, text = (part.replace("https://example.org/read/1", link) for part in (HTML, TEXT))
    assert said(assemble(Rendered("Make room", html, text), HEADERS)) == []


def test_this_machine_may_be_linked_without_https():
    html, text = (part.replace("https://example.org/read/1", "http://127.0.0.1:8000/read/1") for part in (HTML, TEXT))
    assert said(assemble(Rendered("Make room", html, text), HEADERS)) == []


def test_errors_stand_before_warnings():
    data = assemble(Rendered("Make room", HTML.replace(PREHEADER, "").replace(' lang="en"', ""), TEXT), HEADERS)
    assert [problem.severity for problem in lint_message(data)] == ["error", "warning"]


@pytest.mark.parametrize(
    "data", [b"", b"\r\n\r\n", b"From: a", b"\xff" * 100, GOOD[:300], GOOD.replace(b"\r\n", b"\n")]
)
def test_what_is_no_message_at_all_is_a_problem_and_no_crash(data):
    assert lint_message(data)


@settings(deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(max_size=8), st.integers(0, 200))
def test_no_damage_makes_the_linter_fall_over(place, inserted, cut):
    lint_message(GOOD[:place] + inserted + GOOD[place + cut :])


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_html_makes_the_linter_fall_over(markup):
    lint_message(assemble(Rendered("S", markup, markup), HEADERS))

"""A message as RFC 5322 bytes, written by hand: the same input always gives the same bytes.

The standard library's EmailMessage decodes what it should not and folds what it must not; it takes no part.
`emails.press` makes the same bytes faster, for a letter that many readers get.
"""

import binascii
import hashlib
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

from emails.errors import Unsendable
from emails.header_fields import addr_spec, line, list_id, mailbox, msg_id, unstructured, uri
from emails.letter import Address, Headers, Rendered

# What no part of a message may hold: all but tabs and line ends.
CONTROLS = bytes({*range(32), 127} - set(b"\t\n\r"))

_WIDTH = 76
# A blank at the end of a line is three characters wide, for which binascii finds no room.
_LATE_BLANK = re.compile(rb"^([^\r\n]{74})(=20|=09)(?=\r$)", re.MULTILINE)
_LEADING_DOT = re.compile(rb"^\.[^\r]*", re.MULTILINE)
_TEXT, _HTML = (
    b"Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" % kind
    for kind in (b"plain", b"html")
)


def assemble(rendered: Rendered, headers: Headers) -> bytes:
    """The whole message, CRLF line ends, 7-bit throughout, text part first.

    Raises Unsendable when an address, an id or a URL cannot stand in a header.
    """
    fields, boundary = head(rendered.subject, headers)
    return b"".join((*fields, b"\r\n", body(boundary, encode_part(rendered.text), encode_part(rendered.html))))


def head(subject: str, headers: Headers) -> tuple[list[bytes], bytes]:
    """Every header field in the order in which they are sent, and the boundary that the last one names."""
    fields = [*_people(subject, headers), *_list_fields(headers), *_mailing_fields(headers.feedback_id, headers.bulk)]
    # Quoted-printable never holds "=_", so no text can end its part early.
    boundary = b"=_" + hashlib.sha256(b"".join(fields)).hexdigest()[:24].encode()
    return [*fields, b'Content-Type: multipart/alternative;\r\n boundary="%s"\r\n' % boundary], boundary


def body(boundary: bytes, text: bytes, html: bytes) -> bytes:
    """What follows the empty line, from the encoded parts."""
    between = b"--%s\r\n" % boundary
    return b"".join((between, _TEXT, text, b"\r\n", between, _HTML, html, b"\r\n--", boundary, b"--\r\n"))


def encode_part(text: str) -> bytes:
    """`text` as quoted-printable lines that end with CRLF; control characters are left out."""
    return ended(encode(text))


def encode(text: str) -> bytes:
    """`text` as whole lines of quoted-printable; where it ends amid a line, the last one is a soft break.

    No line is longer than 76, or begins with a dot.
    """
    data = text.encode("utf-8", "replace").translate(None, CONTROLS)
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    if not data or data.endswith(b"\r\n"):
        encoded = binascii.b2a_qp(data)
    else:
        # The last character keeps the place that the sign of a soft break needs on its line.
        encoded = binascii.b2a_qp(data + b"x\r\n").removesuffix(b"x\r\n") + b"=\r\n"
    if b"=20\r\n" in encoded or b"=09\r\n" in encoded:
        encoded = _LATE_BLANK.sub(rb"\1=\r\n\2", encoded)
    return _LEADING_DOT.sub(_without_dot, encoded) if encoded[:1] == b"." or b"\n." in encoded else encoded


def ended(encoded: bytes) -> bytes:
    """The same with a line end at its end, whether there was one or not."""
    whole = encoded.endswith(b"\r\n") and not encoded.endswith(b"=\r\n")
    return encoded if whole else encoded + b"\r\n"


def _without_dot(line: re.Match[bytes]) -> bytes:
    rest = line[0][1:]
    # Two characters more than there were: where they find no room, they get a line of their own.
    return b"=2E" + rest if len(rest) <= _WIDTH - 3 else b"=2E=\r\n" + _LEADING_DOT.sub(_without_dot, rest)


def _people(subject: str, headers: Headers) -> list[bytes]:
    if headers.date.tzinfo is None:
        raise Unsendable("The date of a message needs a time zone.")
    fields = [
        _sender(headers.sender),
        mailbox("To", headers.recipient),
        _subject(subject),
        _date(headers.date.replace(microsecond=0)),
        line("Message-ID", msg_id(headers.message_id)),
        b"MIME-Version: 1.0\r\n",
    ]
    return [*fields, _reply_to(headers.reply_to)] if headers.reply_to else fields


def _list_fields(headers: Headers) -> list[bytes]:
    # Gmail ignores a List-Unsubscribe that is folded or encoded: one line, or none.
    ways = [f"<{uri(headers.unsubscribe_url)}>"] if headers.unsubscribe_url else []
    if headers.unsubscribe_mailto:
        ways.append(f"<{uri('mailto:' + headers.unsubscribe_mailto.removeprefix('mailto:'))}>")
    fields = [line("List-Unsubscribe", ", ".join(ways))] if ways else []
    if headers.unsubscribe_url:
        fields.append(b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
    if headers.list_id:
        fields.append(_list_id(headers.list_id))
    return fields


# What all readers of a lesson share is written once.
@lru_cache(maxsize=256)
def _sender(sender: Address) -> bytes:
    return mailbox("From", sender)


@lru_cache(maxsize=256)
def _subject(subject: str) -> bytes:
    return unstructured("Subject", subject)


@lru_cache(maxsize=16)
def _date(date: datetime) -> bytes:
    return line("Date", format_datetime(date.astimezone(UTC)))


@lru_cache(maxsize=256)
def _reply_to(address: str) -> bytes:
    return line("Reply-To", addr_spec(address))


@lru_cache(maxsize=256)
def _list_id(name: str) -> bytes:
    return line("List-Id", list_id(name))


@lru_cache(maxsize=256)
def _mailing_fields(feedback_id: str | None, bulk: bool) -> tuple[bytes, ...]:  # noqa: FBT001
    fields = [line("Auto-Submitted", "auto-generated")]
    if feedback_id:
        fields.append(line("Feedback-ID", feedback_id))
    if bulk:
        fields.append(line("Precedence", "bulk"))
    return tuple(fields)

"""A message as RFC 5322 bytes, written by hand: the same input always gives the same bytes.

The standard library's EmailMessage decodes what it should not and folds what it must not; it takes no part.
`encode_part` knows nothing of the headers and `head` nothing of the parts, so either can be made beforehand.
"""

import binascii
import hashlib
import re
from datetime import UTC
from email.utils import format_datetime
from functools import lru_cache

from emails.errors import Unsendable
from emails.header_fields import addr_spec, line, list_id, mailbox, msg_id, unstructured, uri
from emails.letter import Headers, Rendered

_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PART = b"Content-Type: text/%s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n%s"


def assemble(rendered: Rendered, headers: Headers) -> bytes:
    """The whole message, CRLF line ends, 7-bit throughout, text part first.

    Raises Unsendable when an address, an id or a URL cannot stand in a header.
    """
    return join(head(rendered.subject, headers), encode_part(rendered.text), encode_part(rendered.html))


def head(subject: str, headers: Headers) -> bytes:
    """Every header field but Content-Type, in the order in which they are sent."""
    if headers.date.tzinfo is None:
        raise Unsendable("The date of a message needs a time zone.")
    fields = [
        mailbox("From", headers.sender),
        mailbox("To", headers.recipient),
        unstructured("Subject", subject),
        line("Date", format_datetime(headers.date.astimezone(UTC).replace(microsecond=0))),
        line("Message-ID", msg_id(headers.message_id)),
        line("MIME-Version", "1.0"),
    ]
    if headers.reply_to:
        fields.append(line("Reply-To", addr_spec(headers.reply_to)))
    return b"".join([*fields, *_list_fields(headers), *_mailing_fields(headers)])


def encode_part(text: str) -> bytes:
    """`text` as quoted-printable lines that end with CRLF; control characters are left out."""
    if not text.endswith("\n"):
        text += "\n"
    # Readers of one lesson share nearly all of its pieces, which are encoded once then.
    pieces = text.replace("\n", "\n\0").replace("</td>", "</td>\0").split("\0")
    return b"".join(map(_encode_piece, pieces))


@lru_cache(maxsize=8192)
def _encode_piece(piece: str) -> bytes:
    """One piece as whole lines; where it does not end with a line end, the last one is a soft break."""
    clean = _UNWANTED.sub("", piece).replace("\r\n", "\n").replace("\r", "\n")
    data = clean.encode("utf-8", "replace").replace(b"\n", b"\r\n")
    if not data or data.endswith(b"\r\n"):
        return binascii.b2a_qp(data)
    # The last character keeps the place that the sign of a soft break needs on its line.
    return binascii.b2a_qp(data + b"x\r\n").removesuffix(b"x\r\n") + b"=\r\n"


def join(head: bytes, text: bytes, html: bytes) -> bytes:
    """The message from its head and its encoded parts."""
    boundary = _boundary(head)
    return b"".join(
        (
            head,
            b'Content-Type: multipart/alternative;\r\n boundary="%s"\r\n\r\n' % boundary,
            b"--%s\r\n" % boundary,
            _PART % (b"plain", text),
            b"\r\n--%s\r\n" % boundary,
            _PART % (b"html", html),
            b"\r\n--%s--\r\n" % boundary,
        )
    )


def _list_fields(headers: Headers) -> list[bytes]:
    # Gmail ignores a List-Unsubscribe that is folded or encoded: one line, or none.
    ways = [f"<{uri(headers.unsubscribe_url)}>"] if headers.unsubscribe_url else []
    if headers.unsubscribe_mailto:
        ways.append(f"<{uri('mailto:' + headers.unsubscribe_mailto.removeprefix('mailto:'))}>")
    fields = [line("List-Unsubscribe", ", ".join(ways))] if ways else []
    if headers.unsubscribe_url:
        fields.append(line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    if headers.list_id:
        fields.append(line("List-Id", list_id(headers.list_id)))
    return fields


def _mailing_fields(headers: Headers) -> list[bytes]:
    fields = [line("Auto-Submitted", "auto-generated")]
    if headers.feedback_id:
        fields.append(line("Feedback-ID", headers.feedback_id))
    if headers.bulk:
        fields.append(line("Precedence", "bulk"))
    return fields


def _boundary(head: bytes) -> bytes:
    # Quoted-printable never holds "=_", so no text can end its part early.
    return b"=_" + hashlib.sha256(head).hexdigest()[:24].encode()

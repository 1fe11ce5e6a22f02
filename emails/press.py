"""From a compilation to ready bytes, fast: what a lesson's readers share is encoded once, the rest spliced in.

`print_message` gives the message that `emails.mime.assemble` would give of `emails.render.render`, for a fifth of the
work; previews take that longer way, and so does a letter that the plates cannot print.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from emails.dkim import Signer
from emails.errors import Unsendable
from emails.letter import Compiled, Headers
from emails.mime import body, encode_part, head
from emails.press_plates import Crooked, html_part, text_part
from emails.render import BROKEN, OUTPUT_LIMIT, plain_values, render, subject_line

Values = Mapping[str, Mapping[str, str | int]]


@dataclass(frozen=True)
class Printed:
    """A message as it goes out, and a digest of what it says: a signature is no part of that."""

    data: bytes
    digest: str


def print_message(compiled: Compiled, values: Values, headers: Headers, signer: Signer | None = None) -> Printed:
    """One reader's message; the same arguments give the same bytes, and another signer the same digest.

    No line ends with anything but CRLF or begins with a dot. Raises Unrenderable and Unsendable.
    """
    subject, text, html = _parts(compiled, values)
    fields, boundary = head(subject, headers)
    top, bottom = b"".join(fields), body(boundary, text, html)
    _refuse_odd_lines(top)
    body_hash = sha256(bottom).digest()
    signatures = signer.signatures(fields, body_hash, headers) if signer else ()
    return Printed(b"".join((*signatures, top, b"\r\n", bottom)), sha256(top + body_hash).hexdigest())


def _parts(compiled: Compiled, values: Values) -> tuple[str, bytes, bytes]:
    """The subject, and both parts encoded."""
    plain = plain_values(values)
    try:
        text, html = text_part(compiled.text, plain), html_part(compiled.html, plain)
    except (Crooked, *BROKEN, RecursionError, MemoryError):
        return _the_long_way(compiled, values)
    # Nothing but controls, which are left out, has fewer bytes than characters: below the limit no need to count.
    if max(len(text), len(html)) > OUTPUT_LIMIT:
        return _the_long_way(compiled, values)
    return subject_line(compiled.subject, plain), text, html


def _the_long_way(compiled: Compiled, values: Values) -> tuple[str, bytes, bytes]:
    """What the plates cannot print; it finds the words for what is wrong, too."""
    rendered = render(compiled, values)
    return rendered.subject, encode_part(rendered.text), encode_part(rendered.html)


def _refuse_odd_lines(top: bytes) -> None:
    """The parts cannot hold any; for the headers, which come from many places, it is seen once more."""
    if not top.count(b"\n") == top.count(b"\r") == top.count(b"\r\n") or b"\n." in top or b"\0" in top:
        raise Unsendable("A header of this message has a line that does not end as it should.")

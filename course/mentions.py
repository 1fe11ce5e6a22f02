"""Whether a mail names an address: as it stands there, and in whatever a mail program would make readable.

Nothing is parsed: a mail that somebody made to hurt a parser hides no address by that, and hurts nobody here.
"""

import re
from base64 import b64decode
from binascii import a2b_qp
from collections.abc import Iterator

# How an "@" is written in return paths, links, HTML and UTF-7.
_AT = ("@", "=", "=40", "%40", "&#64;", "+aea-")
# Lines of base64, or a word in a header. What is no more than a long word does no harm.
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{8,}(?:[ \t]*\r?\n[A-Za-z0-9+/]+)*")
_BREAKS = re.compile(rb"[ \t\r\n]+")
_DEEPEST = 2  # base64 in base64


def mentions(text: bytes, email: str) -> bool:
    """Whether this text names this address, in whatever capitals."""
    local, _, domain = email.lower().rpartition("@")
    spellings = [f"{local}{at}{domain}".encode() for at in _AT]
    return any(each in form for form in _readings(text, _DEEPEST) for each in spellings)


def _readings(text: bytes, deep: int) -> Iterator[bytes]:
    """The text in every way that it may be read, in small letters."""
    yield text.replace(b"=\r\n", b"").replace(b"=\n", b"").lower()
    yield a2b_qp(text).lower()
    if b"\0" in text:
        yield text.replace(b"\0", b"").lower()  # UTF-16
    if deep:
        blocks = (_BREAKS.sub(b"", found[0]) for found in _BASE64.finditer(text))
        yield from _readings(b"\n\n".join(each for block in blocks for each in _decoded(block)), deep - 1)


def _decoded(letters: bytes) -> Iterator[bytes]:
    """What these letters stand for, wherever the first group of four begins: a word may stand before it."""
    for start in range(4):
        over = (len(letters) - start) % 4
        whole = letters[start : len(letters) - over]
        yield b64decode(whole + letters[len(letters) - over :] + b"=" * (4 - over) if over > 1 else whole)

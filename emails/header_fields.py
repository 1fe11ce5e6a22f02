"""Header fields as bytes: folded, 7-bit, and free of anything that another program would decode into a header.

Words outside ASCII become encoded-words (RFC 2047), split between characters and never inside one.
Whatever stands in a structured place (an address, an id, a URL) is checked and refused, not repaired.
"""

import base64
import re

import idna

from course.cleaning import one_line
from emails.errors import Unsendable
from emails.letter import Address

LINE = 76
WORD = 75
LONGEST_LINE = 998

_ATEXT = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]"
_DOT_ATOM = re.compile(rf"{_ATEXT}+(?:\.{_ATEXT}+)*")
_DOMAIN = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_BARE_PHRASE = re.compile(rf"{_ATEXT}+(?: {_ATEXT}+)*")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!#-;=?-\[\]^_a-z|~]+")
_VISIBLE = re.compile(r"[!-~]+(?: [!-~]+)*")
_Q_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")


def unstructured(field: str, text: str) -> bytes:
    """`Subject: …` and its kind: any text, cleaned, folded at spaces or as encoded-words."""
    text = one_line(text)
    room = LINE - len(field) - 2
    words = text.split(" ")
    if text.isascii() and len(words[0]) <= room and all(len(word) < WORD for word in words):
        return _folded(field, words)
    return _folded(field, _encoded_words(text, room))


def mailbox(field: str, address: Address) -> bytes:
    """`From: …` and its kind: one mailbox, its name quoted or encoded as needed."""
    name = one_line(address.name)
    bare = addr_spec(address.email)
    if not name:
        return _folded(field, [bare])
    if len(field) + len(name) + len(bare) <= LINE - 5 and _BARE_PHRASE.fullmatch(name):
        return f"{field}: {name} <{bare}>\r\n".encode("ascii")
    return _folded(field, [*_phrase(name, LINE - len(field) - 2), f"<{bare}>"])


def addr_spec(email: str) -> str:
    """The address with its domain as A-labels; raises Unsendable unless it is a plain one."""
    local, _, domain = email.rpartition("@")
    try:
        domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except idna.IDNAError as error:
        raise Unsendable(f"{email!r} has a domain that cannot be written in ASCII: {error}.") from error
    if not _DOT_ATOM.fullmatch(local) or not _DOMAIN.fullmatch(domain) or "=?" in local:
        raise Unsendable(f"{email!r} is no address that we can write to.")
    return f"{local}@{domain}"


def uri(url: str) -> str:
    """A URL as it may stand between angle brackets; raises Unsendable."""
    if not _URI.fullmatch(url) or "=?" in url:
        raise Unsendable(f"{url!r} cannot stand in a header.")
    return url


def msg_id(text: str) -> str:
    """`<token@domain>` with its brackets; raises Unsendable."""
    local, _, domain = text.removeprefix("<").removesuffix(">").rpartition("@")
    if not _DOT_ATOM.fullmatch(local) or not _DOMAIN.fullmatch(domain) or "=?" in local:
        raise Unsendable(f"{text!r} is no Message-ID.")
    return f"<{local}@{domain}>"


def list_id(text: str) -> str:
    """`<name.domain>` from the name with or without its brackets; raises Unsendable."""
    name = text.removeprefix("<").removesuffix(">")
    if not _DOMAIN.fullmatch(name):
        raise Unsendable(f"{text!r} is no List-Id.")
    return f"<{name}>"


def line(field: str, value: str) -> bytes:
    """A field that must not be folded; raises Unsendable unless it is visible ASCII that fits on a line."""
    if not _VISIBLE.fullmatch(value) or "=?" in value or len(field) + 2 + len(value) > LONGEST_LINE:
        raise Unsendable(f"{value!r} cannot stand on one line of the {field} header.")
    return f"{field}: {value}\r\n".encode("ascii")


def _phrase(name: str, room: int) -> list[str]:
    if name.isascii():
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        words = (name if _BARE_PHRASE.fullmatch(name) else f'"{quoted}"').split(" ")
        if len(words[0]) <= room and all(len(word) < WORD for word in words):
            return words
    return _encoded_words(name, room)


def _encoded_words(text: str, room: int) -> list[str]:
    """Encoded-words for `text`, the first one at most `room` long, the others at most 75 characters."""
    raw = text.encode("utf-8", "replace")
    # The shorter one, and the readable one when in doubt: filters dislike base64 that hides plain letters.
    encode = _q_word if len(_q(raw)) <= len(raw) * 4 / 3 + 8 else _b_word
    words: list[str] = []
    chunk = ""
    for character in text:
        longer = chunk + character
        if chunk and len(encode(longer)) > (WORD if words else room):
            words.append(encode(chunk))
            longer = character
        chunk = longer
    return [*words, encode(chunk)]


def _q_word(text: str) -> str:
    return f"=?utf-8?q?{_q(text.encode('utf-8', 'replace'))}?="


def _b_word(text: str) -> str:
    return f"=?utf-8?b?{base64.b64encode(text.encode('utf-8', 'replace')).decode()}?="


def _q(raw: bytes) -> str:
    return "".join(chr(byte) if byte in _Q_PLAIN else "_" if byte == 0x20 else f"={byte:02X}" for byte in raw)


def _folded(field: str, words: list[str]) -> bytes:
    """The field with its words on as few lines of at most 76 characters as they need."""
    lines = [f"{field}:"]
    for word in words:
        first = lines == [f"{field}:"]
        if first or len(lines[-1]) + 1 + len(word) <= LINE:
            lines[-1] += f" {word}"
        else:
            lines.append(f" {word}")
    if any(len(text) > LONGEST_LINE for text in lines):
        raise Unsendable(f"The {field} header is too long for a mail.")
    return "\r\n".join([*lines, ""]).encode("ascii")

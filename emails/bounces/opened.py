"""A mail taken apart without trust: whatever is broken in it, there is text, and there are headers.

The parser of the standard library does the work; where it gives up (nesting, nonsense) the mail is its plain text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from functools import cached_property

from emails.bounces.phrases import load

MOST_OCTETS = 1 << 20
MOST_PARTS = 200
DEEPEST = 12
_MAILS = frozenset({"message/rfc822", "message/global", "message/partial"})
# From here on a mail of text alone is the mail that came back: a line that says so, or its first header.
_RETURNED = re.compile(
    rf"^[ \t>]{{0,200}}(?:[-=_*]{{2,}})?[ \t]{{0,200}}(?:.{{0,60}}(?:{load('returned').pattern}).{{0,60}}"
    r"|(?:return-path|received|x-apparently-to)[ \t]{0,9}:.{0,900})[ \t]{0,200}$",
    re.IGNORECASE | re.MULTILINE,
)

# Where a style sheet or a program begins, or ends (then with the slash).
_UNSEEN = re.compile(r"<(?:style|script)\b|<(/)(?:style|script)>", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """One leaf of a mail: its type in lower case, its text, and how deep it lies in mails within the mail."""

    kind: str
    text: str
    inside: int


class Opened:
    """A mail whose pieces can be asked for without an exception."""

    def __init__(self, raw: bytes, message: Message | None = None) -> None:
        """`raw` beyond the first mebibyte is not looked at; `message` when it is parsed already."""
        # A line may not begin where an mbox or a gateway left "From " or blank lines before the headers.
        lines = raw[:MOST_OCTETS].replace(b"\0", b"").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        self.raw = re.sub(rb"\A(?:[ \t]*\n)+|\A>?From [^\n]*\n", b"", lines)
        self.message = message if message is not None else _parsed(self.raw)

    def header(self, name: str) -> str:
        """The first header of this name, decoded, on one line; empty when there is none."""
        return next(iter(self.headers(name)), "")

    def headers(self, name: str) -> list[str]:
        """Every header of this name, decoded, each on one line."""
        return [_one_line(str(value)) for key, value in self.message.items() if key.lower() == name.lower()]

    @property
    def kind(self) -> str:
        """The content type, in lower case."""
        return _kind(self.message)

    @cached_property
    def parts(self) -> list[Part]:
        """The leaves, in order; the headers of a mail within the mail come as a leaf `message/headers`."""
        return list(_leaves(self.message))

    @cached_property
    def flat(self) -> str:
        """All text of the body, in order."""
        return "\n".join(part.text for part in self.parts)

    @cached_property
    def words(self) -> str:
        """What the sender of this mail says in it: its own text, up to where the returned mail begins."""
        own = [part for part in self.parts if part.inside == 0 and part.kind in {"text/plain", "text/html", "text"}]
        chosen = [part for part in own if part.kind != "text/html" and part.text.strip()] or own
        text = "\n".join(_without_tags(part.text) if part.kind == "text/html" else part.text for part in chosen[:6])
        text = text[:300_000]
        found = _RETURNED.search(text, 1)
        return text[: found.start()] if found and text[: found.start()].strip() else text

    def first(self, *kinds: str) -> Part | None:
        """The first leaf of one of these types."""
        return next((part for part in self.parts if part.kind in kinds), None)

    def mails_inside(self) -> list[Message]:
        """Mails that this one carries whole."""
        found = []
        for part in _walk(self.message):
            if _kind(part) == "message/rfc822" and part is not self.message:
                payload = part.get_payload()
                found += [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []
        return found[:3]


def _parsed(raw: bytes) -> Message:
    try:
        return message_from_bytes(raw)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError, IndexError, KeyError):
        head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
        bare = Message()
        for line in re.sub(rb"\n[ \t]+", b" ", head).split(b"\n"):
            name, colon, value = line.partition(b":")
            if colon and re.fullmatch(rb"[!-9;-~]{1,80}", name) and not name.lower().startswith(b"content-"):
                bare[name.decode("ascii")] = value.decode("latin-1").strip()
        bare.set_payload(body.decode("latin-1"))
        return bare


def _walk(message: Message) -> Iterator[Message]:
    waiting = [(message, 0)]
    for _ in range(MOST_PARTS):
        if not waiting:
            return
        part, depth = waiting.pop(0)
        yield part
        payload = part.get_payload()
        if isinstance(payload, list) and depth < DEEPEST:
            waiting[:0] = [(each, depth + 1) for each in payload if isinstance(each, Message)]


def _leaves(message: Message) -> Iterator[Part]:
    waiting: list[tuple[Message, int]] = [(message, 0)]
    for _ in range(MOST_PARTS):
        if not waiting:
            return
        part, inside = waiting.pop(0)
        kind, payload = _kind(part), part.get_payload()
        if kind in _MAILS and isinstance(payload, list):
            yield from (Part("message/headers", _head(each), inside + 1) for each in payload[:1])
            waiting[:0] = [(each, inside + 1) for each in payload[:1] if isinstance(each, Message) and inside < DEEPEST]
        elif kind in _MAILS or kind.endswith("headers"):
            yield Part("message/headers", _blocks(part), inside + 1)
        elif kind.startswith("message/"):
            yield Part(kind.replace("/global-", "/"), _blocks(part), inside)
        elif isinstance(payload, list):
            waiting[:0] = [(each, inside) for each in payload if isinstance(each, Message)]
        else:
            returned = int(part is not message and part["received"] is not None)
            if returned:
                yield Part("message/headers", _head(part), inside + 1)  # the returned mail, without a type of its own
            yield Part(kind, _text(part), inside + returned)


def _blocks(part: Message) -> str:
    """The fields of a delivery status as text, however it was encoded."""
    payload = part.get_payload()
    if not isinstance(payload, list):
        return _text(part)
    if str(part.get("content-transfer-encoding", "")).strip().lower() in {"base64", "quoted-printable"}:
        bare = Message()
        bare["Content-Transfer-Encoding"] = str(part["content-transfer-encoding"])
        bare.set_payload("\n\n".join(_head(each) + _rest(each).strip() for each in payload))
        return _text(bare)
    # Where lines that are no fields end a block early, they are its body: nothing may be lost.
    return "\n\n".join(_head(each) + _rest(each) for each in payload)


def _rest(block: object) -> str:
    payload = block.get_payload() if isinstance(block, Message) else ""
    return "\n" + payload if isinstance(payload, str) else ""


def _head(message: object) -> str:
    if not isinstance(message, Message):
        return str(message)
    return "".join(f"{name}: {_one_line(str(value))}\n" for name, value in message.items())


def _text(part: Message) -> str:
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AssertionError, AttributeError):
        data = None
    if not isinstance(data, bytes):
        return str(part.get_payload() or "")
    try:
        charset = str(part.get_content_charset() or "utf-8")
        return data.decode(charset)
    except (LookupError, ValueError, TypeError):
        try:
            return data.decode("utf-8")
        except ValueError:
            return data.decode("latin-1")


def _kind(message: Message) -> str:
    try:
        return message.get_content_type().lower()
    except (ValueError, TypeError, AttributeError, IndexError, LookupError):
        return "text/plain"


def _one_line(value: str) -> str:
    """A header's value decoded; what cannot be is left as it stands."""
    value = re.sub(r"\s+", " ", value.encode("utf-8", "replace").decode("utf-8", "replace")).strip()
    if "=?" not in value or len(value) > 2000:
        return value
    try:
        pieces = decode_header(value)
        decoded = "".join(p.decode(c or "latin-1", "replace") if isinstance(p, bytes) else p for p, c in pieces)
    except (ValueError, LookupError, TypeError, IndexError, AssertionError, MessageError):
        return value
    return re.sub(r"\s+", " ", decoded).strip()


def _without_unseen(html: str) -> str:
    kept: list[str] = []
    begin, opened = 0, -1
    for found in _UNSEEN.finditer(html):
        if opened < 0 and not found[1]:
            opened = found.start()
        elif opened >= 0 and found[1]:
            kept.append(html[begin:opened])
            begin, opened = found.end(), -1
    return " ".join([*kept, html[begin:]])


def _without_tags(html: str) -> str:
    text = _without_unseen(html[:300_000])
    text = re.sub(r"<(?:br|p|div|tr|li|hr|h\d)\b[^<>]{0,2000}>", "\n", text, flags=re.I)
    text = re.sub(r"<(?!(?:mailto:)?[^<>\s@]{1,100}@)[^<>]{0,2000}>", " ", text)
    for entity, sign in (
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&nbsp;", " "),
        ("&quot;", '"'),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ):
        text = text.replace(entity, sign)
    return text

"""Reading the mailbox. Whatever lies in it is shown somehow: a mail that breaks every rule is the one to look at."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path

from course.errors import NotFound
from web.mailbox.trace import Trace, read


@dataclass(frozen=True)
class Caught:
    """One caught message. `sender` and `recipients` are the envelope's.

    `date` is the message's own, None if unreadable; `headers` are decoded, in their order; `raw` is the message as it
    came over the wire.
    """

    id: str
    received_at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    date: datetime | None
    message_id: str
    html: str
    text: str
    headers: tuple[tuple[str, str], ...]
    raw: bytes


class Box:
    """The messages of one Maildir, which need not exist yet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parsed: dict[str, Caught] = {}

    def messages(self) -> list[Caught]:
        """All messages in the order of their arrival."""
        return [self._parse(name, path) for name, path in sorted(self._files())]

    def message(self, message_id: str) -> Caught:
        """The message with this id (`Caught.id`); raise NotFound."""
        for name, path in self._files():
            if name == message_id:
                return self._parse(name, path)
        raise NotFound("There is no such message in the mailbox.")

    def _files(self) -> Iterator[tuple[str, Path]]:
        for folder in ("new", "cur"):
            for path in self._path.glob(f"{folder}/*"):
                # What follows the colon are a mail reader's flags, which change.
                yield path.name.partition(":")[0], path

    def _parse(self, name: str, path: Path) -> Caught:
        if name not in self._parsed:
            self._parsed[name] = _caught(name, path)
        return self._parsed[name]


def _caught(name: str, path: Path) -> Caught:
    trace, raw = read(path.read_bytes())
    message = message_from_bytes(raw)
    headers = tuple((_printable(field), _decoded(str(value))) for field, value in message.items())
    trace = trace or _guessed(path, message)
    first = {field.casefold(): value for field, value in reversed(headers)}
    return Caught(
        id=name,
        received_at=trace.received_at,
        sender=trace.sender,
        recipients=trace.recipients,
        subject=first.get("subject", ""),
        date=_date(first.get("date", "")),
        message_id=first.get("message-id", ""),
        html=_part(message, "text/html"),
        text=_part(message, "text/plain"),
        headers=headers,
        raw=raw,
    )


def _guessed(path: Path, message: Message) -> Trace:
    """For a message that another program filed: its headers, and when the file was written."""
    recipients = tuple(address for _name, address in getaddresses([str(message.get("To", ""))]) if address)
    senders = [address for _name, address in getaddresses([str(message.get("From", ""))])]
    return Trace(senders[0] if senders else "", recipients, datetime.fromtimestamp(path.stat().st_mtime, UTC))


def _decoded(value: str) -> str:
    unfolded = re.sub(r"\r?\n(?=[ \t])", "", value)
    try:
        return _printable(str(make_header(decode_header(unfolded))))
    except (ValueError, LookupError):
        return _printable(unfolded)


def _printable(value: str) -> str:
    """Without the lone surrogates that stand for undecodable bytes and fit into no page."""
    return value.encode("utf-8", "replace").decode()


def _date(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value)
    except ValueError:
        return None


def _part(message: Message, content_type: str) -> str:
    for part in message.walk():
        if part.get_content_type() == content_type and part.get_content_disposition() != "attachment":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                return _text(payload, part.get_content_charset("utf-8"))
    return ""


def _text(payload: bytes, charset: str) -> str:
    try:
        return payload.decode(charset, "replace")
    except (LookupError, ValueError):
        return payload.decode("utf-8", "replace")

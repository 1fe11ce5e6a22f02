"""What a mail server said, and what follows from it for the mail at hand."""

import re
from dataclasses import dataclass
from typing import Literal

from course.cleaning import one_line
from emails.errors import LostAfterDot, PolicyRefused, Refused, RelayTrouble, TransportError, TryLater

Phase = Literal["MAIL", "RCPT", "DATA", "dot"]

TEXT_LIMIT = 1000  # characters that we keep of what a server says
REPLY_LIMIT = 64_000  # bytes of one reply; who says more is no mail server

_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)")

# Signing in is wanting, or the conversation has lost its thread: no recipient can help that.
_SESSION_CODES = frozenset({421, 503, 530, 534, 535, 538})


@dataclass(frozen=True)
class Reply:
    """One reply: its number, its enhanced status (RFC 3463) if it has one, its lines as one text."""

    code: int
    status: str | None
    text: str

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.code), self.status, self.text) if part)


def take_reply(heard: bytearray) -> tuple[int, bytes] | None:
    """Take one whole reply off what was heard: its number, and its lines without theirs. None while it is not whole.

    Raises ValueError for what no mail server says.
    """
    lines: list[bytes] = []
    start = 0
    while (end := heard.find(b"\n", start)) >= 0:
        line, start = bytes(heard[start:end]), end + 1
        lines.append(line[4:].strip())
        if line[3:4] != b"-":
            del heard[:start]
            return _number(line), b"\n".join(lines)
    if len(heard) > REPLY_LIMIT:
        raise ValueError("the server's answer has no end")
    return None


def _number(line: bytes) -> int:
    if not line[:3].isdigit():
        raise ValueError("this is no mail server's answer")
    return int(line[:3])


def parse_reply(code: int, text: bytes | str) -> Reply:
    """A reply from its lines without their numbers; the enhanced status, said on each line, is kept once."""
    lines = (text.decode("utf-8", "replace") if isinstance(text, bytes) else text).split("\n")
    found = _STATUS.match(lines[0])
    status = found[1] if found and found[1][0] == str(code)[0] else None
    texts = [line.removeprefix(status or "").strip() for line in lines]
    return Reply(code, status, one_line(" ".join(texts))[:TEXT_LIMIT])


def failure(answer: Reply, phase: Phase) -> TransportError:
    """The error that an answer other than the hoped-for one means.

    421; 503, 530 and such before the dot   RelayTrouble
    4xx                                     TryLater
    5.7.x in any phase, 5xx to MAIL         PolicyRefused: it is the sender who is refused
    5xx otherwise, and 552 (too large)      Refused
    anything else                           RelayTrouble: that is no mail server
    """
    return _kind(answer, phase)(str(answer), answer.code, answer.status)


def lost(phase: Phase, words: str) -> TransportError:
    """What silence means: only after the dot may the message have been accepted."""
    if phase == "dot":
        return LostAfterDot(f"The whole message was handed over and no answer came: {words}")
    # Before RCPT nothing about this mail can be the cause; later it can, so it alone waits.
    return (RelayTrouble if phase == "MAIL" else TryLater)(f"No answer before the end of the message: {words}")


def _kind(answer: Reply, phase: Phase) -> type[TransportError]:
    if answer.code == 421 or (answer.code in _SESSION_CODES and phase != "dot"):
        return RelayTrouble
    if 400 <= answer.code < 500:
        return TryLater
    if not 500 <= answer.code < 600:
        return RelayTrouble
    ours = (answer.status or "").startswith("5.7.") or (phase == "MAIL" and answer.code != 552)
    return PolicyRefused if ours else Refused

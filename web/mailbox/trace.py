"""The lines that the catcher writes above a message, as mail servers do: who sent it to whom, and when it came.

Return-Path: <sender>
Delivered-To: <recipient>          once for each
Received: by mailbox; <date>       the last of ours; the message itself follows, byte for byte
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

_LINES = re.compile(
    rb"Return-Path: <(?P<sender>[^\r\n]*)>\r\n"
    rb"(?P<recipients>(?:Delivered-To: <[^\r\n]*>\r\n)*)"
    rb"Received: by mailbox; (?P<instant>[^\r\n]*)\r\n"
)


@dataclass(frozen=True)
class Trace:
    """The envelope of a caught message; `received_at` is aware UTC, in the course's time."""

    sender: str
    recipients: tuple[str, ...]
    received_at: datetime


def write(trace: Trace) -> bytes:
    """The lines for a message."""
    lines = [f"Return-Path: <{trace.sender}>"]
    lines += [f"Delivered-To: <{recipient}>" for recipient in trace.recipients]
    lines += [f"Received: by mailbox; {trace.received_at.astimezone(UTC).isoformat()}"]
    return "".join(line + "\r\n" for line in lines).encode("utf-8", "surrogateescape")


def read(data: bytes) -> tuple[Trace | None, bytes]:
    """Split a file into its trace and the message; no trace when the file was put there by somebody else."""
    found = _LINES.match(data)
    if found is None:
        return None, data
    recipients = re.findall(r"<(.*)>", found["recipients"].decode("utf-8", "replace"))
    try:
        received_at = datetime.fromisoformat(found["instant"].decode("utf-8", "replace"))
    except ValueError:
        return None, data
    trace = Trace(found["sender"].decode("utf-8", "replace"), tuple(recipients), received_at)
    return trace, data[found.end() :]

"""Which mail of ours a report is about: the return path that it came to, or the Message-ID that it quotes."""

import re
from collections.abc import Iterable

from emails.bounces.opened import Opened

# `b+<token>@<bounce domain>`; the token is the Message-ID's local part.
OUR_PATH = re.compile(r"(?<![\w.+-])b\+([0-9a-f]{32})@([\w-]{1,63}(?:\.[\w-]{1,63}){0,9})", re.IGNORECASE)
_OURS = re.compile(r"[0-9a-f]{32}@[\w.-]+$", re.IGNORECASE)
_QUOTED = re.compile(
    r"(?:^|\n)[ \t>|*#]{0,20}(?:(?:x-)?(?:original-|resent-)?message-?\s?id|in-reply-to|nachrichten-id)"
    r"\s{0,5}[:=]\s{0,80}\n?\s{0,20}<?([^<>\s@]{1,250}@[^<>\s@;,]{1,250})>?",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"<([^<>\s@]{1,250}@[^<>\s@]{1,250})>")
_ENVELOPE = ("delivered-to", "x-original-to", "x-envelope-to", "envelope-to", "x-rcpt-to", "to", "x-failed-recipients")
_LEAVE = re.compile(r"\bunsubscribe\s+([A-Za-z0-9_.-]{10,512})\s*$", re.IGNORECASE)


def message_id(mail: Opened, recipients: Iterable[str] = ()) -> str | None:
    """The Message-ID of the mail that came back, as its header says it; None when nothing tells."""
    tops = [*recipients, *(value for name in _ENVELOPE for value in mail.headers(name))]
    for text in (*tops, mail.flat):
        ours = OUR_PATH.search(text)
        if ours:
            return f"<{ours[1].lower()}@{ours[2].lower()}>"
    quoted = [found[1].rstrip(".,;") for found in _QUOTED.finditer(mail.flat)]
    named = [each for name in ("in-reply-to", "references", "x-original-message-id") for each in _ids(mail, name)]
    own = _ids(mail, "message-id")
    found = [*quoted, *(each for each in named if each not in own)]
    chosen = next((each for each in found if _OURS.fullmatch(each)), next(iter(found), None))
    return f"<{chosen}>" if chosen else None


def leave_token(mail: Opened) -> str | None:
    """What a mail program writes for somebody who pressed its unsubscribe button (List-Unsubscribe's mailto)."""
    found = _LEAVE.search(mail.header("subject")[:700])
    return found[1] if found else None


def _ids(mail: Opened, name: str) -> list[str]:
    return [found for value in mail.headers(name) for found in _IN_BRACKETS.findall(value[:4000])]

"""The order in which a mail is asked what it is. Reports made for machines come first, words for people last.

complaint ─► read receipt ─► delivery status ─► unsubscribe ─► automatic reply ─► bounce in words ─► a mail inside
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from email.message import Message

from emails.bounces.addresses import first_address
from emails.bounces.opened import Opened
from emails.bounces.phrases import load
from emails.bounces.plain import comes_from_a_machine, guessed_bounce, looks_like_a_bounce, plain_bounce
from emails.bounces.reports import complaint, delivery_report, receipt
from emails.bounces.traces import leave_token, message_id
from emails.bounces.verdict import Verdict

DEEPEST = 3
WORDS_KEPT = 500  # characters

_AUTO = load("automatic")


def judge(raw: bytes, recipients: Iterable[str] = ()) -> Verdict:
    """What this mail says. `recipients` are the envelope's, where whoever took the mail knows them."""
    mail = Opened(raw)
    verdict = _kind(mail, mail.message, 0)
    found = message_id(mail, tuple(recipients)) if verdict.message_id is None else verdict.message_id
    words = re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in verdict.diagnostic)).strip()
    return replace(
        verdict,
        address=_printable(verdict.address),
        status=_printable(verdict.status),
        message_id=_printable(found),
        diagnostic=words[:WORDS_KEPT],
        leave_token=_printable(verdict.leave_token),
    )


def _printable(text: str | None) -> str | None:
    """Without what no database takes (half of a surrogate pair, NUL), nor anything else that nobody can see."""
    return "".join(filter(str.isprintable, text or "")) or None


def _kind(mail: Opened, message: Message, depth: int) -> Verdict:
    for ask in (complaint, receipt, delivery_report):
        said = ask(mail)
        if said is not None:
            return said
    token = leave_token(mail)
    if token:
        return Verdict("other", first_address(mail.header("from")), leave_token=token)
    if _automatic(mail):
        return Verdict("auto-reply", first_address(mail.header("from")))
    return plain_bounce(mail) or _inside(mail, depth) or _guessed(mail, message) or _nothing(mail)


def _automatic(mail: Opened) -> bool:
    """Whether a program answers for a person. A bounce may carry the same headers: it is no answer of a person."""
    answered = mail.header("auto-submitted").lower().startswith(("auto-replied", "auto-notified"))
    marked = any(
        mail.header(name) for name in ("x-autoreply", "x-autorespond", "x-auto-reply", "x-autoresponse", "x-vacation")
    )
    precedence = mail.header("precedence").lower() in {"auto_reply", "auto-reply"}
    if _AUTO.search(mail.header("subject")):
        return True
    return (answered or marked or precedence) and not comes_from_a_machine(mail)


def _inside(mail: Opened, depth: int) -> Verdict | None:
    """A report that somebody forwarded as an attachment: about the mail that it names itself, or about none ("")."""
    if depth >= DEEPEST:
        return None
    for message in mail.mails_inside():
        inner = Opened(b"", message)
        said = _kind(inner, message, depth + 1)
        if said.kind in {"bounce", "complaint"}:
            return said if said.message_id is not None else replace(said, message_id=message_id(inner) or "")
    return None


def _guessed(mail: Opened, message: Message) -> Verdict | None:
    return guessed_bounce(message, mail)


def _nothing(mail: Opened) -> Verdict:
    bulk = mail.header("auto-submitted").lower().startswith("auto-") and not looks_like_a_bounce(mail)
    return Verdict("auto-reply" if bulk else "other", first_address(mail.header("from")))

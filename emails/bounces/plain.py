"""Bounces written for people: Exim, qmail, Postfix in text, Exchange, Domino, GroupWise, Yahoo, and whoever else.

None of them has to be known by name. A bounce comes from a daemon or says so in its subject, and somewhere before
the returned mail it names an address and what is wrong with it.
"""

import logging
import re
from email.iterators import body_line_iterator
from email.message import Message
from itertools import islice

from flufl.bounce import all_failures

from emails.bounces.addresses import all_addresses, first_address, is_daemon
from emails.bounces.opened import Opened
from emails.bounces.phrases import load
from emails.bounces.statuses import settle
from emails.bounces.verdict import Verdict
from emails.bounces.words import meaning

MOST_LINES = 50_000  # that its detectors are given: each looks at every line in many ways

# Its detectors log what they stumble over, addresses and all.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)

_FROM, _SUBJECT, _SAYS_SO = load("machine"), load("subject"), load("says_so")
_STILL_TRYING, _FINAL, _LIST_BEGINS = load("still_trying"), load("final"), load("list_begins")
# What no person's mail program writes at the top of a mail.
_REPORTS = frozenset({"multipart/report", "message/delivery-status"})
_PASSED_ON = re.compile(r"\s*(?:re|aw|sv|antw|odp|fwd?|wg|tr|rv|vs|enc|i)\s*(?:\[\d+\])?:", re.IGNORECASE)
_CODE = re.compile(r"\b[45]\d\d\b|\b[45]\.\d{1,2}\.\d{1,3}\b")
_NAMED = (
    re.compile(r"^\s{0,8}<([^<>\s]{1,100}@[^<>\s]{1,200})>\s{0,3}[:.,(]?", re.MULTILINE),
    re.compile(
        r"(?:recipient|address|user|rcpt|destination|mailbox|account|smtp|to|for)\s{0,2}[:=]\s{0,3}<?(?:rfc822;|smtp:)?\s?([^<>\s\[\]\"']{1,100}@[^<>\s\[\]\"',;]{1,200})",
        re.IGNORECASE,
    ),
    re.compile(
        r"^\s{0,8}(?:[*>-]\s?)?[\"'(\[]?([^<>\s\"'(\[]{1,100}@[^<>\s:;,\"')\]]{1,200}+)[\"')\]]?\s{0,3}(?:[:.;,]|-\s|on\s|$|\(|\s{2})",
        re.MULTILINE,
    ),
    re.compile(r"<(?:mailto:)?([^<>\s]{1,100}@[^<>\s]{1,200})>"),
)


def comes_from_a_machine(mail: Opened) -> bool:
    """Whether the sender is a program that hands mail on, and no person."""
    # The null sender alone tells nothing: automatic replies come from it as well (RFC 3834).
    sender = mail.header("from") or mail.header("return-path")
    return bool(_FROM.search(sender) or mail.header("x-failed-recipients"))


def may_report(mail: Opened) -> bool:
    """Whether a delivery status in this mail is its own, and not one that somebody shows us."""
    return mail.kind in _REPORTS or comes_from_a_machine(mail)


def looks_like_a_bounce(mail: Opened) -> bool:
    """Whether the sender is a machine, or the subject says that something came back."""
    subject = mail.header("subject")
    return comes_from_a_machine(mail) or bool(_SUBJECT.search(subject) and not _PASSED_ON.match(subject))


def plain_bounce(mail: Opened) -> Verdict | None:
    """The verdict on a bounce in words; None when this is none, or names nobody."""
    words = mail.words[:40_000]
    told = _SAYS_SO.search(words) or _STILL_TRYING.search(words) or mail.header("x-failed-recipients")
    if not looks_like_a_bounce(mail) or not told:
        return None
    address = _named(mail, words)
    near = _around(words, address)
    if _STILL_TRYING.search(words) and not _FINAL.search(near[-1]):
        return Verdict("delivery notice", address, None, None, near[0])
    status = _status(*near, words)
    if address is None and status is None:
        return None
    return Verdict("bounce", address, status, None, near[-1])


def _status(*texts: str) -> str | None:
    """What the words closest to the address say, and only if they say nothing, those farther away."""
    return next(filter(None, (settle("", text) for text in texts if meaning(text) or _CODE.search(text))), None)


def guessed_bounce(message: Message, mail: Opened) -> Verdict | None:
    """What Mailman's detectors see, when nothing of ours does; what a person shows us is hidden from them."""
    if mail.first("message/delivery-status") and not may_report(mail):
        return None
    try:
        if next(islice(body_line_iterator(message), MOST_LINES, None), None) is not None:
            return None
        temporary, permanent = all_failures(message)
    except Exception:  # whatever a detector stumbles over: it is the last resort and must not be the last word
        return None
    found = sorted(each.decode("utf-8", "replace") for each in permanent or temporary)
    if not found:
        return None
    words = mail.words[:40_000]
    near = _around(words, found[0])
    if not permanent:
        return Verdict("delivery notice", found[0], None, None, near[0])
    return Verdict("bounce", found[0], _status(*near, words), None, near[-1])


def _named(mail: Opened, words: str) -> str | None:
    """Whom it is about: the header made for it, the line made for it, or the first address that is nobody of ours."""
    failed = first_address(mail.header("x-failed-recipients"))
    if failed:
        return failed
    ours = {
        each.lower()
        for name in ("to", "from", "sender", "return-path", "reply-to", "delivered-to")
        for each in all_addresses(mail.header(name))
    }
    begins = _LIST_BEGINS.search(words)
    for text in (words[begins.start() :] if begins else "", words):
        for pattern in _NAMED:
            for found in pattern.finditer(text):
                address = first_address(found[1])
                if address and address.lower() not in ours and not is_daemon(address):
                    return address
    return next((each for each in all_addresses(words) if each.lower() not in ours and not is_daemon(each)), None)


def _around(words: str, address: str | None) -> tuple[str, str]:
    """The lines at an address, close and wide: what is said of it stands beside it, mostly after it."""
    at = words.find(address) if address else -1
    if at < 0:
        return _one_line(words[:600]), _one_line(words[:1500])
    begin = max(words.rfind("\n", 0, at), 0)
    end = re.compile(r"\n[ \t]*\n|\n[ \t]*<[^<>\s]+@").search(words, at + len(address or "") + 2)
    close = words[begin : min(end.start() if end else len(words), at + 600)]
    return _one_line(close), _one_line(words[max(words.rfind("\n\n", 0, at), at - 400, 0) : at + 1200])


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()

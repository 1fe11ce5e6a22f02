"""Which status counts: the server's own code first, its words where the code is missing, generic or contradicted."""

import re

from course.statuses import HARD, is_hard
from emails.bounces.words import blames_us, knows_nobody, meaning, names_nobody

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,2})\.(\d{1,3})(?![\d.]\d|\.?\d)")
_REPLY = re.compile(r"(?<![\d.\w-])([45]\d\d)(?=[ \-#:]|$)(?!\s*(?:ms|kb|bytes|octets|seconds))", re.IGNORECASE)
# Codes that name their class and nothing else, and those that servers give for any refusal of a recipient.
_GENERIC = re.compile(r"(?:[45]\.(?:0\.\d+|1\.0|2\.0|3\.0|4\.0|5\.0|9\.\d+)|5\.4\.1)$")
# What Microsoft says of addresses that are in no directory.
_NOT_IN_DIRECTORY = re.compile(r"5\.4\.1 .{0,200}recipient address rejected: access denied", re.IGNORECASE)
# Policy, and what we said wrongly: about the sender, unless the words leave no doubt.
_OURS = ("5.7.", "5.5.2", "5.5.4")
# Microsoft's: `5.1.351`, `5.4.310` (the domain does not exist), `5.1.10` (nobody of this name).
_DIALECTS = {"5.4.310": "5.1.2", "5.1.351": "5.1.1", "5.1.110": "5.1.1"}


def settle(said: str, words: str, around: str = "") -> str | None:
    """The status that counts, from a Status field (possibly empty) and the words beside it; None: nothing known.

    `around` is the text of the whole report: it is asked where nothing else says anything, and contradicts nothing.
    """
    found = _ENHANCED.search(said)
    own = ".".join(str(int(part)) for part in found.groups()) if found else None
    own = _DIALECTS.get(own or "", own)
    if own in {None, "5.4.1"} and _NOT_IN_DIRECTORY.search(words):
        return "5.1.1"
    if own is None or _GENERIC.match(own):
        # A relay that says 5.0.0 quotes the server behind it, and that one often said more.
        own = _specific(words) or _by_words(own, words) or own
        own = (_specific(around) or _by_words(own, around)) if own is None or _GENERIC.match(own) else own
    return _weighed(own, words)


def _specific(words: str) -> str | None:
    for found in _ENHANCED.finditer(words):
        status = ".".join(str(int(part)) for part in found.groups())
        status = _DIALECTS.get(status, status)
        if not _GENERIC.match(status) and not status.startswith("2"):
            return status
    return None


def _by_words(own: str | None, words: str) -> str | None:
    number = _REPLY.search(words)
    kind = number[1][0] if number else own[0] if own else "5"
    return meaning(words, permanent=kind == "5") or (own if own else f"{kind}.0.0" if number else None)


def _weighed(status: str | None, words: str) -> str | None:
    """A code against its own words: "5.3.0 user unknown" is about the reader, "5.1.1 blocked for spam" is not."""
    if status is None or not words:
        return status
    nobody, ours = names_nobody(words), blames_us(words)
    if is_hard(status) and ours and not (nobody and status != "5.2.1"):
        return "5.7.1"
    if status.startswith(_OURS):
        return "5.1.1" if knows_nobody(words) and not ours else status
    if status.startswith(("5.3.", "5.5.", "5.4.1", "5.1.0", "5.2.0")) and nobody and not ours:
        meant = meaning(words)
        return meant if meant in HARD else status
    if is_hard(status) and meaning(words) in {"5.2.2", "5.2.3"}:
        return meaning(words)
    return status

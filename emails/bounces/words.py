"""What servers say in words, and the status that they mean by it.

Addresses, links and host names are taken out before, so that `spam@…` is nobody's opinion.
"""

import re

from emails.bounces.phrases import load

FULL, TOO_LARGE, POLICY = load("full"), load("too_large"), load("policy")
NO_DOMAIN, DISABLED, UNKNOWN, LATER = load("no_domain"), load("disabled"), load("unknown"), load("later")
REFUSED, SENDER, NOBODY = load("refused"), load("sender"), load("nobody")

_NOISE = re.compile(
    r"(?:https?://|www\.)\S+|[\w.+=&'/%-]{0,100}@[\w-]{1,63}(?:\.[\w-]{1,63}){0,9}|\[[\d.:a-f]+\]|\b\d{1,3}(?:\.\d{1,3}){3}\b"
    r"|\b(?:[\w-]{1,63}\.){2,}[a-z]{2,}\b|\b[\w-]{1,63}\.(?:com|net|org|edu|gov|jp|de|ru|uk|fr|it|es|pl|nl|br|au|cn|in)\b",
    re.IGNORECASE,
)


def plain_words(text: str) -> str:
    """The words alone: addresses, links, host names and numbers of hosts taken out, on one line."""
    words = re.sub(r"[\s<>\"*_]+", " ", _NOISE.sub(" ", text)).strip()
    # Some say this of every address that is not theirs.
    return re.sub(r"unavailable or access denied", "unavailable", words, flags=re.IGNORECASE)


def meaning(text: str, *, permanent: bool = True) -> str | None:
    """The status that these words mean; None when they say nothing that we know.

    `permanent` is False where the server's number begins with 4: then nothing it says is the last word.
    """
    words = plain_words(text)
    if FULL.search(words):
        return "5.2.2" if permanent else "4.2.2"
    if TOO_LARGE.search(words):
        return "5.2.3" if permanent else "4.2.3"
    refused, unknown = POLICY.search(words) or SENDER.search(words), UNKNOWN.search(words)
    if not permanent:
        return "4.7.1" if refused else "4.2.0" if unknown or LATER.search(words) else None
    if refused:
        return "5.7.1"
    if NO_DOMAIN.search(words) and not LATER.search(words):
        return "5.1.2"
    if DISABLED.search(words):
        return "5.2.1"
    if unknown:
        return "5.1.1"
    if LATER.search(words):
        return "4.4.0"
    return "5.1.1" if REFUSED.search(words) else None


def names_nobody(text: str) -> bool:
    """Whether the words say in so many words that there is no such mailbox, and do not mean the sender's."""
    words = SENDER.sub(" ", plain_words(text))
    return bool(UNKNOWN.search(words) or DISABLED.search(words)) and not FULL.search(words)


def knows_nobody(text: str) -> bool:
    """Whether the words leave no doubt about it, whatever code stands beside them."""
    return bool(NOBODY.search(SENDER.sub(" ", plain_words(text))))


def blames_us(text: str) -> bool:
    """Whether the words are about us: reputation, filters, limits, permission, or our own address."""
    words = plain_words(text)
    return bool(POLICY.search(words) or SENDER.search(words))

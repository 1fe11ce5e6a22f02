"""The DKIM signatures of a message: whether they cover what they should. Whether they are true needs the DNS."""

import base64
import re
from collections.abc import Iterator
from email.utils import getaddresses
from hashlib import sha256

from course.errors import Problem
from emails.testing.wire import Field

_OVERSIGNED = ("from", "to", "subject", "date", "message-id", "list-unsubscribe")
_COVERED = ("list-unsubscribe-post", "list-id", "reply-to", "mime-version", "content-type", "feedback-id")
SHORTEST_RSA = 2048  # bits
_ALGORITHMS = ("rsa-sha256", "ed25519-sha256")


def dkim_problems(found: list[Field], data: bytes) -> Iterator[Problem]:
    """What is wrong with each signature by itself."""
    present = {field.name.lower() for field in found}
    sender = next((field.unfolded for field in found if field.name == "From"), "")
    for field in found:
        if field.name == "DKIM-Signature":
            tags = dict(_tag(part) for part in field.unfolded.split(";") if "=" in part)
            sentences = (*_coverage(tags, present), *_claims(tags, sender), *_hashes(tags, data))
            yield from (Problem(f"The DKIM signature {sentence}.", line=field.line) for sentence in sentences)


def _coverage(tags: dict[str, str], present: set[str]) -> Iterator[str]:
    signed = [name.strip().lower() for name in tags.get("h", "").split(":")]
    missing = [name for name in _OVERSIGNED if signed.count(name) < 1 + (name in present)]
    missing += [name for name in _COVERED if name in present and name not in signed]
    if missing:
        yield f"leaves out {', '.join(missing)}"
    if "l" in tags:
        yield "covers a part of the body only (l=)"


def _claims(tags: dict[str, str], sender: str) -> Iterator[str]:
    if tags.get("a") not in _ALGORITHMS:
        yield "is neither rsa-sha256 nor ed25519-sha256"
    domain = "@" + "".join(address for _, address in getaddresses([sender])).rpartition("@")[2].lower()
    if not tags.get("d") or not re.search(rf"[@.]{re.escape(tags['d'].lower())}\Z", domain):
        yield f"is by {tags.get('d') or 'no domain'}, which is not the domain of From"
    if tags.get("a") == "rsa-sha256" and len(tags.get("b", "")) * 3 // 4 < SHORTEST_RSA // 8:
        yield f"is by a key of fewer than {SHORTEST_RSA} bits"
    if not tags.get("s"):
        yield "names no selector (s=)"


def _hashes(tags: dict[str, str], data: bytes) -> Iterator[str]:
    if tags.get("c") != "relaxed/simple":
        yield "is not relaxed/simple (c=)"
        return
    body = data.partition(b"\r\n\r\n")[2].rstrip(b"\r\n") + b"\r\n"
    if tags.get("bh") != base64.b64encode(sha256(body).digest()).decode():
        yield "belongs to another body (bh=)"


def _tag(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return name.strip(), re.sub(r"\s", "", value)

"""The header fields of a message: exactly those we mean, and nothing that another program reads differently."""

import email
import re
from collections import Counter
from collections.abc import Iterator
from email import policy
from email.utils import getaddresses, parsedate_to_datetime

from course.cleaning import one_line
from course.errors import Problem
from emails.testing.reading import Reading
from emails.testing.wire import Field

REQUIRED = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted", "Content-Type")
ALLOWED = frozenset(
    {
        *REQUIRED,
        "Reply-To",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "List-Id",
        "Feedback-ID",
        "Precedence",
        "DKIM-Signature",
        "Content-Transfer-Encoding",
    }
)

_ENCODED_WORD = re.compile(r"=\?utf-8\?(?:q\?[!->@-~]+|b\?[A-Za-z0-9+/]+=*)\?=", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[^<>@\s]+@[A-Za-z0-9.-]+>")
_LONGEST_ENCODED_WORD = 75


def field_problems(reading: Reading) -> Iterator[Problem]:
    """Whether the fields are those that we mean, each once, and none holds what it must not."""
    yield from _set_problems(list(reading.fields), reading.data)
    for field in reading.fields:
        yield from _encoding_problems(field)


def _set_problems(found: list[Field], data: bytes) -> Iterator[Problem]:
    counts = Counter(field.name for field in found)
    for name in REQUIRED:
        if name not in counts:
            yield Problem(f"The {name} header is missing.")
    for field in found:
        if field.name not in ALLOWED:
            yield Problem(f"{field.name} is no header that we send.", line=field.line)
    for name, count in counts.items():
        if count > 1 and name != "DKIM-Signature":
            yield Problem(f"The {name} header stands there {count} times.")
    reread = email.message_from_bytes(data, policy=policy.default).keys()
    if Counter(reread) != counts:
        yield Problem("Another program finds other headers in this message than we do.")


def _encoding_problems(field: Field) -> Iterator[Problem]:
    """Encoded-words belong into the subject and before an address; nowhere else, and never half of one."""
    if "=?" not in field.value:
        return
    if field.name not in {"Subject", "From", "To"}:
        yield Problem(f"The {field.name} header holds `=?`.", hint="encode nothing there", line=field.line)
        return
    words = field.unfolded.split()
    for word in words:
        if "=?" in word and (not _ENCODED_WORD.fullmatch(word) or len(word) > _LONGEST_ENCODED_WORD):
            yield Problem(f"The {field.name} header holds a broken encoded-word: {word[:80]}", line=field.line)
    decoded = str(email.message_from_string(f"Subject: {field.unfolded}\n\n", policy=policy.default)["Subject"])
    if one_line(decoded) != decoded:
        yield Problem(
            f"Decoded, the {field.name} header holds line breaks, controls or reordering marks.",
            line=field.line,
        )


def people_problems(reading: Reading) -> Iterator[Problem]:
    """Whether one person writes to one person."""
    by_name = reading.by_name
    for name in ("From", "To", "Reply-To"):
        if name not in by_name:
            continue
        mailboxes = getaddresses([by_name[name].unfolded])
        if len(mailboxes) != 1:
            yield Problem(f"The {name} header names {len(mailboxes)} addresses; it should be one.")
            continue
        address = mailboxes[0][1]
        local, _, domain = address.rpartition("@")
        if not local or not domain or not address.isascii() or re.search(r"\s", address):
            yield Problem(f"The {name} header has no proper address.")


def id_problems(reading: Reading) -> Iterator[Problem]:
    """Subject, date and name of the message."""
    by_name = reading.by_name
    if "Message-ID" in by_name and not _MESSAGE_ID.fullmatch(by_name["Message-ID"].value.strip()):
        yield Problem("The Message-ID is not of the form <token@domain>, on one line.")
    if "Subject" in by_name and not by_name["Subject"].unfolded:
        yield Problem("The subject is empty.")
    if "Date" in by_name and not _is_date(by_name["Date"].unfolded):
        yield Problem("The Date header is no date with a time zone.")
    if "Auto-Submitted" in by_name and by_name["Auto-Submitted"].unfolded != "auto-generated":
        yield Problem("Auto-Submitted should say auto-generated.")


def _is_date(text: str) -> bool:
    try:
        return parsedate_to_datetime(text).tzinfo is not None
    except ValueError:
        return False

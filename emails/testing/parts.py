"""The two parts of a message: that they are what they claim, and that either is enough for a reader."""

import html
import re
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage

from course.errors import Problem
from emails.testing.listing import unsubscribe_url
from emails.testing.page import Page, page_problems, preheader_problems
from emails.testing.reading import KINDS, Reading, payload

KIB = 1024
REFUSE_ABOVE = 100 * KIB
WARN_ABOVE = 80 * KIB
COLUMNS = 78
SHARE_OF_WORDS = 0.85

_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[a-z]+|#\d+|#x[0-9a-f]+);", re.IGNORECASE)
_TEMPLATE = re.compile(r"\{\{|\}\}|\{%|%\}")
_WORD = re.compile(r"\w+")


def structure_problems(reading: Reading) -> Iterator[Problem]:
    """Whether there are two parts, in the order and the encoding in which every mail program reads them."""
    if not reading.parts:
        yield Problem("The message is not multipart/alternative of text/plain and text/html, in this order.")
    for part, kind in zip(reading.parts, KINDS, strict=False):
        yield from _encoding_problems(part, kind)


def _encoding_problems(part: EmailMessage, kind: str) -> Iterator[Problem]:
    if part.get_content_charset() != "utf-8":
        yield Problem(f"The {kind} part is not in utf-8.")
    if str(part["Content-Transfer-Encoding"]).lower() != "quoted-printable":
        yield Problem(f"The {kind} part is not quoted-printable.")
    if part.defects:
        yield Problem(f"The {kind} part is damaged: {type(part.defects[0]).__name__}.")
    raw = payload(part)
    if b"\xef\xbf\xbd" in raw or raw != raw.decode("utf-8", "replace").encode():
        yield Problem(f"The {kind} part holds characters that were lost on the way.")


def size_problems(reading: Reading) -> Iterator[Problem]:
    """Whether Gmail shows the whole of it."""
    size = len(reading.markup.encode())
    if size > REFUSE_ABOVE:
        yield Problem(f"The HTML has {size // KIB} KiB; above {REFUSE_ABOVE // KIB} Gmail cuts it off.")
    elif size > WARN_ABOVE:
        yield Problem(
            f"The HTML has {size // KIB} KiB; at {REFUSE_ABOVE // KIB} Gmail cuts it off.", severity="warning"
        )


def _remains(where: str, text: str) -> Iterator[Problem]:
    found = _TEMPLATE.search(text)
    if found:
        around = text[max(found.start() - 20, 0) : found.end() + 20].strip()
        yield Problem(f"The {where} part still holds a template tag: {around!r}.")


def html_problems(reading: Reading) -> Iterator[Problem]:
    """What a mail program or a reader would miss in the page, or distrust."""
    if reading.parts:
        yield from page_problems(reading.page, reading.subject)
        yield from _remains("HTML", html.unescape(reading.page.text))


def first_line_problems(reading: Reading) -> Iterator[Problem]:
    """Whether inboxes show something good behind the subject."""
    if reading.parts:
        yield from preheader_problems(reading.page, reading.subject)


def text_problems(reading: Reading) -> Iterator[Problem]:
    """Whether who reads the text part misses nothing."""
    if reading.parts:
        yield from _text_problems(reading.text, reading.page)


def _text_problems(text: str, page: Page) -> Iterator[Problem]:
    yield from _remains("text", text)
    if found := _TAG.search(text):
        yield Problem(f"The text part holds the HTML tag {found[0]}.")
    if found := _ENTITY.search(text):
        yield Problem(f"The text part holds the HTML entity {found[0]}.")
    for number, line in enumerate(text.splitlines(), start=1):
        # A URL may be as long as it is, alone on its line or after a mark.
        if len(line) > COLUMNS and max(map(len, line.split()), default=0) <= COLUMNS - 4:
            yield Problem(f"Line {number} of the text part has {len(line)} columns; {COLUMNS} is the limit.")
    for link in page.links:
        if link not in text:
            yield Problem(f"The text part lacks the link {link}.")
    share = _share_of_words(text, page)
    if share < SHARE_OF_WORDS:
        yield Problem(f"The text part has {share:.0%} of the HTML's words; {SHARE_OF_WORDS:.0%} is the least.")


def _share_of_words(text: str, page: Page) -> float:
    wanted = Counter(_WORD.findall(page.text.lower()))
    there = Counter(_WORD.findall(text.lower()))
    total = sum(wanted.values())
    return sum(min(count, there[word]) for word, count in wanted.items()) / total if total else 1.0


def way_out_problems(reading: Reading) -> Iterator[Problem]:
    """A mail with List-Unsubscribe shows a link to the same page in both of its parts."""
    url = unsubscribe_url(reading.by_name)
    if url is None or not reading.parts:
        return
    place = url.rpartition("/")[0] + "/"
    if place not in reading.text:
        yield Problem("The text part has no link for leaving.", hint=f"it begins with {place}")
    if not any(link.startswith(place) for link in reading.page.links):
        yield Problem("The HTML part has no link for leaving.", hint=f"it begins with {place}")

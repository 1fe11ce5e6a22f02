"""The values that travel through emails: what an author wrote, what was compiled, what is put on the wire.

All are frozen and hold plain values, so that they can be stored, compared and sent between processes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from course.errors import Problem

Format = Literal["md", "mjml"]


@dataclass(frozen=True)
class Source:
    """An author's text; subject, preview and body may hold `{{ }}` and `{% %}` tags.

    `first_line` is the line of the author's file on which the body begins (1-based); `media` gives the
    URL of every picture of the course by its path in the folder ("images/sea.png"). `asks` is the label of the
    button with which a reader says that the exercise is done; without one there is no button.
    """

    format: Format
    subject: str
    preview: str
    body: str
    language: str = "en"
    first_line: int = 1
    media: Mapping[str, str] = field(default_factory=dict)
    asks: str = ""
    alone: bool = False


@dataclass(frozen=True)
class Look:
    """The theme, the course's settings for it (colours, logo, fonts), and the course's title.

    `own_themes` is the folder of the house's own themes, which the compiler fills in; "" for none.
    """

    theme: str = "letter"
    settings: Mapping[str, str] = field(default_factory=dict)
    course_title: str = ""
    own_themes: str = ""


@dataclass(frozen=True)
class Compiled:
    """Templates in which only the reader's tags are left; `links` are the author's https links, in order.

    `warnings` are what only the finished letter shows: that it is nearly too heavy.
    """

    subject: str
    html: str
    text: str
    links: tuple[str, ...]
    compiler: str
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Rendered:
    """One reader's letter: no tags are left."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True)
class Address:
    """A mailbox: the name a person sees, possibly empty, and the bare address."""

    name: str
    email: str


@dataclass(frozen=True)
class Headers:
    """Everything outside the body: `date` is aware, `message_id` has its angle brackets, URLs have none."""

    sender: Address
    recipient: Address
    date: datetime
    message_id: str
    reply_to: str | None = None
    unsubscribe_url: str | None = None
    unsubscribe_mailto: str | None = None
    list_id: str | None = None
    feedback_id: str | None = None
    bulk: bool = False


@dataclass(frozen=True)
class Message:
    """RFC 5322 bytes in their envelope; `sender` is the return path, not the From address.

    `digest` is of what the message says, its signatures left out. `tidy` is its maker's word that every line ends with
    CRLF and none begins with a dot: nobody needs to look again.
    """

    sender: str
    recipient: str
    data: bytes
    digest: str = ""
    tidy: bool = False

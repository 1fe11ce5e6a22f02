"""A course as its author wrote it: frozen values, as read from a folder or kept beside an edition.

`source` always holds the whole file as text, with its byte order mark and its line ends, so that an
export can give the same bytes back. Everything else is what the text means.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Literal

from course.schedule import Rules, Wait

READER_RIGHTS = ("hour", "timezone", "pace", "pause", "next_now")

Format = Literal["md", "mjml"]
Status = Literal["draft", "published"]


@dataclass(frozen=True)
class Sender:
    """Whose name stands on the letters. An empty `email` means the house's own address (MAIL_FROM)."""

    name: str
    email: str = ""
    reply_to: str | None = None


@dataclass(frozen=True)
class Asks:
    """A sign of life: the label of the button, and after how many days the course goes on without it."""

    done: str
    fallback_days: int | None = None


@dataclass(frozen=True)
class Media:
    """One picture: its path in the folder ("images/x.png"), its bytes, its type ("image/png")."""

    path: str
    data: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True)
class LessonSource:
    """One lesson file. `body` has LF line ends; `body_line` is the 1-based line at which it begins."""

    key: str
    file_name: str
    format: Format
    source: str = field(repr=False)
    subject: str
    preview: str
    status: Status
    wait: Wait
    hour: time | None
    useless_after: date | None
    asks: Asks | None
    body: str = field(repr=False)
    body_line: int


@dataclass(frozen=True)
class CourseSource:
    """A course folder; `source` is the text of course.yaml, lessons stand in the order of their file names."""

    slug: str
    title: str
    summary: str
    language: str
    theme: str
    theme_settings: Mapping[str, str]
    ends: bool
    sender: Sender
    rules: Rules
    reader_may: frozenset[str]
    source: str = field(repr=False)
    lessons: tuple[LessonSource, ...] = ()
    media: tuple[Media, ...] = ()

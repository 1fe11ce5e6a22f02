"""A message as it is read: its header fields, its two parts, and the page that one of them is."""

import email
from collections.abc import Mapping
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from functools import cached_property
from typing import cast

from emails.testing.page import Page
from emails.testing.wire import Field, fields

KINDS = ("text/plain", "text/html")


@dataclass(frozen=True)
class Reading:
    """One message. Where it is not made of our two parts, `parts` is empty and so are text and page."""

    data: bytes
    fields: tuple[Field, ...]
    subject: str
    parts: tuple[EmailMessage, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        return {field.name: field for field in self.fields}

    @cached_property
    def text(self) -> str:
        return payload(self.parts[0]).decode("utf-8", "replace") if self.parts else ""

    @cached_property
    def markup(self) -> str:
        return payload(self.parts[1]).decode("utf-8", "replace") if self.parts else ""

    @cached_property
    def page(self) -> Page:
        return Page(self.markup)

    @property
    def is_bulk(self) -> bool:
        """Whether it is one of many, which a reader can leave: a lesson, and no confirmation."""
        return any(field.name.startswith("List-") for field in self.fields)


def read(data: bytes) -> Reading:
    """The message in `data`, whatever it is."""
    message = email.message_from_bytes(data, policy=policy.default)
    parts = tuple(cast("EmailMessage", part) for part in message.iter_parts())
    ours = message.get_content_type() == "multipart/alternative"
    ours = ours and tuple(part.get_content_type() for part in parts) == KINDS
    return Reading(data, tuple(fields(data)), str(message["Subject"] or ""), parts if ours else ())


def payload(part: EmailMessage) -> bytes:
    """What a part holds, decoded."""
    return cast("bytes", part.get_payload(decode=True) or b"")

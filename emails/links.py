"""The links in a letter: from the configured base URL, never from a request, and signed.

Links that ask for something open a page with a button: programs that look into mails follow every link.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from course.tokens import Purpose, Tokens


@dataclass(frozen=True)
class Links:
    """Makes the links of one installation; `base_url` has no slash at its end."""

    base_url: str
    tokens: Tokens

    def course(self, slug: str) -> str:
        """The course's public page."""
        return f"{self.base_url}/courses/{slug}"

    def media(self, digest: str) -> str:
        """An image."""
        return f"{self.base_url}/media/{digest}"

    def confirm(self, handle: str, expires: datetime | None) -> str:
        """Confirms a sign-up."""
        return f"{self.base_url}/confirm/{self.tokens.sign(Purpose.CONFIRM, handle, expires=expires)}"

    def leave(self, handle: str) -> str:
        """Leaves the course, now or in ten years."""
        return f"{self.base_url}/unsubscribe/{self.tokens.sign(Purpose.LEAVE, handle)}"

    def reader_page(self, handle: str) -> str:
        """The reader's own page."""
        return f"{self.base_url}/me/{self.tokens.sign(Purpose.ME, handle)}"

    def read_online(self, handle: str, lesson_key: str) -> str:
        """A lesson as a page."""
        return f"{self.base_url}/read/{self.tokens.sign(Purpose.READ, handle, lesson_key)}"

    @property
    def desk(self) -> str:
        """Where admins see what is stuck, and why."""
        return f"{self.base_url}/admin/outbox"

    def sign_in(self, token: str) -> str:
        """Signs an admin in, once."""
        return f"{self.base_url}/admin/sign-in/{token}"

    def for_reader(
        self, handle: str, lesson_key: str | None, expires: datetime | None, used: Collection[str] | None = None
    ) -> dict[str, str]:
        """Everything under `links` in a reader's letter, or those of them that are `used`: signing takes time."""
        page = self.reader_page(handle)
        links = {
            "reader_page": page,
            "sign_in": page,
            "next_now": f"{page}#next",
            "done": f"{page}#next",
            "slower": f"{page}#wishes",
            "faster": f"{page}#wishes",
            "pause": f"{page}#pause",
            "unsubscribe": self.leave(handle),
        }
        if used is None or "read_online" in used:
            links["read_online"] = self.read_online(handle, lesson_key) if lesson_key else page
        if used is None or "confirm" in used:
            links["confirm"] = self.confirm(handle, expires)
        return links

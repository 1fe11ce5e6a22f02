"""The verdict on one returned mail, and what would be done about it."""

from dataclasses import dataclass
from typing import Literal

from course.statuses import counts, is_hard

Kind = Literal["bounce", "complaint", "auto-reply", "delivery notice", "other"]
Action = Literal["suppress", "count", "unsubscribe", "none"]


@dataclass(frozen=True)
class Verdict:
    """What a mail to our return path says.

    `address` is whom it is about, `status` an RFC 3463 code: the server's own, or what its words mean where it gave
    none or contradicts itself. `message_id` is what that header of the mail says. `leave_token` came by a
    List-Unsubscribe mailto. `diagnostic` is the server's words on one line.
    """

    kind: Kind
    address: str | None = None
    status: str | None = None
    message_id: str | None = None
    diagnostic: str = ""
    leave_token: str | None = None

    @property
    def hard(self) -> bool:
        """Whether this address will never take a mail."""
        return self.kind == "bounce" and is_hard(self.status)

    @property
    def action(self) -> Action:
        """What follows, as far as this report alone can tell."""
        if self.leave_token:
            return "unsubscribe"
        if self.kind == "complaint" or self.hard:
            return "suppress"
        return "count" if self.kind == "bounce" and counts(self.status) else "none"

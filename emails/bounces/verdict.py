"""The verdict on one returned mail, and what would be done about it."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["bounce", "complaint", "auto-reply", "delivery notice", "other"]
Action = Literal["suppress", "count", "unsubscribe", "none"]

# No such mailbox, no such domain, not an address, moved, no mail for this domain; disabled; no route to the domain.
HARD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"})
# The message's form, and policy: what we sent or who we are, whatever the reader's mailbox is like.
OURS = ("5.6.", "5.7.", "4.6.", "4.7.")
# The sender's address, a message too large, a conversation gone wrong: no reader can help these either.
OURS_TOO = frozenset({"5.1.7", "5.1.8", "5.2.3", "5.3.4", "5.5.1", "5.5.2", "5.5.4", "5.1.90"})


@dataclass(frozen=True)
class Verdict:
    """What a mail to our return path says.

    `address` is whom it is about, `status` an RFC 3463 code: the server's own, or what its words mean where it gave
    none or contradicts itself. `message_id` is without angle brackets. `leave_token` came by List-Unsubscribe's
    mailto. `diagnostic` is the server's words on one line.
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


def is_hard(status: str | None) -> bool:
    """Whether one such answer is enough to stop mailing an address."""
    return status in HARD


def counts(status: str | None) -> bool:
    """Whether such an answer counts towards giving an address up: full, broken, unreachable, or unexplained."""
    return status is None or not (status.startswith(OURS) or status in OURS_TOO or status in HARD)

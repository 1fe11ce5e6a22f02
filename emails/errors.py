"""What can go wrong with a letter, and what the caller may do about it.

EmailsError                     raised on purpose; str() is a sentence for a person
├── Unpublishable               at publishing: show the problems, with their lines, to the author
├── Unrenderable                at sending: this lesson fails visibly, the others flow
├── Unsendable                  a value cannot stand in a message (a header, an address): this mail fails
└── TransportError              no acceptance; `.reply`, `.code`, `.status` hold the server's words
    ├── Refused                 5xx for this recipient: the mail failed, maybe suppress the address
    ├── PolicyRefused           5.7.x: our fault or the house's; never suppress, raise the alarm
    ├── TryLater                4xx for this recipient: plan again, later
    ├── RelayTrouble            connect, TLS, AUTH, DNS, 421: slow down the relay, not the reader
    └── LostAfterDot            the final dot left and no answer came: the mail is uncertain
"""

from course.errors import Problem


class EmailsError(Exception):
    """The root of everything that emails raise on purpose."""


class Unpublishable(EmailsError):
    """A source that must not be published; `problems` say where and why, errors before warnings."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class Unrenderable(EmailsError):
    """A compilation that cannot be personalised with the values at hand."""


class Unsendable(EmailsError):
    """A value that cannot stand in a message."""


class TransportError(EmailsError):
    """No acceptance. `reply` is the server's text or ours, `code` its number, `status` its enhanced code."""

    def __init__(self, reply: str, code: int | None = None, status: str | None = None) -> None:
        super().__init__(reply)
        self.reply = reply
        self.code = code
        self.status = status


class Refused(TransportError):
    """The server will never take this mail for this recipient."""


class PolicyRefused(TransportError):
    """The server refuses us, not the recipient: reputation, authentication, policy."""


class TryLater(TransportError):
    """The server cannot take this recipient's mail just now."""


class RelayTrouble(TransportError):
    """The relay cannot be used at all just now: nothing of the message was accepted."""


class LostAfterDot(TransportError):
    """The whole message was handed over and the answer never came: it may have been accepted."""

"""What happens to a mail on its way over a connection."""

from dataclasses import dataclass

from emails.errors import TransportError
from emails.letter import Message


@dataclass(frozen=True)
class Ready:
    """The server waits for the content of this mail."""

    message: Message


@dataclass(frozen=True)
class Accepted:
    """The server took this mail; `reply` are its words."""

    message: Message
    reply: str


@dataclass(frozen=True)
class Failed:
    """No acceptance of this mail; the error says what comes next."""

    message: Message
    error: TransportError


@dataclass(frozen=True)
class Untouched:
    """The conversation ended before this mail's turn came: it may go over another one, nothing has happened."""

    message: Message


Event = Ready | Accepted | Failed | Untouched

"""A folder that takes mail in place of a server: for trying things out, for machines without a network."""

import mailbox
import math

from emails.errors import RelayTrouble
from emails.events import Accepted, Event, Failed, Ready
from emails.letter import Message
from emails.relay import Folder


class Filing:
    """Writes each message, byte for byte, as one file of a Maildir; behaves like a conversation."""

    def __init__(self, folder: Folder) -> None:
        """Makes the folder if need be; raises RelayTrouble if it cannot be used."""
        try:
            self._box: mailbox.Maildir | None = mailbox.Maildir(folder.path)
        except OSError as error:
            raise RelayTrouble(f"The mail folder {folder} cannot be used: {error.strerror}.") from error
        self.deadline = math.inf
        self._asking: Message | None = None
        self._events: list[Event] = []

    @property
    def is_open(self) -> bool:
        """Whether it can still take mail."""
        return self._box is not None

    @property
    def takes_offers(self) -> bool:
        """Whether `offer` may be called."""
        return self.is_open and self._asking is None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return self._asking is None and not self._events

    @property
    def wants_to_write(self) -> bool:
        """Never: a folder takes everything at once."""
        return False

    def fileno(self) -> int:
        """There is nothing to wait for."""
        return -1

    def offer(self, message: Message) -> None:
        """A folder takes whatever comes."""
        self._asking = message
        self._events.append(Ready(message))

    def proceed(self) -> None:
        """File the message; the answer is its key in the folder."""
        assert self._asking is not None and self._box is not None
        message, self._asking = self._asking, None
        try:
            self._events.append(Accepted(message, f"250 2.0.0 Filed as {self._box.add(message.data)}"))
        except OSError as error:
            trouble = RelayTrouble(f"The message could not be filed: {error.strerror}.")
            self._events.append(Failed(message, trouble))
            self.close()

    def turn(self) -> list[Event]:
        """What happened since the last turn."""
        happened, self._events = self._events, []
        return happened

    def close(self) -> None:
        """Nothing to say goodbye to."""
        self._box = self._asking = None

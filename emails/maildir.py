"""A folder that takes mail in place of a server: for trying things out, for machines without a network."""

import mailbox

from emails.errors import RelayTrouble
from emails.letter import Message
from emails.relay import Folder


class MaildirConnection:
    """Writes each message, byte for byte, as one file of a Maildir."""

    def __init__(self, folder: Folder) -> None:
        """Makes the folder if need be; raises RelayTrouble if it cannot be used."""
        try:
            self._box = mailbox.Maildir(folder.path)
        except OSError as error:
            raise RelayTrouble(f"The mail folder {folder} cannot be used: {error.strerror}.") from error

    def send(self, message: Message) -> str:
        """Files the message and answers with its key; raises RelayTrouble when the disk refuses."""
        try:
            key = self._box.add(message.data)
        except OSError as error:
            raise RelayTrouble(f"The mail could not be filed: {error.strerror}.") from error
        return f"250 filed as {key}"

    def close(self) -> None:
        self._box.close()

"""Drives one carrier mail by mail, as simply as possible: offered, ready, proceeded, answered."""

import select
import time
from typing import Self

from emails.events import Accepted, Failed, Ready, Untouched
from emails.letter import Message
from emails.relay import Folder, Relay
from emails.transport import Carrier, connect


class Connection:
    """One mail after another over one carrier, which is opened again when it ended between two mails."""

    def __init__(self, relay: Relay | Folder) -> None:
        self._relay = relay
        self.carrier = connect(relay)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.carrier.close()

    @property
    def is_open(self) -> bool:
        return self.carrier.is_open

    def send(self, message: Message) -> str:
        """The server's words of acceptance, or its error."""
        try:
            return self._send(message)
        except BaseException:
            if not self.carrier.is_idle:
                self.carrier.close()
            raise

    def _send(self, message: Message) -> str:
        self.carrier.turn()
        if not self.carrier.is_open:
            self.carrier = connect(self._relay)
        self.carrier.offer(message)
        while True:
            happened = self.carrier.turn()
            for event in happened:
                match event:
                    case Ready():
                        self.carrier.proceed()
                    case Accepted(_, reply):
                        return reply
                    case Failed(_, error):
                        raise error
                    case Untouched():
                        return self._send(message)
            if not happened:  # what was said to it may let it speak at once
                wait_for(self.carrier)

    def close(self) -> None:
        self.carrier.close()


def wait_for(carrier: Carrier) -> None:
    """Until the carrier's socket can go on, or its deadline is over."""
    if not carrier.is_open or carrier.fileno() < 0:
        return
    writing = [carrier] if carrier.wants_to_write else []
    left = max(0, min(carrier.deadline - time.monotonic(), 1))
    select.select([carrier], writing, [], left)

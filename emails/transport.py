"""Opens the way to a mail server; the only file that knows smtplib.

smtplib opens the session: greeting, EHLO, STARTTLS, AUTH. What follows is ours, in emails.conversation: smtplib raises
one and the same error whether the server died amid the content, which was surely not accepted, or after the final
dot, which may have been; and it waits, where one process can talk over many connections at once.
"""

import contextlib
import smtplib
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Any, Protocol

from emails.conversation import Conversation
from emails.errors import RelayTrouble
from emails.events import Event
from emails.letter import Message
from emails.maildir import Filing
from emails.relay import Folder, Relay, parse_smtp_url
from emails.replies import REPLY_LIMIT, parse_reply

__all__ = ["Carrier", "Folder", "Met", "Relay", "connect", "meet", "parse_smtp_url"]


class Carrier(Protocol):
    """What takes messages, one after another, without waiting: a conversation with a mail server, or a folder."""

    deadline: float

    @property
    def is_open(self) -> bool:
        """Whether it can still take mail."""

    @property
    def takes_offers(self) -> bool:
        """Whether `offer` may be called."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""

    @property
    def wants_to_write(self) -> bool:
        """Whether something waits until the socket takes it."""

    def fileno(self) -> int:
        """What a selector watches; -1 where there is nothing to wait for."""

    def offer(self, message: Message) -> None:
        """Ask whether this message may come; raises Refused where it cannot be sent at all."""

    def proceed(self) -> None:
        """Hand over the message that is Ready."""

    def turn(self) -> list[Event]:
        """Do what goes without waiting; what happened since the last turn."""

    def close(self) -> None:
        """End it; never raises."""


def connect(relay: Relay | Folder) -> Carrier:
    """An open conversation, encrypted where asked for and signed in; raises RelayTrouble. This alone may wait."""
    if isinstance(relay, Folder):
        return Filing(relay)
    session = _open(relay)
    assert session.sock is not None
    return Conversation(session.sock, session.esmtp_features, relay.timeouts)


@dataclass(frozen=True)
class Met:
    """What one session with a relay showed: its name for itself, TLS's version or "", its certificate's end or ""."""

    greeting: str
    encryption: str
    valid_until: str


def meet(relay: Relay) -> Met:
    """Open a session as for mail, and end it; raises RelayTrouble. The end is as ssl.cert_time_to_seconds reads it."""
    session = _open(relay)
    sock, said = session.sock, (session.ehlo_resp or session.helo_resp or b"").decode("ascii", "replace").split()
    tls = sock if isinstance(sock, ssl.SSLSocket) else None
    until = (tls.getpeercert() or {}).get("notAfter", "") if tls else ""
    met = Met(said[0].lower() if said else "", (tls.version() or "") if tls else "", str(until))
    with contextlib.suppress(OSError):
        session.quit()
    return met


class _Session(smtplib.SMTP):
    """smtplib's session, in which an answer has a deadline as a whole and not anew for each byte of it."""

    def __init__(self, relay: Relay, **tls: Any) -> None:
        self.patience = relay.timeouts.command
        self.heard = bytearray()  # received and not read yet
        super().__init__(relay.host, relay.port, relay.our_name, timeout=relay.timeouts.connect, **tls)
        if self.sock is not None:
            # The dot is a write of its own; without this it would wait for the content's acknowledgement.
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, s: Any) -> None:
        """Writes all of `s` within the patience, or closes and raises SMTPServerDisconnected."""
        if self.sock is not None:
            self.sock.settimeout(self.patience)
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        """One whole reply within the patience, or closes and raises SMTPServerDisconnected."""
        deadline = time.monotonic() + self.patience
        lines: list[bytes] = []
        try:
            while True:
                line = self._line(deadline)
                lines.append(line[4:].strip())
                if line[3:4] != b"-":
                    return int(line[:3]), b"\n".join(lines)
                if sum(map(len, lines)) > REPLY_LIMIT:
                    raise ConnectionError("the server's answer has no end")
        except TimeoutError as error:
            self.close()
            raise smtplib.SMTPServerDisconnected(f"no answer within {self.patience:g} seconds") from error
        except ValueError as error:
            self.close()
            raise smtplib.SMTPServerDisconnected("this is no mail server's answer") from error
        except OSError as error:
            self.close()
            raise smtplib.SMTPServerDisconnected(_words(error)) from error

    def _line(self, deadline: float) -> bytes:
        while b"\n" not in self.heard:
            left = deadline - time.monotonic()
            if left <= 0 or self.sock is None:
                raise TimeoutError
            self.sock.settimeout(left)
            chunk = self.sock.recv(4096)
            if not chunk or len(self.heard) > REPLY_LIMIT:
                raise ConnectionError("the server hung up")
            self.heard += chunk
        line, _, rest = bytes(self.heard).partition(b"\n")
        self.heard[:] = rest
        return line


class _TlsSession(_Session, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


def _open(relay: Relay) -> _Session:
    """A session ready for MAIL; whatever goes wrong on the way is RelayTrouble."""
    try:
        return _ready_session(relay)
    except smtplib.SMTPResponseException as error:
        answer = parse_reply(error.smtp_code, error.smtp_error)
        raise RelayTrouble(f"{relay} turned us away: {answer}", answer.code, answer.status) from error
    except ssl.SSLCertVerificationError as error:
        raise RelayTrouble(f"The certificate of {relay} cannot be trusted: {error.verify_message}") from error
    except UnicodeError as error:  # Python's words for it would help nobody
        raise RelayTrouble(f"{relay} cannot be used: its host, or our name there, is no name.") from error
    except (OSError, ValueError) as error:  # a ValueError is a sign-in that cannot be read
        raise RelayTrouble(f"{relay} cannot be used: {_words(error)}") from error


def _ready_session(relay: Relay) -> _Session:
    session = _TlsSession(relay, context=_trust(relay)) if relay.tls == "implicit" else _Session(relay)
    try:
        session.ehlo_or_helo_if_needed()
        if relay.tls == "starttls":
            _encrypt(session, relay)
        if relay.user and relay.password:
            session.login(relay.user, relay.password)
    except (OSError, ValueError):
        session.close()
        raise
    return session


def _encrypt(session: _Session, relay: Relay) -> None:
    session.starttls(context=_trust(relay))
    if session.heard:
        raise ConnectionError("somebody spoke between STARTTLS and the encryption")
    session.ehlo_or_helo_if_needed()


def _trust(relay: Relay) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=relay.ca)


def _words(error: Exception) -> str:
    """The reason without Python's numbers."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__

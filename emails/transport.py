"""Carries messages to a mail server; the only file that speaks SMTP.

smtplib opens the session: greeting, EHLO, STARTTLS, AUTH. What follows is driven here, because smtplib raises one
and the same error whether the server died amid the content, which was surely not accepted, or after the final
dot, which may have been.
"""

import contextlib
import smtplib
import socket
import ssl
import time
from typing import Any, NamedTuple, Protocol, Self

from emails import envelope
from emails.errors import LostAfterDot, RelayTrouble, TransportError, TryLater
from emails.letter import Message
from emails.maildir import MaildirConnection
from emails.relay import Folder, Relay, parse_smtp_url
from emails.replies import Phase, Reply, failure, parse_reply

__all__ = ["Carrier", "Connection", "Folder", "Relay", "connect", "parse_smtp_url"]

_REPLY_LIMIT = 64_000  # bytes of one reply; who says more is no mail server
_GOODBYE = 2.0  # seconds


class Carrier(Protocol):
    """What takes messages: a mail server's connection or a folder."""

    def send(self, message: Message) -> str:
        """Hands over one message and returns the words of acceptance; raises TransportError."""

    def close(self) -> None:
        """Ends the connection; never raises."""


def connect(relay: Relay | Folder) -> Carrier:
    """An open connection, encrypted where asked for and signed in; raises RelayTrouble."""
    return MaildirConnection(relay) if isinstance(relay, Folder) else Connection(relay)


class Connection:
    """One conversation with a relay: many messages, one after another, from one thread."""

    def __init__(self, relay: Relay) -> None:
        """Opens the session; raises RelayTrouble."""
        self._relay = relay
        self._session = _open(relay)
        self._needs_reset = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        """Whether the session still stands; `send` opens a closed one again by itself."""
        return self._session.sock is not None

    def send(self, message: Message) -> str:
        """Hands over one message and returns the server's words of acceptance.

        Raises Refused, PolicyRefused, TryLater, RelayTrouble: surely not accepted. LostAfterDot: perhaps.
        """
        content = envelope.content(message)
        self._make_ready()
        mail = envelope.mail_command(message, len(content), self._session.esmtp_features)
        steps = (
            _Step(mail, "MAIL", 2),
            _Step(envelope.rcpt_command(message), "RCPT", 2),
            _Step(b"DATA", "DATA", 3),
        )
        try:
            self._negotiate(steps)
            return self._hand_over(content)
        except TransportError:
            raise
        except BaseException:
            # Interrupted from outside, amid a mail: the next command would become part of its text.
            self._session.close()
            raise

    def close(self) -> None:
        """Says goodbye, briefly; never raises."""
        if self.is_open:
            with contextlib.suppress(OSError):
                self._session.patience = _GOODBYE
                self._session.docmd("QUIT")
        self._session.close()

    def _make_ready(self) -> None:
        """Servers hang up between two mails, and that is nobody's trouble: the session is opened again."""
        if not self.is_open or self._session.has_spoken():
            self._session.close()
            self._session = _open(self._relay)
            self._needs_reset = False
        if self._needs_reset:
            self._negotiate((_Step(b"RSET", "MAIL", 2),))
            self._needs_reset = False

    def _negotiate(self, steps: tuple["_Step", ...]) -> None:
        """Asks what `steps` ask; raises the first refusal."""
        if self._session.has_extn("pipelining"):
            self._pipelined(steps)
            return
        for step in steps:
            self._write(step.line + b"\r\n", step.phase)
            answer = self._answer(step.phase)
            if answer.code // 100 != step.hoped:
                raise self._after(failure(answer, step.phase))

    def _pipelined(self, steps: tuple["_Step", ...]) -> None:
        """All steps in one write (RFC 2920), then their answers."""
        self._write(b"".join(step.line + b"\r\n" for step in steps), steps[0].phase)
        first: TransportError | None = None
        for step in steps:
            try:
                answer = self._answer(step.phase)
            except TransportError as lost:
                raise first or lost from lost
            if answer.code // 100 != step.hoped:
                first = first or failure(answer, step.phase)
            elif step.phase == "DATA" and first:
                # It waits for content after refusing the envelope. A lone dot would deliver an empty mail.
                self._session.close()
        if first:
            raise self._after(first)

    def _hand_over(self, content: bytes) -> str:
        self._write(content, "DATA", self._relay.timeouts.content)
        if self._session.has_spoken():
            # Before the dot a server has nothing to say but that it will not take this mail.
            raise self._after(failure(self._answer("DATA"), "DATA"), keep=False)
        self._write(b".\r\n", "dot")
        answer = self._answer("dot", self._relay.timeouts.dot)
        if answer.code // 100 not in {2, 4, 5}:
            self._session.close()
            raise LostAfterDot(f"The server's answer to the message makes no sense: {answer}", answer.code)
        if answer.code // 100 != 2:
            raise self._after(failure(answer, "dot"))
        return str(answer)

    def _write(self, data: bytes, phase: Phase, patience: float | None = None) -> None:
        self._session.patience = patience or self._relay.timeouts.command
        try:
            self._session.send(data)
        except smtplib.SMTPServerDisconnected as error:
            raise _lost(phase, str(error)) from error

    def _answer(self, phase: Phase, patience: float | None = None) -> Reply:
        self._session.patience = patience or self._relay.timeouts.command
        try:
            code, text = self._session.getreply()
        except smtplib.SMTPServerDisconnected as error:
            raise _lost(phase, str(error)) from error
        return parse_reply(code, text)

    def _after(self, error: TransportError, *, keep: bool = True) -> TransportError:
        """`error`, with the connection in the state that it calls for."""
        self._needs_reset = True
        if isinstance(error, RelayTrouble) or not keep:
            self._session.close()
        return error


class _Step(NamedTuple):
    line: bytes
    phase: Phase
    hoped: int  # the first digit of the answer we hope for


def _lost(phase: Phase, words: str) -> TransportError:
    """What silence means: only after the dot may the message have been accepted."""
    if phase == "dot":
        return LostAfterDot(f"The whole message was handed over and no answer came: {words}")
    # Before RCPT nothing about this mail can be the cause; later it can, so it alone waits.
    return (RelayTrouble if phase == "MAIL" else TryLater)(f"No answer before the end of the message: {words}")


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
                if sum(map(len, lines)) > _REPLY_LIMIT:
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

    def has_spoken(self) -> bool:
        """Whether the server said something, or hung up, without being asked."""
        if self.heard or self.sock is None:
            return True
        self.sock.settimeout(0)
        try:
            self.heard += self.sock.recv(4096)
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        except OSError:
            return True
        return True

    def _line(self, deadline: float) -> bytes:
        while b"\n" not in self.heard:
            left = deadline - time.monotonic()
            if left <= 0 or self.sock is None:
                raise TimeoutError
            self.sock.settimeout(left)
            chunk = self.sock.recv(4096)
            if not chunk or len(self.heard) > _REPLY_LIMIT:
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
    except OSError as error:
        raise RelayTrouble(f"{relay} cannot be used: {_words(error)}") from error


def _ready_session(relay: Relay) -> _Session:
    session = _TlsSession(relay, context=_trust(relay)) if relay.tls == "implicit" else _Session(relay)
    try:
        session.ehlo_or_helo_if_needed()
        if relay.tls == "starttls":
            _encrypt(session, relay)
        if relay.user and relay.password:
            session.login(relay.user, relay.password)
    except OSError:
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


def _words(error: OSError) -> str:
    """The reason without Python's numbers."""
    return error.strerror or str(error) or type(error).__name__

"""One connection of the scripted mail server: enough of RFC 5321 to be real, and every way to fail."""

import base64
import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from emails.testing.script import Moment, Rule, Script


@dataclass(frozen=True)
class Accepted:
    """A mail that the server answered for, or wrote down and then hung up."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes  # dots undoubled, CRLF at the end
    connection: int  # the connection's number, from 1
    answered: bool
    peer: str  # the address that it came from
    at: float = field(default_factory=time.monotonic)  # when it was accepted


OFFERS = ("PIPELINING", "SIZE 10485760", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")


@dataclass(frozen=True)
class Setup:
    """What a server offers: lines of its EHLO answer, users with passwords, a certificate.

    STARTTLS is offered when there is `tls` (unless `implicit`, which begins with TLS), AUTH when there are users.
    It listens at `host`; `window` bounds the bytes that may lie unread before a sender has to wait.
    """

    offers: tuple[str, ...] = OFFERS
    users: Mapping[str, str] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    implicit: bool = False
    host: str = "127.0.0.1"
    window: int | None = None


@dataclass(frozen=True)
class House:
    """What all connections of a server share."""

    setup: Setup
    script: Script
    pause: Callable[[float], object]  # waits so many seconds, or until the server stops
    count_mail: Callable[[], int]  # the number of the mail that begins now
    write_down: Callable[[Accepted], None]
    command_heard: Callable[[str], None]


@dataclass
class _Transaction:
    nth: int = 0
    sender: str | None = None
    recipients: list[str] = field(default_factory=list)

    @property
    def recipient(self) -> str:
        return self.recipients[-1] if self.recipients else ""


class HungUp(Exception):
    """The conversation is over, by script or by the client."""


class Session:
    """Talks with one client until one of the two hangs up."""

    def __init__(self, sock: socket.socket, house: House, number: int) -> None:
        self._sock = sock
        self._peer = str(sock.getpeername()[0])
        self._house = house
        self._number = number
        self._heard = bytearray()
        self._mail = _Transaction()
        self._encrypted = house.setup.implicit
        self._verbs: Mapping[str, Callable[[str], object]] = {
            "EHLO": self._ehlo,
            "HELO": lambda _: self._say("ehlo", "250 scripted"),
            "STARTTLS": self._starttls,
            "AUTH": self._auth,
            "MAIL": self._mail_from,
            "RCPT": self._rcpt_to,
            "DATA": self._data,
            "RSET": self._rset,
            "NOOP": lambda _: self._answer("250 2.0.0 Still here"),
            "QUIT": self._quit,
        }

    def talk(self) -> None:
        """Returns when the conversation is over."""
        try:
            if self._encrypted:
                self._encrypt()
            self._say("connect", "220 scripted ESMTP")
            while True:
                command = self._line().decode("utf-8", "replace")
                self._house.command_heard(command)
                verb, _, rest = command.partition(" ")
                self._verbs.get(verb.upper(), self._unknown)(rest)
        except (HungUp, OSError):
            pass
        finally:
            self.hang_up()

    def hang_up(self) -> None:
        """Closes at once, whatever is under way; safe to call from another thread."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()

    def _ehlo(self, _: str) -> None:
        offers = [*self._house.setup.offers]
        if self._house.setup.tls and not self._encrypted:
            offers.append("STARTTLS")
        if self._house.setup.users:
            offers.append("AUTH PLAIN LOGIN")
        lines = ["scripted", *offers]
        self._say("ehlo", "\r\n".join([*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}"]))

    def _starttls(self, _: str) -> None:
        if self._house.setup.tls is None or self._encrypted:
            return self._answer("502 5.5.1 Not here")
        if self._say("starttls", "220 2.0.0 Go ahead"):
            self._encrypt()
        return None

    def _encrypt(self) -> None:
        if self._house.setup.tls is None:
            raise HungUp
        self._sock = self._house.setup.tls.wrap_socket(self._sock, server_side=True)
        self._encrypted = True

    def _auth(self, rest: str) -> None:
        mechanism, _, first = rest.partition(" ")
        if mechanism.upper() == "PLAIN":
            _, user, password = _decoded(first or self._ask("334 ")).split("\0")
        else:
            user = _decoded(first or self._ask("334 VXNlcm5hbWU6"))
            password = _decoded(self._ask("334 UGFzc3dvcmQ6"))
        known = user in self._house.setup.users and self._house.setup.users[user] == password
        self._say("auth", "235 2.7.0 Welcome" if known else "535 5.7.8 Wrong user or password")

    def _mail_from(self, rest: str) -> None:
        if self._mail.sender is not None:
            return self._answer("503 5.5.1 One mail at a time")
        self._mail = _Transaction(nth=self._house.count_mail())
        if self._say("mail", "250 2.1.0 Sender ok"):
            self._mail.sender = _path(rest)
        return None

    def _rcpt_to(self, rest: str) -> None:
        if self._mail.sender is None:
            return self._answer("503 5.5.1 MAIL first")
        self._mail.recipients.append(_path(rest))
        if not self._say("rcpt", "250 2.1.5 Recipient ok"):
            self._mail.recipients.pop()
        return None

    def _data(self, _: str) -> None:
        if not self._mail.recipients:
            return self._answer("503 5.5.1 No valid recipients")
        if not self._say("data", "354 Go on, end with a dot"):
            return None
        self._wait_for_bytes()
        self._obey(self._rule("content"))
        self._settle(self._content())
        self._mail = _Transaction()
        return None

    def _settle(self, data: bytes) -> None:
        """After the dot: write down and answer, unless the script has it otherwise."""
        rule = self._rule("dot")
        accepted = rule is None or rule.accept or (not rule.hang_up and (rule.answer or "2").startswith("2"))
        answered = rule is None or not rule.hang_up
        if rule:
            self._house.pause(rule.delay)
        if accepted:
            sender = self._mail.sender or ""
            recipients = tuple(self._mail.recipients)
            self._house.write_down(Accepted(sender, recipients, data, self._number, answered, self._peer))
        self._obey(rule, "250 2.0.0 Accepted", delayed=True)

    def _rset(self, _: str) -> None:
        self._mail = _Transaction()
        self._say("rset", "250 2.0.0 Forgotten")

    def _quit(self, _: str) -> None:
        self._say("quit", "221 2.0.0 Bye")
        raise HungUp

    def _unknown(self, _: str) -> None:
        self._answer("500 5.5.2 What?")

    def _say(self, moment: Moment, usual: str) -> bool:
        """Answers as the script has it, else as usual; True if that was a yes."""
        return self._obey(self._rule(moment), usual)

    def _rule(self, moment: Moment) -> Rule | None:
        return self._house.script.rule(moment, self._mail.recipient, self._mail.nth)

    def _obey(self, rule: Rule | None, usual: str = "", *, delayed: bool = False) -> bool:
        rule = rule or Rule("connect")
        if not delayed:
            self._house.pause(rule.delay)
        if rule.hang_up:
            raise HungUp
        answer = rule.answer or usual
        if answer:
            self._answer(answer, rule.drip)
        if answer.startswith("421"):
            raise HungUp
        return answer[:1] in {"2", "3"}

    def _answer(self, text: str, drip: float = 0.0) -> None:
        data = text.encode() + b"\r\n"
        if not drip:
            self._sock.sendall(data)
            return
        for byte in data:
            self._sock.sendall(bytes([byte]))
            self._house.pause(drip)

    def _ask(self, question: str) -> str:
        self._answer(question)
        return self._line().decode()

    def _wait_for_bytes(self) -> None:
        if not self._heard:
            self._hear()

    def _content(self) -> bytes:
        """Everything before the final dot, with CRLF at its end and doubled dots undone."""
        self._heard[:0] = b"\r\n"
        text = self._until(b"\r\n.\r\n").replace(b"\r\n..", b"\r\n.") + b"\r\n"
        return text.removeprefix(b"\r\n")

    def _line(self) -> bytes:
        return self._until(b"\r\n")

    def _until(self, end: bytes) -> bytes:
        while (place := self._heard.find(end)) < 0:
            self._hear()
        found = bytes(self._heard[:place])
        del self._heard[: place + len(end)]
        return found

    def _hear(self) -> None:
        chunk = self._sock.recv(65536)
        if not chunk:
            raise HungUp
        self._heard += chunk


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode()


def _path(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]

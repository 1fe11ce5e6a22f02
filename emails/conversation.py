"""One SMTP conversation after its opening. It never waits: whoever drives it calls `turn` when the socket is ready.

    offer ─► MAIL, RCPT, DATA ─► Ready (354) ─ proceed ─► content, then the dot ─► Accepted or Failed

The next mail may be offered while the last one's dot is unanswered: where the server takes it (RFC 2920), its envelope
leaves together with the dot, and a mail costs one round trip. Between Ready and `proceed` lies the moment at which
the caller writes down that the mail may be accepted from now on.
"""

import contextlib
import math
import socket
import ssl
import time
from collections import deque
from collections.abc import Mapping
from typing import NamedTuple

from emails import envelope
from emails.errors import LostAfterDot, RelayTrouble, TransportError
from emails.events import Accepted, Event, Failed, Ready, Untouched
from emails.letter import Message
from emails.relay import Timeouts
from emails.replies import Phase, failure, lost, parse_reply, take_reply

_AT_ONCE = 65_536  # bytes read at a time
_NOT_NOW = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class _Step(NamedTuple):
    line: bytes
    phase: Phase
    hoped: int  # the first digit of the answer we hope for


_DOT = _Step(b".", "dot", 2)


class Conversation:
    """Takes messages over an opened session. `offered` are the server's extensions, keywords in lower case."""

    def __init__(self, sock: socket.socket, offered: Mapping[str, str], timeouts: Timeouts) -> None:
        """Takes the socket over, connected, encrypted and signed in as it has to be."""
        sock.setblocking(False)
        self._sock: socket.socket | None = sock
        self._offered, self._timeouts = offered, timeouts
        self._pipelining = "pipelining" in offered
        self._out = memoryview(b"")
        self._heard = bytearray()
        self._hung_up = False
        self._script: deque[_Step] = deque()  # to be asked
        self._expected: deque[_Step] = deque()  # asked, not answered
        self._asking: Message | None = None
        self._content = b""
        self._refusal: TransportError | None = None
        self._ready = self._needs_reset = False
        self._sending: Message | None = None
        self._dotted = False
        self._accepted = 0
        self._events: list[Event] = []
        self._patience = self.deadline = math.inf

    @property
    def is_open(self) -> bool:
        """Whether it can still take mail."""
        return self._sock is not None

    @property
    def takes_offers(self) -> bool:
        """Whether `offer` may be called."""
        return self._sock is not None and self._asking is None

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way."""
        return self._asking is None and self._sending is None

    @property
    def wants_to_write(self) -> bool:
        """Whether something waits until the socket takes it."""
        return bool(self._out)

    def fileno(self) -> int:
        """The socket's number for a selector; only while open."""
        assert self._sock is not None
        return self._sock.fileno()

    def offer(self, message: Message) -> None:
        """Ask for the envelope. Raises Refused where this server cannot take such a message at all."""
        content = envelope.content(message)
        steps = (
            _Step(envelope.mail_command(message, len(content), self._offered), "MAIL", 2),
            _Step(envelope.rcpt_command(message), "RCPT", 2),
            _Step(b"DATA", "DATA", 3),
        )
        if self._needs_reset:
            self._script.append(_Step(b"RSET", "MAIL", 2))
            self._needs_reset = False
        self._script.extend(steps)
        self._asking, self._content, self._refusal = message, content, None

    def proceed(self) -> None:
        """Send the content of the mail that is Ready; committed be what must be."""
        assert self._ready and self._asking is not None
        self._sending, self._asking, self._ready, self._dotted = self._asking, None, False, False
        self._write(self._content)
        self._allow(self._timeouts.content)
        with contextlib.suppress(OSError):  # the next turn meets it again, and says what it means
            self._flush()  # the server reads while we make the next mail

    def turn(self) -> list[Event]:
        """Write and read what goes without waiting; what happened since the last turn."""
        try:
            self._speak()
            self._hear()
            self._speak()
        except (OSError, ValueError) as error:
            self._end(_words(error))
        if time.monotonic() > self.deadline:
            self._end(f"no answer within {self._patience:g} seconds")
        happened, self._events = self._events, []
        return [each for each in happened if self.is_open or not isinstance(each, Ready)]

    def close(self) -> None:
        """Say goodbye if the server listens, and end; what is under way comes out of the next `turn`."""
        if self._sock is not None and self.is_idle:
            with contextlib.suppress(OSError):
                self._sock.send(b"QUIT\r\n")
        self._end("the conversation was ended")

    def _speak(self) -> None:
        self._flush()
        if self._out or self._sock is None:
            return
        if self._sending is not None and not self._dotted:
            self._dot()
        lines = self._next_lines()
        if lines:
            self._write(lines)
        self._flush()

    def _dot(self) -> None:
        """The content is out. Before the dot a server has nothing to say but that it will not take this mail."""
        self._receive()
        if self._heard or self._hung_up:
            return
        self._dotted = True
        self._write(b".\r\n")
        self._expected.append(_DOT)
        self._allow(self._timeouts.dot)

    def _next_lines(self) -> bytes:
        """What may be asked now: everything together, or one by one."""
        if not self._script or (self._sending is not None and not self._dotted):
            return b""
        if not self._pipelining and self._expected:
            return b""
        if not self._expected:
            self._allow(self._timeouts.command)
        steps = [self._script.popleft() for _ in range(len(self._script) if self._pipelining else 1)]
        self._expected.extend(steps)
        return b"".join(step.line + b"\r\n" for step in steps)

    def _hear(self) -> None:
        self._receive()
        while self._sock is not None and (said := take_reply(self._heard)) is not None:
            code, text = said
            if self._expected:
                self._answered(self._expected.popleft(), code, text)
            else:
                self._unasked(code, text)
            self._allow(self._timeouts.command if self._expected else math.inf)
        if self._hung_up:  # half an answer may be left, whose end never comes
            raise ConnectionError("the server hung up")

    def _answered(self, step: _Step, code: int, text: bytes) -> None:
        if step is _DOT:
            self._settled(code, text)
            return
        if code // 100 != step.hoped and self._refusal is None:
            self._refusal = failure(parse_reply(code, text), step.phase)
            self._script.clear()
        if self._refusal is None:
            if step.phase == "DATA":
                self._ready = True
                self._tell(Ready(self._must_ask()))
        elif not self._expected:
            self._refused(self._refusal, waits_for_content=step.phase == "DATA" and code // 100 == step.hoped)

    def _settled(self, code: int, text: bytes) -> None:
        """The answer to the dot."""
        message, self._sending = self._sending, None
        assert message is not None
        answer = parse_reply(code, text)
        if code // 100 == 2:
            self._accepted += 1
            self._tell(Accepted(message, str(answer)))
        elif code // 100 in {4, 5}:
            error = failure(answer, "dot")
            self._tell(Failed(message, error))
            if isinstance(error, RelayTrouble):
                self._end(error.reply)
        else:
            words = f"The server's answer to the message makes no sense: {answer}"
            self._tell(Failed(message, LostAfterDot(words, code)))
            self._end(words)

    def _refused(self, error: TransportError, *, waits_for_content: bool) -> None:
        """The envelope was not taken."""
        message, self._asking, self._refusal, self._needs_reset = self._must_ask(), None, None, True
        trouble = isinstance(error, RelayTrouble)
        # A server that has had enough mails over one connection says 421, too.
        self._tell(Untouched(message) if trouble and self._accepted else Failed(message, error))
        if trouble or waits_for_content:
            # It waits for content after refusing the envelope. A lone dot would deliver an empty mail.
            self._end(error.reply)

    def _unasked(self, code: int, text: bytes) -> None:
        """The server spoke without being asked: it will not go on."""
        answer = parse_reply(code, text)
        mail = self._sending or (self._asking if self._ready else None)
        if mail is not None:
            self._tell(Failed(mail, failure(answer, "DATA")))
            self._sending = None
            self._asking = None if self._ready else self._asking
        self._end(str(answer))

    def _end(self, words: str) -> None:
        """Close the socket and say what that means for the mails under way."""
        if self._sock is None:
            return
        self._sock.close()
        self._sock, self.deadline, self._out = None, math.inf, memoryview(b"")
        asking, sending = self._asking, self._sending
        self._asking = self._sending = None
        if sending is not None:
            self._tell(Failed(sending, lost("dot" if self._dotted else "DATA", words)))
        if asking is not None:
            self._tell(self._lost_envelope(asking, words, behind=sending is not None))

    def _lost_envelope(self, message: Message, words: str, *, behind: bool) -> Event:
        """Servers hang up between two mails, and that is nobody's trouble."""
        owed = next(iter((*self._expected, *self._script)), None)
        phase = owed.phase if owed else "DATA"
        between = behind or (owed is not None and owed.phase in {"dot", "MAIL"} and self._accepted)
        return Untouched(message) if between else Failed(message, self._refusal or lost(phase, words))

    def _must_ask(self) -> Message:
        assert self._asking is not None, "an envelope's answers belong to a mail"
        return self._asking

    def _tell(self, event: Event) -> None:
        self._events.append(event)

    def _allow(self, seconds: float) -> None:
        self._patience, self.deadline = seconds, time.monotonic() + seconds

    def _write(self, data: bytes) -> None:
        self._out = memoryview(bytes(self._out) + data if self._out else data)

    def _flush(self) -> None:
        while self._out and self._sock is not None:
            try:
                self._out = self._out[self._sock.send(self._out) :]
            except _NOT_NOW:
                return

    def _receive(self) -> None:
        """Everything that has come, and whether the server hung up after it; raises OSError when it is lost."""
        while self._sock is not None and not self._hung_up:
            try:
                chunk = self._sock.recv(_AT_ONCE)
            except _NOT_NOW:
                return
            except OSError:
                if not self._heard:
                    raise
                chunk = b""  # first what it said
            self._hung_up = not chunk
            self._heard += chunk


def _words(error: Exception) -> str:
    """The reason without Python's numbers."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__

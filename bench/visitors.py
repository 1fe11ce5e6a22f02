"""People who sign up over connections that stay open, one form after the other: raw sockets in one thread.

What they cost stands on the same two cores as the server that is measured, so they do nothing that they need not do.
"""

import socket
import time
from dataclasses import dataclass, field
from itertools import count
from selectors import EVENT_READ, DefaultSelector
from statistics import quantiles
from urllib.parse import urlencode

SECONDS = 8.0
CONNECTIONS = 8
FORM = {"name": "Ana", "timezone": "Europe/Berlin", "hour": "09:00"}
HEAD = (
    "POST /courses/bench/enrollments HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n"
)


def address(number: int) -> str:
    """Whom a form names: somebody new each time, from a thousand towns."""
    return f"new{number}@town{number % 997}.example.com"


@dataclass
class Visitor:
    """One connection."""

    port: int
    began: float = 0.0
    _heard: bytes = b""
    line: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        self.line = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def sign_up(self, number: int) -> None:
        """Send a form."""
        body = urlencode(FORM | {"email": address(number)})
        self.began = time.perf_counter()
        self.line.sendall((HEAD.format(len(body)) + body).encode())

    def hear(self) -> bool:
        """Read on; whether the answer is there, which must be the one that a good form gets."""
        self._heard += self.line.recv(65536)
        head, end, body = self._heard.partition(b"\r\n\r\n")
        if not end or len(body) < int(head.lower().partition(b"content-length: ")[2].split(b"\r", 1)[0]):
            return False
        assert head.startswith(b"HTTP/1.1 303"), head
        self._heard = b""
        return True


@dataclass(frozen=True)
class Seen:
    """Answers per second, and the slowest of a hundred in milliseconds."""

    rate: float
    slow: float


class Crowd:
    """Visitors of one server; nobody signs up twice."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._numbers = count()

    def run(self, seconds: float = SECONDS) -> Seen:
        """As many sign-ups as there can be in that time."""
        spent: list[float] = []
        with DefaultSelector() as selector:
            for visitor in [Visitor(self._port) for _ in range(CONNECTIONS)]:
                selector.register(visitor.line, EVENT_READ, visitor)
                visitor.sign_up(next(self._numbers))
            began = time.perf_counter()
            while selector.get_map():
                for key, _ in selector.select(30):
                    if key.data.hear():
                        spent.append(time.perf_counter() - key.data.began)
                        if time.perf_counter() - began < seconds:
                            key.data.sign_up(next(self._numbers))
                        else:
                            selector.unregister(key.data.line)
                            key.data.line.close()
        return Seen(len(spent) / (time.perf_counter() - began), 1000 * quantiles(spent, n=100)[98])

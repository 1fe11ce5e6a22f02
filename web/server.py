"""gunicorn's threaded worker, with one difference: a connection costs a thread only once it has said what it wants.

As it is, gunicorn gives every new connection a thread that waits for its request. Browsers open connections in advance,
and whoever means harm opens a few and says one letter on each: eight of those, and nobody else is served. Here what
comes in is gathered in the poller, without a thread, until a request is whole; it has a quarter of a minute for that.
A body beyond 128 KiB is read on by its thread, for nobody's memory should fill with what is never finished.
"""

import contextlib
import errno
import re
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

PATIENCE_SECONDS = 15.0
# How long a thread waits for more of a large body, or for somebody to take a whole answer.
STALLED_SECONDS = 30.0
RECEIVED_AT_ONCE = 64 * 1024
LONGEST_HEAD = 64 * 1024
GATHERED_BODY = 128 * 1024
END_OF_HEAD = b"\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})[ \t]*(?:\r\n|$)")


class Connection(TConn):  # type: ignore[misc]
    """A connection, and what it has said without a thread."""

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.heard = bytearray()
        self._invited = False

    def init(self) -> None:
        """In the thread: go on with what was heard."""
        super().init()
        self.sock.settimeout(STALLED_SECONDS)
        self.parser.unreader.unread(bytes(self.heard))
        self.heard.clear()
        self._invited = False

    def hear(self) -> bool:
        """Take in what has come; whether a thread can go on without waiting for this visitor."""
        try:
            said = self.sock.recv(RECEIVED_AT_ONCE)
        except BlockingIOError:
            return False
        except OSError:
            said = b""  # the thread finds out what is wrong with it
        self.heard += said
        return not said or self.is_whole()

    def is_whole(self) -> bool:
        """Whether a request is there to its end, or as much of one as is kept for it here."""
        end = self.heard.find(END_OF_HEAD)
        if end < 0 and len(self.heard) > LONGEST_HEAD:
            self.heard.clear()
            with contextlib.suppress(OSError):  # it may be gone
                self.sock.shutdown(socket.SHUT_RD)  # as if it had hung up
            return True
        if end < 0:
            return False
        head, body = bytes(self.heard[:end]).lower(), len(self.heard) - end - len(END_OF_HEAD)
        length = _LENGTH.search(head)
        chunked = b"\r\ntransfer-encoding:" in head
        expected = GATHERED_BODY if chunked else min(int(length[1]) if length else 0, GATHERED_BODY)
        if body >= expected or (chunked and self.heard.endswith(LAST_CHUNK)):
            return True
        if b"100-continue" in head and not self._invited:
            self._invited = True
            with contextlib.suppress(OSError):  # it may be gone; the next look finds that out
                self.sock.send(GO_ON)
        return False


class Worker(ThreadWorker):  # type: ignore[misc]
    """Serves many connections with few threads."""

    def accept(self, listener: Any) -> None:
        """Take a new connection in; it gets a thread when its request is there."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in {errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK}:
                raise
            return
        self.nr_conns += 1
        self._listen_to(Connection(self.cfg, client, address, listener.getsockname()), self.poller.register)

    def on_pending_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """It goes on speaking."""
        if conn.hear():
            super().on_pending_socket_readable(conn, client)

    def on_client_socket_readable(self, conn: Connection, client: socket.socket) -> None:
        """It begins to speak again, after an answer."""
        if conn.hear():
            super().on_client_socket_readable(conn, client)
        else:
            self.keepalived_conns.remove(conn)
            self._listen_to(conn, self.poller.modify)

    def finish_request(self, conn: Connection, fs: "Future[Any]") -> None:
        """After an answer: what came behind its request belongs to the next one, which may not be whole."""
        if conn.parser is not None:
            conn.heard += conn.parser.unreader.take_buffered()
        super().finish_request(conn, fs)
        if conn.heard and conn in self.keepalived_conns:
            if conn.is_whole():
                super().on_client_socket_readable(conn, conn.sock)
            else:
                self.keepalived_conns.remove(conn)
                self._listen_to(conn, self.poller.modify)

    def _listen_to(self, conn: Connection, register: Callable[..., object]) -> None:
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + PATIENCE_SECONDS
        self.pending_conns.append(conn)
        register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

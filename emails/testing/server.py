"""A mail server on loopback that keeps a journal, does what a script says, and is otherwise perfectly ordinary.

    with ScriptedServer() as server:
        server.script(Rule("rcpt", answer="550 5.1.1 Nobody here", recipient="ghost@"))
        ... send through server.url ...
        server.wait_for(3)
        assert [mail.recipients for mail in server.journal] == ...

The journal is the judge of what was accepted. With `journal_file` it also survives the process: one JSON line
per mail, on the disk before the server answers.
"""

import hashlib
import json
import os
import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Self

from emails.testing.script import Rule, Script
from emails.testing.session import Accepted, House, Session, Setup

_MESSAGE_ID = re.compile(rb"^Message-ID: *(\S+)", re.MULTILINE | re.IGNORECASE)


class ScriptedServer:
    """Listens on a free port of its host from `start` (or `with`) to `stop`, one thread per connection."""

    def __init__(self, setup: Setup = Setup(), journal_file: Path | None = None) -> None:  # noqa: B008
        self.journal: list[Accepted] = []
        self.commands: list[str] = []
        self.connections = 0
        self._setup = setup
        self._mails = 0
        self._script = Script()
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._sessions: set[Session] = set()
        self._threads: list[threading.Thread] = []
        self._journal_file = journal_file
        self._listener: socket.socket | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port it listens on; only while it runs."""
        if self._listener is None:
            raise RuntimeError("The server is not running.")
        return int(self._listener.getsockname()[1])

    @property
    def url(self) -> str:
        """An SMTP_URL for it, without TLS or sign-in."""
        return f"smtp://{self._setup.host}:{self.port}?tls=none"

    def script(self, *rules: Rule) -> None:
        """Follow these rules from now on, and no others; none at all: be ordinary."""
        self._script.replace(rules)

    def start(self) -> None:
        """Listens; returns when connections are accepted."""
        self._listener = socket.create_server((self._setup.host, 0), backlog=128)
        if self._setup.window is not None:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._setup.window)
        house = House(
            setup=self._setup,
            script=self._script,
            pause=self._stopping.wait,
            count_mail=self._count_mail,
            write_down=self._write_down,
            command_heard=self.commands.append,
        )
        self._run(self._accept, self._listener, house)

    def stop(self) -> None:
        """Closes everything and waits for its threads."""
        self._stopping.set()
        if self._listener is not None:
            # close() alone would not wake the thread that waits in accept().
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        self.hang_up()
        for thread in self._threads:
            thread.join(timeout=5)

    def hang_up(self) -> None:
        """Closes every open connection, as a dying server would; goes on listening."""
        with self._changed:
            sessions = list(self._sessions)
        for session in sessions:
            session.hang_up()

    def wait_for(self, mails: int, timeout: float = 10.0) -> bool:
        """Whether that many mails were written down within `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.journal) >= mails, timeout)

    def _run(self, function: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=function, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket, house: House) -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._changed:
                self.connections += 1
                session = Session(sock, house, self.connections)
                self._sessions.add(session)
            self._run(self._talk, session)

    def _talk(self, session: Session) -> None:
        session.talk()
        with self._changed:
            self._sessions.discard(session)

    def _count_mail(self) -> int:
        with self._changed:
            self._mails += 1
            return self._mails

    def _write_down(self, mail: Accepted) -> None:
        with self._changed:
            if self._journal_file is not None:
                _append(self._journal_file, mail)
            self.journal.append(mail)
            self._changed.notify_all()


def _append(path: Path, mail: Accepted) -> None:
    found = _MESSAGE_ID.search(mail.data)
    line = {
        "message_id": found[1].decode("ascii", "replace") if found else None,
        "sender": mail.sender,
        "recipients": mail.recipients,
        "sha256": hashlib.sha256(mail.data).hexdigest(),
        "answered": mail.answered,
    }
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())

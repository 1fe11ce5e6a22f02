"""A small IMAP server: one folder of mails, one user, and no TLS."""

import re
import socket
import threading


class Postbox:
    """`mails` by UID; deleted ones go at EXPUNGE. Use it in a `with`."""

    def __init__(self, *mails: bytes) -> None:
        self.mails = dict(enumerate(mails, 1))
        self.deleted: set[int] = set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"imap://ana%40x:s%20%22t@127.0.0.1:{self._listening.getsockname()[1]}/In%20box?tls=none"

    def __enter__(self) -> "Postbox":
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                connection.sendall(b"* OK ready\r\n")
                for line in lines:
                    tag, _, command = line.strip().partition(b" ")
                    connection.sendall(self._answer(command) + tag + self._verdict(command) + b"\r\n")

    def _verdict(self, command: bytes) -> bytes:
        wrong = command.startswith(b"LOGIN") and command != b'LOGIN ana@x "s \\"t"'
        return b" NO no" if wrong else b" OK done"

    def _answer(self, command: bytes) -> bytes:
        if command == b"CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n"
        if command.startswith(b"SELECT"):
            assert command == b'SELECT "In box"', command
            return b"* %d EXISTS\r\n" % len(self.mails)
        if command.startswith(b"UID SEARCH"):
            first, last = map(int, re.fullmatch(rb"UID SEARCH (\d+):(\d+) UNDELETED", command).groups())
            assert 1 <= first <= last <= len(self.mails), command
            found = [uid for uid in list(self.mails)[first - 1 : last] if uid not in self.deleted]
            return b"* SEARCH %s\r\n" % b" ".join(b"%d" % uid for uid in found)
        if command.startswith(b"UID FETCH"):
            uid = int(re.search(rb"FETCH (\d+)", command)[1])
            return b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n%s)\r\n" % (uid, len(self.mails[uid]), self.mails[uid])
        if command.startswith(b"UID STORE"):
            self.deleted.add(int(re.search(rb"STORE (\d+)", command)[1]))
        if command == b"EXPUNGE":
            self.mails = {uid: mail for uid, mail in self.mails.items() if uid not in self.deleted}
        return b""

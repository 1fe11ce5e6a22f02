"""A whole house to try things in: `meantime up` in a folder of its own, on free ports, with settings of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from course.database import Database
from course.settings import PREFIX, Settings, surroundings
from web.demo.browse import Browser
from web.demo.waiting import Failed, until
from web.mailbox.box import Box

MEANTIME = (sys.executable, "-m", "web.cli")
UP = "Meantime is up."
START_SECONDS = 120.0
STOP_SECONDS = 90.0


class House:
    """One installation, running or not. `told` are its settings, without their prefix, beside folder and ports."""

    def __init__(self, folder: Path, told: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.web_port, self.mailbox_port = _free_ports(2)
        self.url = f"http://127.0.0.1:{self.web_port}"
        self.box = Box(folder / "mailbox")
        settings = {
            "STATE_DIR": str(folder),
            "WEB_PORT": str(self.web_port),
            "MAILBOX_PORT": str(self.mailbox_port),
            "BASE_URL": self.url,
        }
        settings |= told or {}
        self.env = surroundings() | {PREFIX + name: value for name, value in settings.items()}
        self.form_seconds = int(settings.get("FORM_SECONDS", Settings.model_fields["form_seconds"].default))
        self._database_url = settings.get("DATABASE_URL", f"sqlite:///{folder / 'meantime.db'}")
        self._process: subprocess.Popen[bytes] | None = None
        self._log = folder / "up.log"
        self._read_from = 0

    def start(self) -> None:
        """Start it, and come back when everything is up; raise Failed, with what it printed, when it ends instead."""
        self.begin()
        until("the installation", lambda: UP in self.printed() or self.ended or None, START_SECONDS)
        if self.ended:
            raise Failed(f"The installation has ended before it was up:\n{self.printed()[-4000:]}")

    def begin(self) -> None:
        """Start it, and come back at once."""
        self._read_from = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                (*MEANTIME, "up"), cwd=self.folder, env=self.env, stdout=log, stderr=log, start_new_session=True
            )

    @property
    def ended(self) -> bool:
        """Whether it has ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def stop(self) -> int:
        """One Ctrl-C, as in a terminal; answers the exit status. A second one when it takes too long."""
        if self._process is None:
            return 0
        process, self._process = self._process, None
        for _ in range(2):
            if process.poll() is None:
                os.kill(process.pid, signal.SIGINT)
            try:
                return process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                continue
        process.kill()
        return process.wait()

    def printed(self) -> str:
        """What it has printed since its last start."""
        if not self._log.exists():
            return ""
        with self._log.open("rb") as log:
            log.seek(self._read_from)
            return log.read().decode("utf-8", "replace")

    def sign_in_link(self) -> str:
        """The link, good for one use, that it printed when it came up."""
        found = re.search(r"Sign in +(\S+)", self.printed())
        if found is None:
            raise Failed("It printed no link to sign in with.")
        return found[1]

    def browser(self) -> Browser:
        """A fresh browser, without cookies."""
        return Browser(self.url)

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `meantime` with these words in this house."""
        return subprocess.run(  # noqa: S603
            (*MEANTIME, *words), cwd=self.folder, env=self.env, capture_output=True, text=True, check=False
        )

    @contextmanager
    def database(self) -> Iterator[Database]:
        """Its database, to look into."""
        opened = Database(self._database_url)
        try:
            yield opened
        finally:
            opened.close()


@contextmanager
def running(house: House) -> Iterator[House]:
    """Start a house, and stop it in the end; a failure tells what it printed."""
    try:
        house.start()
        yield house
    except Failed as failed:
        raise Failed(f"{failed}\n{house.printed()[-4000:]}") from None
    finally:
        house.stop()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports: list[int] = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports

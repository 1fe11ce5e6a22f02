"""The listener for mail that came back, as its own process, spoken to by real clients."""

import os
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from course.database import Database
from course.feedback import LEAVE_OCTETS
from course.models import Delivery, Report
from tests.broker import wait_until
from tests.course.mails import plan

TOKEN = "0123456789abcdef0123456789abcdef"
PATH = f"b+{TOKEN}@bounces.example.org"
MAIL = b"From: MAILER-DAEMON@mx.example\r\nSubject: returned\r\n\r\n.dot\r\n" + b"x" * 5000 + b"\r\n"


class Listening:
    """A running listener on a database in which one mail has left."""

    def __init__(self, folder: Path, template: Path, scheme: str) -> None:
        self.scheme = scheme
        (folder / "meantime.db").write_bytes(template.read_bytes())
        self.database = Database(f"sqlite:///{folder}/meantime.db")
        with self.database.writing() as session:
            session.get_one(Delivery, plan(session, None)[0]).message_id = f"<{TOKEN}@bounces.example.org>"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        told = {
            "MEANTIME_STATE_DIR": str(folder),
            "MEANTIME_BOUNCE_DOMAIN": "Bounces.Example.org",
            "MEANTIME_BOUNCE_LISTEN": f"{scheme}://127.0.0.1:{self.port}",
        }
        self.process = subprocess.Popen([sys.executable, "-m", "web.hooks.listener"], env=os.environ | told)
        wait_until(self.greets, "it takes mail")

    def greets(self) -> bool:
        try:
            with self.client():
                return True
        except OSError:
            return False

    def client(self) -> smtplib.SMTP:
        kind = smtplib.LMTP if self.scheme == "lmtp" else smtplib.SMTP
        return kind("127.0.0.1", self.port, timeout=5)

    def kept(self) -> list[tuple[str, list[str]]]:
        with self.database.reading() as session:
            return [(row.source, row.recipients) for row in session.scalars(select(Report).order_by(Report.id))]


@pytest.fixture
def listening(tmp_path: Path, sqlite_template: Path, request: pytest.FixtureRequest) -> Iterator[Listening]:
    running = Listening(tmp_path, sqlite_template, getattr(request, "param", "smtp"))
    yield running
    running.process.terminate()
    assert running.process.wait(10) == 0
    running.database.close()


@pytest.mark.parametrize("listening", ["smtp", "lmtp"], indirect=True)
def test_what_is_acknowledged_is_in_the_database(listening: Listening):
    with listening.client() as client:
        client.ehlo() if listening.scheme == "smtp" else client.ehlo("me")
        for recipient in (PATH, PATH.upper(), "b+leave@bounces.example.org"):
            assert client.sendmail("<>", [recipient], MAIL + recipient.encode()) == {}
            assert listening.kept()[-1] == ("listener", [recipient])
    with listening.database.reading() as session:
        assert session.scalars(select(Report)).first().raw == MAIL + PATH.encode() + b"\r\n"


def test_of_a_mail_to_the_unsubscribe_address_only_the_beginning_is_kept(listening: Listening):
    with listening.client() as client:
        client.ehlo()
        for n in range(20):
            assert client.sendmail("<>", ["b+leave@bounces.example.org"], b"Subject: %d\r\n\r\n" % n + MAIL * 100) == {}
    with listening.database.reading() as session:
        assert [len(row.raw) for row in session.scalars(select(Report))] == [LEAVE_OCTETS] * 20


def test_nothing_else_is_taken(listening: Listening):
    strange = f"b+{'f' * 32}@bounces.example.org"
    others = [strange, f"b+{TOKEN}@elsewhere.example", "ana@bounces.example.org", "postmaster", "ana@example.com"]
    with listening.client() as client:
        client.ehlo()
        client.mail("")
        codes = [client.rcpt(each)[0] for each in others]
        assert codes == [550, 550, 550, 550, 550]
        assert client.rcpt(PATH)[0] == 250
        assert client.rcpt(PATH)[0] == 452
        client.rset()
        assert client.docmd("AUTH PLAIN AGEAYg==")[0] >= 500
    assert listening.kept() == []


def test_a_database_that_is_away_is_told_and_heard_again(listening: Listening, tmp_path: Path):
    (tmp_path / "meantime.db").rename(tmp_path / "away.db")
    for rest in tmp_path.glob("meantime.db-*"):
        rest.unlink()
    with listening.client() as client, pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        client.sendmail("", [PATH], MAIL)
    assert {code for code, _ in refused.value.recipients.values()} == {451}
    (tmp_path / "meantime.db").unlink(missing_ok=True)
    (tmp_path / "away.db").rename(tmp_path / "meantime.db")

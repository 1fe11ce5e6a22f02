"""The built-in mailbox as its own process, written to by a real SMTP client."""

import os
import signal
import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from course.clock import open_clock
from tests.broker import wait_until
from web.mailbox.box import Box, Caught

MAIL = b"From: a@house.example\r\nTo: ana@example.com\r\nSubject: Hello\r\n\r\n.dot\r\n\xff tail \r\n"


class Mailbox:
    """A running catcher and the box it fills."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.folder = folder
        self.box = Box(folder / "mailbox")
        self.process = self.start()

    def start(self, **more: str) -> subprocess.Popen[bytes]:
        told = {"MEANTIME_STATE_DIR": str(self.folder), "MEANTIME_MAILBOX_PORT": str(self.port), **more}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "web.mailbox.catcher"], env=os.environ | told, stderr=subprocess.PIPE
        )
        wait_until(lambda: self.process.poll() is not None or self.greets(), "it takes mail")
        return self.process

    def greets(self) -> bool:
        try:
            with self.client():
                return True
        except OSError:
            return False

    def client(self) -> smtplib.SMTP:
        return smtplib.SMTP("127.0.0.1", self.port, timeout=5)

    def send(self, recipient: str, data: bytes = MAIL) -> Caught:
        with self.client() as client:
            client.sendmail("b+token@house.example", [recipient], data)
        return self.box.messages()[-1]


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    running = Mailbox(tmp_path_factory.mktemp("state"))
    yield running
    running.process.kill()
    running.process.communicate(timeout=5)


def test_a_mail_lies_in_the_box_byte_for_byte(mailbox: Mailbox):
    caught = mailbox.send("ana@example.com")
    assert caught.raw == MAIL
    assert (caught.sender, caught.recipients) == ("b+token@house.example", ("ana@example.com",))
    assert caught.subject == "Hello"
    assert list((mailbox.folder / "mailbox" / "tmp").iterdir()) == []


def test_mails_stand_in_the_order_of_their_arrival_over_restarts(mailbox: Mailbox):
    first = mailbox.send("one@example.com")
    mailbox.process.send_signal(signal.SIGTERM)
    assert mailbox.process.wait(5) == 0
    mailbox.start()
    second = mailbox.send("two@example.com")
    assert [caught.id for caught in mailbox.box.messages()][-2:] == [first.id, second.id]


def test_bounce_is_refused_for_good(mailbox: Mailbox):
    with mailbox.client() as client:
        client.ehlo()
        client.mail("a@house.example")
        assert client.rcpt("bounce@example.com")[0] == 550
        assert client.rcpt("Bounce+again@example.com")[1].startswith(b"5.1.1")
        assert client.rcpt("ana@example.com")[0] == 250


def test_greylist_is_put_off_once_and_then_accepted(mailbox: Mailbox):
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        mailbox.send("greylist@example.org")
    assert refused.value.recipients["greylist@example.org"][0] == 451
    assert mailbox.send("greylist@example.org").recipients == ("greylist@example.org",)


def test_time_of_arrival_is_the_courses_time(mailbox: Mailbox):
    clock = open_clock(mailbox.folder, development=True)
    clock.move_to(datetime.now(UTC) + timedelta(days=40))
    assert abs(mailbox.send("later@example.com").received_at - clock.now()) < timedelta(seconds=5)


def test_a_utf8_address_is_accepted(mailbox: Mailbox):
    with mailbox.client() as client:
        client.ehlo()
        client.mail("a@house.example", ["SMTPUTF8", "BODY=8BITMIME"])
        assert client.docmd("RCPT", "TO:<józef@example.com>".encode().decode("latin-1"))[0] in (250, 501)


def test_there_is_no_mailbox_in_production(tmp_path: Path):
    told = {
        "MEANTIME_ENV": "production",
        "MEANTIME_STATE_DIR": str(tmp_path),
        "MEANTIME_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
        "MEANTIME_SMTP_URL": "smtp://mail.example.com",
        "MEANTIME_MAIL_FROM": "a@house.example",
        "MEANTIME_POSTAL_ADDRESS": "1 Street",
        "MEANTIME_BASE_URL": "https://house.example",
    }
    command = [sys.executable, "-m", "web.mailbox.catcher"]
    ended = subprocess.run(command, env=os.environ | told, capture_output=True, text=True, timeout=10, check=False)
    assert ended.returncode == 1
    assert ended.stderr == "The built-in mailbox exists in development only; set MEANTIME_SMTP_URL.\n"

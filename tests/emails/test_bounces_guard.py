"""The guarded child that reads mails from anybody."""

import os
import random
import signal

import pytest

from emails.bounces.guard import Judge
from emails.bounces.in_child import answer
from emails.bounces.judge import judge
from tests.emails.returned import OURS, arf, dsn


@pytest.fixture(scope="module")
def guarded():
    with Judge() as opened:
        yield opened


def test_the_child_says_what_the_parent_would(guarded):
    path = f"b+{OURS}@bounces.example.org"
    for raw in (dsn(), b"", b"\x00\xff" * 1000, dsn(original="x" * 3_000_000)):
        assert guarded.judge(raw, (path,)) == judge(raw, (path,))


def test_a_child_that_dies_condemns_one_mail_alone(guarded):
    guarded.judge(b"")
    os.kill(guarded._child._process.pid, signal.SIGKILL)
    guarded._child._process.wait()
    assert guarded.judge(dsn()).hard


def test_a_mail_that_takes_too_long_is_other():
    with Judge(seconds=0.2) as impatient:
        impatient._child._running()
        os.kill(impatient._child._process.pid, signal.SIGSTOP)
        verdict = impatient.judge(dsn())
        assert (verdict.kind, verdict.action) == ("other", "none")


HEAD = b"From: MAILER-DAEMON@x\nSubject: Undelivered\n"
FIELDS = (
    b"Content-Type: message/delivery-status\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n"
)


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"\nunknown " + b"\n" * 20_000,
        HEAD + b"\nunknown " + b"\n" * 1_000_000,
        HEAD + b"\nunknown " + b"> \n" * 300_000,
        HEAD + b"Content-Type: text/html\n\nunknown " + b"<style " * 140_000,
        FIELDS + b"Diagnostic-Code: " + b"user x x x " * 90_000,
        FIELDS + b"Diagnostic-Code: x" + b"\n y" * 300_000,
    ],
)
def test_no_mail_is_so_made_that_reading_it_takes_as_long_as_the_guard_allows(guarded, raw):
    assert "within the limits" not in guarded.judge(raw).diagnostic


def test_whatever_goes_wrong_inside_is_an_answer():
    assert answer({"raw": "not base64!", "recipients": []})["kind"] == "other"


def test_what_was_garbled_on_its_way_raises_nothing():
    chance = random.Random(20270104)
    pieces = [
        b"",
        b"\r\n\r\n",
        b"=?utf-8?b?=?=",
        b"--here",
        b"\xff\x00",
        b"Content-Type: message/rfc822\n",
        b"charset=x-none",
    ]
    for raw in (dsn(), arf()) * 150:
        garbled = bytearray(raw)
        for _ in range(chance.randint(1, 12)):
            at = chance.randrange(len(garbled))
            garbled[at : at + chance.randint(0, 60)] = chance.choice(pieces)
        assert judge(bytes(garbled)).kind
    assert judge(b"Subject: =?utf-8?b?a?=\n\nx").kind == "other"

"""Reading the mailbox, also what breaks every rule."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course.errors import NotFound
from web.mailbox import trace
from web.mailbox.box import Box, Caught

RECEIVED = datetime(2027, 3, 14, 13, 0, 0, 500, tzinfo=UTC)
LETTER = """\
From: =?utf-8?q?Zo=C3=AB?= <zoe@house.example>
To: ana@example.com
Subject: =?utf-8?q?Caf=C3=A9?=
 =?utf-8?q?_today?=
Date: Sun, 14 Mar 2027 13:00:00 +0000
Message-ID: <one@house.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Caf=C3=A9
--b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<p>Caf=C3=A9</p>
--b--
""".replace("\n", "\r\n").encode()


def caught(folder: Path, data: bytes, name: str = "1.1") -> Caught:
    (folder / "new").mkdir(exist_ok=True)
    (folder / "new" / name).write_bytes(data)
    return Box(folder).message(name)


def test_a_letter_is_read_into_its_parts(tmp_path: Path):
    lines = trace.write(trace.Trace("b+1@house.example", ("ana@example.com", "ben@example.com"), RECEIVED))
    letter = caught(tmp_path, lines + LETTER)
    assert letter == Caught(
        id="1.1",
        received_at=RECEIVED,
        sender="b+1@house.example",
        recipients=("ana@example.com", "ben@example.com"),
        subject="Café today",
        date=datetime(2027, 3, 14, 13, 0, tzinfo=UTC),
        message_id="<one@house.example>",
        html="<p>Café</p>",
        text="Café",
        headers=letter.headers,
        raw=LETTER,
    )
    assert letter.headers[0] == ("From", "Zoë <zoe@house.example>")
    assert [name for name, _value in letter.headers] == [
        *("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type")
    ]


def test_a_mail_filed_by_another_program_is_shown_by_its_headers(tmp_path: Path):
    caught(tmp_path, LETTER)
    os.utime(tmp_path / "new" / "1.1", (1_800_000_000, 1_800_000_000))
    letter = Box(tmp_path).message("1.1")
    assert (letter.sender, letter.recipients) == ("zoe@house.example", ("ana@example.com",))
    assert letter.received_at == datetime.fromtimestamp(1_800_000_000, UTC)


def test_a_mail_that_quotes_our_lines_keeps_them(tmp_path: Path):
    ours = trace.write(trace.Trace("", (), RECEIVED))
    assert caught(tmp_path, ours + ours + LETTER).raw == ours + LETTER


def test_messages_stand_in_order_and_a_readers_flags_do_not_matter(tmp_path: Path):
    for name in ("2.1", "1.1"):
        caught(tmp_path, LETTER, name)
    (tmp_path / "cur").mkdir()
    (tmp_path / "new" / "1.1").rename(tmp_path / "cur" / "1.1:2,S")
    assert [letter.id for letter in Box(tmp_path).messages()] == ["1.1", "2.1"]


def test_a_box_that_is_not_there_yet_is_empty(tmp_path: Path):
    assert Box(tmp_path / "mailbox").messages() == []


@pytest.mark.parametrize("name", ["nothing", "../secret", "", "1.1/../1.1"])
def test_only_what_lies_in_the_box_can_be_asked_for(tmp_path: Path, name: str):
    (tmp_path / "secret").write_text("Subject: no\n\n")
    caught(tmp_path, LETTER)
    with pytest.raises(NotFound):
        Box(tmp_path).message(name)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff\xfe",
        b"no header at all",
        b"Subject: =?utf-8?b?!!!?=\r\n\r\n",
        b"Subject: =?nonsense?q?x?=\r\nDate: yesterday\r\n\r\n",
        b"Subject: \xff\xfe\r\nFrom: <<<\r\nTo: @@,\r\n\r\n",
        b"Content-Type: text/html; charset=unheard-of\r\n\r\n<p>hi",
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n=====",
        b"Content-Type: multipart/mixed\r\n\r\n--x--",
        b"Date: Sun, 99 Foo 99999 99:99:99 +9999\r\n\r\n",
        b"Return-Path: <x>\r\nReceived: by mailbox; whenever\r\n\r\n",
    ],
)
def test_whatever_came_is_shown_somehow(tmp_path: Path, data: bytes):
    letter = caught(tmp_path, data)
    assert letter.raw == data
    for shown in (letter.subject, letter.text, letter.html, *letter.recipients, *sum(letter.headers, ())):
        shown.encode()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(data=st.binary(max_size=300) | st.text(alphabet="=?:;\r\n -<>@,utfqb8\"'Subject", max_size=200).map(str.encode))
def test_no_bytes_can_break_the_box(tmp_path: Path, data: bytes):
    for header in (b"", b"Subject: ", b"Date: ", b"To: ", b"Content-Type: "):
        letter = caught(tmp_path, header + data)
        for shown in (letter.subject, letter.text, letter.html, *letter.recipients, *sum(letter.headers, ())):
            shown.encode()

"""The bytes of a message: what was meant, nothing more, read alike by every program."""

import email
import quopri
import re
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email import policy
from email.header import decode_header, make_header
from email.utils import parseaddr, parsedate_to_datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from course.cleaning import one_line
from emails.errors import Unsendable
from emails.letter import Address, Headers, Rendered
from emails.mime import assemble, encode_part

WHEN = datetime(2027, 3, 28, 9, 0, 5, tzinfo=timezone(timedelta(hours=2)))
LESSON = Headers(
    sender=Address("Robin Hale", "robin@example.org"),
    recipient=Address("Ana", "ana@example.com"),
    date=WHEN,
    message_id="<abc.123@example.org>",
    reply_to="hello@example.org",
    unsubscribe_url="https://example.org/unsubscribe/" + "t0k3n" * 20,
    unsubscribe_mailto="leave+t0k3n@example.org",
    list_id="breathing-room.example.org",
    feedback_id="lesson:breathing-room:example",
    bulk=True,
)
CONFIRMATION = Headers(Address("", "robin@example.org"), Address("", "ana@example.com"), WHEN, "<c@example.org>")
LETTER = Rendered("Make room", "<p>Hello.</p>\n", "Hello.\n")

ATTACK = "=?utf-8?q?Ana=0D=0ABcc=3A_x=40example.com?="


def read(data):
    return email.message_from_bytes(data, policy=policy.default)


def names(data):
    return [line.split(b":")[0].decode() for line in data.partition(b"\r\n\r\n")[0].split(b"\r\n") if line[0] != 32]


def sound(data):
    """What holds for every message, whatever went in."""
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", data)
    assert b"\0" not in data
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert Counter(read(data).keys()) == Counter(names(data))
    assert max(Counter(names(data)).values()) == 1
    assert all(not part.defects for part in read(data).walk())


def parts(data):
    return [part.get_payload(decode=True).decode() for part in read(data).iter_parts()]


def test_a_lesson_has_exactly_its_headers_in_this_order():
    assert names(assemble(LETTER, LESSON)) == [
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "Reply-To",
        "List-Unsubscribe",
        "List-Unsubscribe-Post",
        "List-Id",
        "Auto-Submitted",
        "Feedback-ID",
        "Precedence",
        "Content-Type",
    ]


def test_a_confirmation_has_nothing_of_a_list():
    found = names(assemble(LETTER, CONFIRMATION))
    assert found == ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted", "Content-Type"]


def test_the_ways_out_stand_on_one_unfolded_line():
    data = assemble(LETTER, LESSON)
    way = LESSON.unsubscribe_url
    assert f"\r\nList-Unsubscribe: <{way}>, <mailto:leave+t0k3n@example.org>\r\n".encode() in data
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in data
    assert b"\r\nList-Id: <breathing-room.example.org>\r\n" in data


def test_the_date_is_the_instant_it_was_given():
    message = read(assemble(LETTER, LESSON))
    assert parsedate_to_datetime(message["Date"]) == WHEN
    assert message["Date"].endswith("+0000")


def test_the_text_comes_first_and_both_parts_are_quoted_printable_utf8():
    message = read(assemble(Rendered("S", "<p>Ö</p>", "Ö"), LESSON))
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    for part in message.iter_parts():
        assert part.get_content_charset() == "utf-8"
        assert part["Content-Transfer-Encoding"] == "quoted-printable"
    assert parts(message.as_bytes()) == ["Ö\n", "<p>Ö</p>\n"]


def test_the_same_input_gives_the_same_bytes_and_another_mail_another_boundary():
    assert assemble(LETTER, LESSON) == assemble(LETTER, LESSON)
    other = read(assemble(LETTER, replace(LESSON, message_id="<other@example.org>")))
    assert other.get_boundary() != read(assemble(LETTER, LESSON)).get_boundary()


def test_long_lines_are_broken_on_the_wire_and_whole_again_when_read():
    html = "<p>" + "word " * 5000 + "</p>\n"
    data = assemble(Rendered("S", html, "short\n"), LESSON)
    assert max(map(len, data.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76
    assert parts(data)[1] == html.replace("\n", "\r\n")


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_whatever_line_ends_came_in_crlf_goes_out(ending):
    data = assemble(Rendered("S", f"a{ending}b{ending}", f"c{ending}.{ending}d"), LESSON)
    sound(data)
    assert parts(data) == ["c\r\n.\r\nd\r\n", "a\r\nb\r\n"]


def test_an_international_domain_is_written_in_a_labels():
    headers = replace(LESSON, sender=Address("Robin", "robin@bücher.example"), reply_to="r@bücher.example")
    data = assemble(LETTER, headers)
    assert b"From: Robin <robin@xn--bcher-kva.example>\r\n" in data
    assert b"Reply-To: r@xn--bcher-kva.example\r\n" in data


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Ana", b"To: Ana <ana@example.com>"),
        ("Ana Maria", b"To: Ana Maria <ana@example.com>"),
        ("", b"To: ana@example.com"),
        ("Dr. Ana", b'To: "Dr. Ana" <ana@example.com>'),
        ('A "B" \\ C', b'To: "A \\"B\\" \\\\ C" <ana@example.com>'),
        ("Ana, Bob <b@x.org>", b'To: "Ana, Bob <b@x.org>" <ana@example.com>'),
        ("Jörg", b"To: =?utf-8?q?J=C3=B6rg?= <ana@example.com>"),
        ("安娜", b"To: =?utf-8?b?5a6J5aic?= <ana@example.com>"),
    ],
)
def test_names_are_written_bare_quoted_or_encoded(name, written):
    data = assemble(LETTER, replace(LESSON, recipient=Address(name, "ana@example.com")))
    assert written in data.split(b"\r\n")
    (recipient,) = read(data)["To"].addresses
    assert (recipient.display_name, recipient.addr_spec) == (name, "ana@example.com")


@pytest.mark.parametrize(
    "text",
    [
        ATTACK,
        f"Ana {ATTACK}",
        "=?utf-8?b?QW5hDQpCY2M6IHhAZXhhbXBsZS5jb20=?=",
        "=" + ATTACK + "?utf-8?q?x?=",
        "=?=?utf-8?q?a?=utf-8?q?=0D=0ABcc:_x?=",
        "=?utf-8*en?q?=0ABcc:_x?=",
        "Ana\r\nBcc: x@example.com",
        "Ana\nBcc: x@example.com",
        "Ana\r\n\r\nbody",
        "Ana\x0b\x0c\x1c\x85\u2028\u2029Bcc: x",
        "\u202egnp.exe\u2066\u200f",
        "NUL \0 and \x7f and \x1b[31m",
        "lone \ud800 surrogate",
    ],
)
def test_nothing_in_a_name_or_a_subject_becomes_a_header(text):
    headers = replace(LESSON, recipient=Address(text, "ana@example.com"), sender=Address(text, "r@example.org"))
    data = assemble(replace(LETTER, subject=text), headers)
    sound(data)
    assert "Bcc" not in read(data)
    assert [one.addr_spec for one in read(data)["To"].addresses] == ["ana@example.com"]
    for header in ("Subject", "From", "To"):
        assert one_line(str(read(data)[header])) == str(read(data)[header])


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient": Address("", "ana@example.com\r\nBcc: x@y.org")},
        {"recipient": Address("", "ana@example.com, bob@example.com")},
        {"recipient": Address("", "ana")},
        {"recipient": Address("", "a" * 1000 + "@example.com")},
        {"recipient": Address("", "@example.com")},
        {"recipient": Address("", "a b@example.com")},
        {"recipient": Address("", "jörg@example.com")},
        {"recipient": Address("", "=?utf-8?q?a?=@example.com")},
        {"recipient": Address("", "a@exa mple.com")},
        {"recipient": Address("", "a@\u2603-.example")},
        {"sender": Address("", "a@[127.0.0.1]")},
        {"reply_to": "a@b@c"},
        {"message_id": "<abc>"},
        {"message_id": "<a b@example.org>"},
        {"message_id": "<a@example.org>\r\nBcc: x"},
        {"unsubscribe_url": "https://example.org/a b"},
        {"unsubscribe_url": "https://example.org/>,<https://evil"},
        {"unsubscribe_url": "https://example.org/\r\nBcc: x"},
        {"unsubscribe_url": "https://example.org/=?utf-8?q?x?="},
        {"unsubscribe_url": "https://example.org/" + "x" * 1000},
        {"unsubscribe_mailto": "a@b\r\nBcc: x"},
        {"list_id": "a b"},
        {"feedback_id": "a\r\nBcc: x"},
        {"feedback_id": "=?utf-8?q?x?="},
        {"date": datetime(2027, 1, 1)},  # noqa: DTZ001
    ],
)
def test_what_cannot_stand_in_a_header_is_refused(changes):
    with pytest.raises(Unsendable):
        assemble(LETTER, replace(LESSON, **changes))


ANY = st.text(st.characters(codec=None), max_size=300)


@settings(deadline=None)
@given(name=ANY, subject=ANY)
@example(name="a" * 300, subject="b" * 300)
@example(name="Ö" * 100, subject="日本語 " * 80)
@example(name='"\\' * 50, subject="x" * 67 + " y")
@example(name="👩‍👩‍👧‍👦" * 10, subject="\u0301" * 90)
def test_any_name_and_subject_are_read_back_as_they_were_cleaned(name, subject):
    data = assemble(replace(LETTER, subject=subject), replace(LESSON, recipient=Address(name, "ana@example.com")))
    sound(data)
    head = data.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert all(len(line) <= 78 or line.startswith(b"List-Unsubscribe: ") for line in head)
    assert str(read(data)["Subject"]) == one_line(subject)
    assert [one.addr_spec for one in read(data)["To"].addresses] == ["ana@example.com"]
    # The newer parser puts spaces between adjoining encoded-words of a name; RFC 2047 and the older one do not.
    written, address = parseaddr(email.message_from_bytes(data)["To"].replace("\r\n", ""))
    assert (str(make_header(decode_header(written))), address) == (one_line(name), "ana@example.com")


@settings(deadline=None)
@given(text=ANY, html=ANY)
@example(text="\x07\n\0\r", html="a\0</td>\r</td>\0\n</td>")
@example(text="From here\n.\n..\n", html="=\r\n=20 \t\n--=_\n")
def test_any_text_is_read_back_but_for_controls_and_line_ends(text, html):
    data = assemble(Rendered("S", html, text), LESSON)
    sound(data)
    for written, given_text in zip(parts(data), (text, html), strict=True):
        assert written == expected(given_text)


def expected(text):
    text = text if text.endswith("\n") else text + "\n"
    text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", text).replace("\r\n", "\n").replace("\r", "\n")
    return text.encode("utf-8", "replace").decode().replace("\n", "\r\n")


@pytest.mark.parametrize("length", range(60, 90))
def test_wherever_a_table_cell_ends_the_lines_stay_short_and_the_text_whole(length):
    html = ("<td>" + "x" * length + " Ö</td>") * 3 + "\n"
    data = assemble(Rendered("S", html, "x\n"), LESSON)
    assert max(map(len, data.partition(b"\r\n\r\n")[2].split(b"\r\n"))) <= 76
    assert parts(data)[1] == html.replace("\n", "\r\n")


@pytest.mark.parametrize("blank", [" ", "\t", "  ", "\u00e9 "])
@pytest.mark.parametrize("length", range(66, 80))
def test_a_blank_at_the_end_of_a_full_line_makes_no_line_longer(length, blank):
    text = f"{'a' * length}{blank}\n.{'b' * length}{blank}\nend\n"
    encoded = encode_part(text)
    assert max(map(len, encoded.split(b"\r\n"))) <= 76
    assert not any(line.endswith((b" ", b"\t")) or line.startswith(b".") for line in encoded.split(b"\r\n"))
    assert quopri.decodestring(encoded).decode() == text.replace("\n", "\r\n")


@settings(deadline=None)
@given(ANY)
def test_cleaning_twice_changes_nothing(text):
    assert one_line(one_line(text)) == one_line(text)

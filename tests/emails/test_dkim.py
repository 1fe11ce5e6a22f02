"""Signatures, as a program that we did not write verifies them."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.dkim_keys import dns_record, new_key, read_keys
from emails.dkim import Signer
from emails.envelope import content
from emails.letter import Address, Compiled, Headers, Message
from emails.press import print_message
from emails.testing import lint_message

RSA, ED25519 = new_key("rsa"), new_key("ed25519")
BOTH = Signer(read_keys(RSA + ED25519, "mt1 mt1e"))
WHEN = datetime(2024, 3, 31, 9, 0, 5, tzinfo=UTC)
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
LETTER = Compiled("Make room", "<p>Hello {{ reader.name }}.</p>\n", "Hello {{ reader.name }}.\n", (), "test")
ANA = {"reader": {"name": "Ana"}}


def signed(letter=LETTER, headers=LESSON, signer=BOTH):
    return print_message(letter, ANA, headers, signer).data


def records(domain, signer=BOTH):
    return {key.record_name(domain): dns_record(key).encode() for key in signer.keys}


def verified(data, domain="example.org"):
    """What an independent library thinks of each signature."""
    found = records(domain)
    verifier = dkim.DKIM(data)
    count = data.partition(b"\r\n\r\n")[0].count(b"DKIM-Signature:")
    return [
        _true(verifier, number, lambda name, timeout: found.get(name.decode().rstrip("."))) for number in range(count)
    ]


def _true(verifier, number, answer):
    try:
        return verifier.verify(idx=number, dnsfunc=answer)
    except dkim.ValidationError:
        return False


@pytest.mark.parametrize("headers", [LESSON, CONFIRMATION])
def test_both_signatures_are_true(headers):
    assert verified(signed(headers=headers)) == [True, True]


@pytest.mark.parametrize(
    "changes",
    [
        {"recipient": Address("Jörg " * 40, "joerg@example.com")},
        {"recipient": Address('"Quoted,  twice" ' * 9, "a@example.com")},
        {"sender": Address("安娜" * 60, "robin@example.org")},
        {"unsubscribe_url": "https://example.org/" + "x" * 800},
    ],
)
def test_long_and_folded_headers_are_signed_as_they_are_sent(changes):
    assert verified(signed(headers=replace(LESSON, **changes))) == [True, True]


@settings(deadline=None, max_examples=40)
@given(
    subject=st.text(max_size=200), html=st.text(max_size=200), text=st.text(st.sampled_from(".\r\n =x"), max_size=99)
)
def test_whatever_a_letter_says_its_signatures_are_true(subject, html, text):
    letter = Compiled(*(part.replace("{", "(") for part in (subject, html, text)), (), "test")
    assert verified(signed(letter)) == [True, True]


def test_what_goes_over_the_wire_is_what_was_signed():
    data = signed(replace(LETTER, text=".\n..\n.dotted\n" + "." * 200 + "\n"))
    arrived = re.sub(rb"(?m)^\.", b"", content(Message("a@example.org", "b@example.org", data)))
    assert verified(arrived) == [True, True]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Hello Ana", b"Hello Eva"),
        (b"Subject: Make room", b"Subject: Send money"),
        (b"To: Ana", b"To: Eva"),
        (b"Date: Sun", b"Date: Mon"),
        (b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n", b""),
        (b"Reply-To: hello", b"Reply-To: hallo"),
        (b"\r\nTo:", b"\r\nFrom: Eve <eve@example.org>\r\nTo:"),
        (b"\r\nTo:", b"\r\nSubject: Another\r\nTo:"),
        (b"Feedback-ID: lesson", b"Feedback-ID: letter"),
    ],
)
def test_whoever_changes_or_adds_something_breaks_them(old, new):
    assert verified(signed().replace(old, new, 1)) == [False, False]


def test_a_confirmation_gets_no_way_out_that_we_did_not_give_it():
    data = signed(headers=CONFIRMATION)
    assert verified(data.replace(b"\r\nTo:", b"\r\nList-Unsubscribe: <https://evil>\r\nTo:", 1)) == [False, False]


def test_the_domain_of_from_signs_wherever_the_course_writes_from():
    data = signed(headers=replace(LESSON, sender=Address("Robin", "robin@Bücher.example")))
    assert data.count(b"d=xn--bcher-kva.example;") == 2
    assert verified(data, "xn--bcher-kva.example") == [True, True]


def test_the_same_mail_is_signed_alike_whenever_that_is():
    assert signed() == signed()
    assert signed().count(b"t=%d;" % WHEN.timestamp()) == 2


def test_another_key_changes_the_signature_and_not_the_digest_of_the_mail():
    unsigned = print_message(LETTER, ANA, LESSON)
    once, later = (print_message(LETTER, ANA, LESSON, Signer(read_keys(new_key("ed25519"), "x"))) for _ in range(2))
    assert unsigned.digest == once.digest == later.digest
    assert len({unsigned.data, once.data, later.data}) == 3
    assert all(each.data.endswith(unsigned.data) for each in (once, later))


def about_signatures(data):
    """What the message linter says about them; each mail here says too little for it besides."""
    return [str(problem) for problem in lint_message(data) if "DKIM" in str(problem)]


def test_the_message_linter_finds_nothing_about_the_signatures():
    assert about_signatures(signed()) == about_signatures(signed(headers=CONFIRMATION)) == []
    assert max(map(len, signed().partition(b"\r\nFrom:")[0].split(b"\r\n"))) <= 78
    elsewhere = replace(LESSON, sender=Address("", "robin@courses.example.org"))
    assert about_signatures(signed(headers=elsewhere).replace(b"d=courses.", b"d=")) == [], "a parent may sign"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (b"h=From:From:", b"h=From:", "leaves out from"),
        (b":List-Id:", b":", "leaves out list-id"),
        (b"\r\n b=", b"\r\n l=100; b=", "l="),
        (b"a=rsa-sha256", b"a=rsa-sha1", "neither rsa-sha256 nor"),
        (b"d=example.org", b"d=example.net", "is by example.net"),
        (b"d=example.org", b"d=ample.org", "is by ample.org"),
        (b"d=example.org;", b"", "no domain"),
        (b"s=mt1;", b"s=;", "no selector"),
        (b"relaxed/simple", b"simple/simple", "relaxed/simple"),
        (b"Hello Ana", b"Hello Eva", "another body"),
    ],
)
def test_the_message_linter_names_a_signature_that_leaves_a_door_open(old, new, sentence):
    assert sentence in about_signatures(signed().replace(old, new, 1))[0]


def test_the_message_linter_names_a_signature_by_a_short_key():
    data = signed()
    at = data.index(b" b=", data.index(b"a=rsa-sha256")) + len(b" b=")
    assert "fewer than 2048 bits" in about_signatures(data[:at] + data[at + 160 :])[0]

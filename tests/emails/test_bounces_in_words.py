"""Reports that servers write for people, codes that their own words contradict, and mails that are broken."""

import base64

import pytest

from emails.bounces.judge import judge
from emails.bounces.statuses import settle
from tests.emails.returned import dsn, plain

QMAIL = """Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ana@example.com>:
Sorry, no mailbox here by that name. (#5.1.1)
"""
EXIM = """This message was created automatically by mail delivery software.
A message that you sent could not be delivered to one or more of its recipients.
The following address(es) failed:

  ana@example.com
    host mx.example.com [192.0.2.1]: 550 Unrouteable address
"""
EXCHANGE = """Your message

  To:      robin@example.org
  Subject: Make room

did not reach the following recipient(s):

ana@example.com on Mon, 4 Jan 2027 09:00:00 -0000
    The recipient name is not recognized
"""
DOMINO = """Your message
  Subject: Make room
was not delivered to:
  ana@example.com
because:
  User ana (ana@example.com) not listed in Domino Directory
"""
YAHOO = """Message from provider.example.
Unable to deliver message to the following address(es).

<ana@example.com>:
This user doesn't have a provider.example account (ana@example.com) [0]
"""
TRYING = """This is a warning message only. You do not need to resend your message.

ana@example.com: connection timed out; delivery attempts will continue for five days.
"""


@pytest.mark.parametrize("text", [QMAIL, EXIM, EXCHANGE, DOMINO, YAHOO])
def test_the_great_servers_are_understood_without_a_delivery_status(text):
    verdict = judge(plain(text))
    assert (verdict.kind, verdict.address, verdict.status, verdict.hard) == ("bounce", "ana@example.com", "5.1.1", True)


@pytest.mark.parametrize("text", [QMAIL, EXIM])
def test_also_as_html_in_base64_and_with_old_line_ends(text):
    html = base64.encodebytes(f"<html><p>{text.replace('<', '&lt;').replace(chr(10), '<br>')}".encode()).decode()
    raw = plain(html).replace(b"Subject:", b"Content-Type: text/html\nContent-Transfer-Encoding: base64\nSubject:")
    for each in (raw, plain(text).replace(b"\n", b"\r"), plain(text).replace(b"\n", b"\r\n")):
        assert (judge(each).address, judge(each).status) == ("ana@example.com", "5.1.1")


def test_still_trying_is_a_notice():
    assert judge(plain(TRYING, subject="Warning: message delayed")).kind == "delivery notice"


def test_a_header_made_for_it_names_the_address():
    raw = plain("Delivery failed: 550 no such user").replace(
        b"Subject:", b"X-Failed-Recipients: ana@example.com\nSubject:"
    )
    assert judge(raw).address == "ana@example.com"


@pytest.mark.parametrize(
    ("said", "words", "status"),
    [
        ("5.0.0", "550 5.1.1 User unknown", "5.1.1"),
        ("5.0.0", "550 Requested action not taken: mailbox unavailable", "5.1.1"),
        ("5.7.1", "550 5.7.1 No such user", "5.1.1"),
        ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied. AS(1)", "5.1.1"),
        ("5.0.0", "554 This account has been disabled or discontinued", "5.2.1"),
        ("5.0.0", "550 Host unknown", "5.1.2"),
        ("5.1.1", "550 5.1.1 mailbox size limit exceeded", "5.2.2"),
        ("5.1.1", "550 5.1.1 blocked using bl.example.net", "5.7.1"),
        ("5.1.1", "550 5.1.1 Recipient address rejected: Greylisted", "5.7.1"),
        ("5.2.1", "550 5.2.1 receiving mail at a rate that prevents delivery", "5.7.1"),
        ("5.1.1", "554 5.1.1 your reputation is poor", "5.7.1"),
        ("5.3.0", "553 5.3.0 rate limited", "5.7.1"),
        ("5.7.1", "550 5.7.1 <a@b.c>: Recipient address rejected: Please see http://spf.example/", "5.7.1"),
        ("5.1.1", "550 5.1.1 <spam@blocked.example>: User unknown", "5.1.1"),
        ("", "450 4.2.0 User unknown, try again later", "4.2.0"),
        ("", "nothing that anybody knows", None),
        ("5.1.351", "", "5.1.1"),
    ],
)
def test_a_code_is_weighed_against_its_words(said, words, status):
    assert settle(said, words) == status


BROKEN = [
    dsn().replace(b'; boundary="here"', b""),
    dsn().replace(b"--here--", b""),
    dsn().replace(b"text/plain", b"text/plain; charset=nonsense-8"),
    dsn().replace(b"unknown", b"unknown \xff\x00\x80"),
    dsn().replace(b"Content-Type: message/delivery-status", b"Content-Type: text/plain"),
    dsn().replace(b"\n\nFinal-Recipient", b"\nFinal-Recipient"),
    b"\n\n" + dsn(),
    b"From MAILER-DAEMON Mon Jan  4\n" + dsn(),
    dsn(original="x" * 3_000_000),
    dsn().replace(b"Subject: Und", b"Subject: =?utf-8?b?!!!?= =?x-none?q?=ZZ?= Und"),
]


@pytest.mark.parametrize("raw", BROKEN)
def test_what_is_broken_is_read_as_far_as_it_goes(raw):
    verdict = judge(raw)
    assert (verdict.kind, verdict.address, verdict.status) == ("bounce", "ana@example.com", "5.1.1")


def test_a_delivery_status_in_base64_is_read():
    fields = b"Final-Recipient: rfc822; ana@example.com\nAction: failed\nStatus: 5.1.1\n"
    raw = b"Content-Type: multipart/report; boundary=here\n\n--here\nContent-Type: message/delivery-status\n"
    raw += b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(fields) + b"--here--\n"
    assert judge(raw).status == "5.1.1"


def test_nesting_ends_nobody():
    head = b"From: a@b.c\nContent-Type: multipart/mixed; boundary=b0\n\n"
    deep = b"".join(b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (n, n + 1) for n in range(3000))
    assert judge(head + deep).kind == "other"
    mails = b"".join(b"Content-Type: message/rfc822\n\n" for _ in range(3000))
    assert judge(mails + dsn()).kind in {"bounce", "other"}

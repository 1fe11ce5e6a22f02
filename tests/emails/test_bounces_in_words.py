"""Reports that servers write for people, codes that their own words contradict, and mails that are broken."""

import base64

import pytest

from course.statuses import counts, is_hard
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


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("5.7.1", "550 5.7.1 Ihre IP-Adresse ist gesperrt"),
        ("5.7.1", "554 5.7.1 Ваш IP заблокирован"),
        ("5.7.1", "550 5.7.1 Your account has been suspended"),
        ("5.7.1", "550 5.7.1 Your hostname could not be found"),
        ("5.7.1", "550 5.7.1 Sender mailbox does not exist"),
        ("5.7.1", "550 5.7.1 El remitente no existe"),
        ("5.7.1", "550 5.7.1 Expediteur inconnu"),
        ("5.7.1", "550 5.7.1 Service refuse. Serveur emetteur inconnu. OFR_506 [506]"),
        ("5.7.1", "554 5.7.1 Unknown host"),
        ("5.7.1", "554 5.7.1 TLS client certificate expired"),
        ("5.7.1", "550 5.7.1 Your client is not recognised"),
        ("5.7.1", "550 5.7.1 This address no longer accepts mail from the internet"),
        ("5.6.1", "550 5.6.1 unknown user encoding"),
        ("5.5.4", "501 5.5.4 Invalid address"),
        ("5.1.1", "550 5.1.1 Sender mailbox does not exist"),
        ("5.1.1", "550 5.1.1 rejected: too many invalid recipients from your IP, rate limited"),
        ("5.1.0", "550 5.1.0 Address rejected. envelope from does not exist"),
        ("5.0.0", "550 5.0.0 Reply-To address is invalid"),
        ("5.5.0", "553 Domain of sender address does not exist"),
        ("", "553 Domain of sender address <b+aa@x.org> does not resolve"),
        ("", "550 Unknown sender address"),
        ("", "550 Invalid sender mailbox"),
        ("", "550 Sender's domain does not exist"),
        ("", "550 From header address is invalid"),
        ("", "550 Message rejected: invalid e-mail address in From: header"),
        ("", "550 Verification failed for return path: no such user"),
        ("", "501 bad address syntax in MAIL FROM"),
        ("", "554 Your email was rejected and deleted"),
        ("", "554 Ihre IP ist bei uns gesperrt"),
        ("", "554 IP=203.0.113.4 - Der Server ist wegen Missbrauchs gesperrt"),
        ("", "550 Absender existiert nicht"),
        ("", "550 Servidor emisor desconocido"),
        ("", "550 отправитель не найден"),
        ("", "550 发件人不存在"),
    ],
)
def test_words_about_the_sender_are_never_about_the_reader(said, words):
    status = settle(said, words)
    assert not is_hard(status)
    assert not counts(status)


@pytest.mark.parametrize(
    "words",
    [
        "550 recipient unknown, returned to sender",
        "550 return to sender: user unknown",
        "550 User unknown; returning message to sender",
        "550 The sender is told: no such mailbox here",
        "550 5.7.1 Recipient unknown",
        "550 The mail from <a@b.c> to <d@e.f> could not be delivered: user unknown",
        "550 No such user. Contact your domain administrator",
        "550 E-Mail-Adresse ist gesperrt",
        "550 Das Postfach wurde gesperrt",
        "550 Почтовый ящик заблокирован",
        "550 The email address has been deleted",
        "550 This email account expired",
    ],
)
def test_words_about_the_reader_stay_hard_though_they_name_a_sender(words):
    assert is_hard(settle("", words))


@pytest.mark.parametrize("words", ["Delivery time for recipient expired", "message to address expired"])
def test_what_took_too_long_may_pass(words):
    status = settle("", words)
    assert counts(status)
    assert not is_hard(status)


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

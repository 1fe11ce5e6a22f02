"""What a mail that came back says."""

import pytest

from emails.bounces.judge import judge
from tests.emails.returned import ORIGINAL, OURS, arf, dsn, plain

MESSAGE_ID = f"<{OURS}@bounces.example.org>"


def test_a_delivery_status_names_address_code_and_mail():
    verdict = judge(dsn())
    assert (verdict.kind, verdict.address, verdict.status) == ("bounce", "ana@example.com", "5.1.1")
    assert (verdict.hard, verdict.action, verdict.message_id) == (True, "suppress", MESSAGE_ID)
    assert verdict.diagnostic == "550 5.1.1 User unknown"


@pytest.mark.parametrize("status", ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"])
def test_hard_codes_are_believed_by_themselves(status):
    verdict = judge(dsn(status, ""))
    assert (verdict.hard, verdict.action) == (True, "suppress")


@pytest.mark.parametrize(
    ("status", "diagnostic", "action"),
    [
        ("4.4.7", "smtp; 400 4.4.7 Message delayed too long", "count"),
        ("4.2.2", "smtp; 452 4.2.2 Mailbox full", "count"),
        ("5.2.2", "smtp; 552 5.2.2 Over quota", "count"),
        ("5.3.0", "smtp; 554 5.3.0 System trouble", "count"),
        ("5.0.0", "smtp; 554 Something", "count"),
        ("5.7.1", "smtp; 550 5.7.1 Rejected by policy", "none"),
        ("5.6.0", "smtp; 554 5.6.0 Content", "none"),
        ("5.2.3", "smtp; 552 5.2.3 Message too large", "none"),
        ("4.7.0", "smtp; 421 4.7.0 Deferred", "none"),
    ],
)
def test_what_is_not_hard_counts_or_does_not(status, diagnostic, action):
    verdict = judge(dsn(status, diagnostic))
    assert (verdict.kind, verdict.status, verdict.hard, verdict.action) == ("bounce", status, False, action)


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", "Delayed (still trying)"])
def test_nothing_final_is_a_notice(action):
    verdict = judge(dsn("4.4.1", "", action=action))
    assert (verdict.kind, verdict.status, verdict.action) == ("delivery notice", "4.4.1", "none")


def test_the_recipient_as_we_wrote_it_goes_before_where_it_was_forwarded():
    raw = dsn(recipient="new@home.example").replace(
        b"Final-Recipient", b"Original-Recipient: rfc822;Ana@Example.com\nFinal-Recipient"
    )
    assert judge(raw).address == "Ana@Example.com"


def test_among_several_recipients_the_one_that_failed_counts():
    delivered = (
        b"Final-Recipient: rfc822; bo@example.com\nAction: delivered\nStatus: 2.1.5\n\nFinal-Recipient: rfc822; ana"
    )
    assert judge(dsn().replace(b"Final-Recipient: rfc822; ana", delivered)).address == "ana@example.com"


def test_our_return_path_tells_which_mail_it_was():
    verdict = judge(dsn(to=f"B+{OURS.upper()}@Bounces.example.org", original="Gone."))
    assert verdict.message_id == MESSAGE_ID
    assert judge(b"Subject: x\n\nhello", (f"b+{OURS}@bounces.example.org",)).message_id == MESSAGE_ID
    assert judge(f"X-Original-To: <b+{OURS}@bounces.example.org>\n\nhello".encode()).message_id == MESSAGE_ID


@pytest.mark.parametrize(
    "raw",
    [
        plain(f"<ana@example.com>: User unknown\n\n--- Below this line is a copy of the message.\n\n{ORIGINAL}"),
        plain("<ana@example.com>: User unknown\n\n" + "".join(f"> {line}\n" for line in ORIGINAL.splitlines())),
        plain("<ana@example.com>: User unknown").replace(b"Subject:", f"In-Reply-To: {MESSAGE_ID}\nSubject:".encode()),
        plain("x").replace(b"Subject:", f"References: <a@b.c>\n {MESSAGE_ID}\nSubject:".encode()),
        dsn(original=f"Message-ID:\n {MESSAGE_ID}\nSubject: x\n"),
        dsn(original=f"Resent-Message-ID: <first@example.net>\nMessage-Id: {MESSAGE_ID}\n"),
    ],
)
def test_the_quoted_message_id_tells_it_wherever_it_stands(raw):
    assert judge(raw).message_id == MESSAGE_ID


def test_a_complaint_suppresses_whoever_it_names_or_whose_mail_it_was():
    verdict = judge(arf())
    assert (verdict.kind, verdict.address, verdict.action) == ("complaint", "ana@example.com", "suppress")
    redacted = judge(arf(recipient=""))
    assert (redacted.kind, redacted.address, redacted.message_id) == ("complaint", None, MESSAGE_ID)
    assert judge(arf("fraud")).kind == "complaint"
    assert judge(arf("not-spam")).kind == "other"
    assert judge(arf("auth-failure")).kind == "other"


def test_microsoft_s_complaints_have_a_form_of_their_own():
    raw = b"""From: staff@provider.example
Subject: complaint about message from 192.0.2.1
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="here"

--here
Content-Type: message/rfc822

X-HmXmrOriginalRecipient: ana@example.com
"""
    verdict = judge(raw + ORIGINAL.encode() + b"\n--here--\n")
    assert (verdict.kind, verdict.address, verdict.message_id) == ("complaint", "ana@example.com", MESSAGE_ID)


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "X-Autoreply: yes",
        "Precedence: auto_reply",
        "Subject: Out of office: Make room",
        "Subject: =?utf-8?q?Automatische_Antwort=3A_Hallo?=",
        "X-Autorespond: vacation\nSubject: Re: user unknown is away",
        "Return-Path: <>\nAuto-Submitted: auto-replied (vacation)\nSubject: Auto: Make room",
        "Return-Path: <>\nAuto-Submitted: auto-replied\nSubject: [#123] Make room",
        "Return-Path: <>\nSubject: Auto: Make room",
    ],
)
def test_automatic_replies_are_never_bounces(header):
    raw = f"From: Ana <ana@example.com>\n{header}\n\nI am away. Mail to bo@example.com was not delivered: 550 5.1.1.\n"
    verdict = judge(raw.encode())
    assert (verdict.kind, verdict.hard, verdict.action) == ("auto-reply", False, "none")


def test_a_read_receipt_is_an_automatic_reply():
    raw = dsn().replace(b"delivery-status", b"disposition-notification")
    read = raw.replace(b"Status:", b"Disposition: manual-action/MDN-sent-manually; displayed\nX-Status:")
    assert (judge(read).kind, judge(read).address) == ("auto-reply", "ana@example.com")


def test_a_mail_program_that_unsubscribes_is_understood():
    verdict = judge(plain("", subject="unsubscribe abcDEF123.0.x-y_z", sender="ana@example.com"))
    assert (verdict.kind, verdict.leave_token, verdict.action) == ("other", "abcDEF123.0.x-y_z", "unsubscribe")
    assert judge(plain("", subject="please unsubscribe me", sender="ana@example.com")).leave_token is None


def test_a_forwarded_report_is_the_report():
    inner = dsn().decode()
    raw = "From: ana@example.org\nSubject: look\nContent-Type: multipart/mixed; boundary=out\n\n--out\n\nLook.\n"
    raw += f"--out\nContent-Type: message/rfc822\n\n{inner}\n--out--\n"
    verdict = judge(raw.encode())
    assert (verdict.kind, verdict.status, verdict.message_id) == ("bounce", "5.1.1", MESSAGE_ID)


STATUS = "Final-Recipient: rfc822; bo@example.com\nAction: failed\nStatus: 5.1.1\n"
TICKET = f"""Auto-Submitted: auto-generated
Content-Type: multipart/mixed; boundary=here

--here
Content-Type: text/plain

We have got your mail.
--here
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

{STATUS}
--here--
"""
QUOTED = "".join(f"> {line}\n" for line in ["550 5.1.1 User unknown", "", *STATUS.splitlines()])


@pytest.mark.parametrize(
    "rest",
    [
        f"Subject: [Ticket 123] Make room\n{TICKET}",
        f"Subject: Undelivered Mail Returned to Sender\n{TICKET}",
        f"Subject: Fwd: Undelivered Mail Returned to Sender\n\nLook what I got:\n\n{QUOTED}",
        f"Subject: Re: Make room\n\nAnd this one?\n\n{QUOTED}",
        "Return-Path: <>\nSubject: Re: Make room\n\nThe mailbox bo@example.com could not be reached: no such user.\n",
    ],
)
def test_what_a_person_tells_of_somebody_else_is_no_report(rest):
    verdict = judge(f"From: Ana <ana@example.com>\nTo: b+{OURS}@bounces.example.org\n{rest}".encode())
    assert (verdict.hard, verdict.action) == (False, "none")


def test_a_report_that_a_person_sends_on_is_about_the_mail_that_it_names():
    head = f"From: ana@example.com\nTo: b+{OURS}@bounces.example.org\n"
    head += "Content-Type: multipart/mixed; boundary=out\n\n--out\nContent-Type: message/rfc822\n\n"
    other = dsn(original="Message-ID: <other@example.net>\n").decode()
    assert judge((head + other).encode()).message_id == "<other@example.net>"
    assert judge((head + dsn(original="Gone.").decode()).encode()).message_id is None


@pytest.mark.parametrize("sender", ["Mailer-Daemon@mx.example", "Outlook <MicrosoftExchange329e71@mx.example>"])
def test_a_daemon_that_answers_automatically_is_believed(sender):
    raw = plain("<ana@example.com>: User unknown", sender=sender)
    raw = raw.replace(b"Subject:", b"Auto-Submitted: auto-replied\nSubject:")
    assert judge(raw).hard


def test_a_receipt_for_a_mail_deleted_unread_suppresses_nobody():
    raw = dsn("", "", text="The mail to this mailbox was deleted unread.")
    raw = raw.replace(b"delivery-status", b"disposition-notification")
    raw = raw.replace(b"MAILER-DAEMON@mx.", b"ana@").replace(b"Mail Delivery System", b"Ana")
    assert judge(raw.replace(b"Status:", b"Disposition: automatic-action; deleted\nX-Status:")).action != "suppress"


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"From: a@b.c\nSubject: Hello\n\nUser unknown is a fine band name.\n"])
def test_a_mail_that_says_nothing_is_other(raw):
    assert (judge(raw).kind, judge(raw).action) == ("other", "none")

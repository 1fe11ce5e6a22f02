"""Mails that came back, as several servers write them; all made up."""

OURS = "0123456789abcdef0123456789abcdef"

ORIGINAL = f"""From: Robin <robin@example.org>
To: Ana <ana@example.com>
Subject: Make room
Message-ID: <{OURS}@bounces.example.org>

Good morning.
"""


def dsn(status: str = "5.1.1", diagnostic: str = "smtp; 550 5.1.1 User unknown", **more: str) -> bytes:
    """A delivery status (RFC 3464); `more`: action, to, recipient, original, text."""
    original = more.get("original", ORIGINAL)
    return f"""From: Mail Delivery System <MAILER-DAEMON@mx.example.com>
To: {more.get("to", "bounces@example.org")}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Message-ID: <report@mx.example.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="here"

--here
Content-Type: text/plain

{more.get("text", "This is the mail system. Your message could not be delivered.")}

--here
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; {more.get("recipient", "ana@example.com")}
Action: {more.get("action", "failed")}
Status: {status}
Diagnostic-Code: {diagnostic}

--here
Content-Type: message/rfc822

{original}
--here--
""".encode()


def arf(feedback_type: str = "abuse", recipient: str = "Original-Rcpt-To: ana@example.com\n") -> bytes:
    """A complaint (RFC 5965)."""
    return f"""From: <feedback@provider.example>
To: <abuse@example.org>
Subject: FW: Make room
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="here"

--here
Content-Type: text/plain

This is an email abuse report.

--here
Content-Type: message/feedback-report

Feedback-Type: {feedback_type}
User-Agent: Provider/1.0
Version: 1
{recipient}
--here
Content-Type: message/rfc822

{ORIGINAL.replace("ana@example.com", "redacted@example.com")}
--here--
""".encode()


def plain(text: str, subject: str = "Mail delivery failed", sender: str = "MAILER-DAEMON@mx.example.com") -> bytes:
    """A report in words."""
    head = f"From: {sender}\nTo: bounces@example.org\nSubject: {subject}\nMessage-ID: <report@mx.example.com>\n"
    return f"{head}\n{text}\n".encode()

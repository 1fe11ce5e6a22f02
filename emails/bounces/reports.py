"""Reports made for machines: delivery status (RFC 3464), complaints (RFC 5965), and receipts (RFC 8098)."""

import re
from dataclasses import dataclass

from course.statuses import is_hard
from emails.bounces.addresses import first_address
from emails.bounces.opened import Opened
from emails.bounces.plain import comes_from_a_machine, may_report
from emails.bounces.statuses import settle
from emails.bounces.verdict import Kind, Verdict

Fields = dict[str, str]

# Characters of a server's words, and of a whole report, that are asked for their meaning.
SAID_READ, WORDS_READ = 2_000, 40_000

_FIELD = re.compile(r"^[ >\t]{0,4}([A-Za-z][A-Za-z0-9-]{1,60})[ \t]{0,3}:[ \t]*(.*)$")
_MEANT = frozenset({"final-recipient", "original-recipient", "status", "action", "diagnostic-code"})
_NOT_FAILED = frozenset({"delayed", "delivered", "relayed", "expanded", "deliverable"})
_ACTION = {"failure": "failed", "fail": "failed", "error": "failed", "delay": "delayed", "failed": "failed"}
_COMPLAINTS = frozenset({"abuse", "fraud", "opt-out", "opt-out-list", "other", "miscategorized", "spam", "complaint"})
_READ = re.compile(r"^disposition\s*:.*\b(?:displayed|processed|dispatched)\b", re.IGNORECASE | re.MULTILINE)
_DELETED = re.compile(r"^disposition\s*:.*\bdeleted\b", re.IGNORECASE | re.MULTILINE)
_LIKE_STATUS = re.compile(r"^(?:final|original)-recipient\s*:", re.IGNORECASE | re.MULTILINE)
_LIKE_FEEDBACK = re.compile(r"^feedback-type\s*:\s*\w", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class _Recipient:
    fields: Fields
    words: str

    @property
    def address(self) -> str | None:
        """As we wrote it, where the report knows; else where the mail ended up."""
        for name in ("original-recipient", "final-recipient", "x-actual-recipient", "x-failed-recipients"):
            found = first_address(self.fields.get(name, "").partition(";")[2] or self.fields.get(name, ""))
            if found:
                return found
        return None

    @property
    def status(self) -> str | None:
        return settle(self.fields.get("status", ""), self.said, self.words[:WORDS_READ])

    @property
    def said(self) -> str:
        """The server's words."""
        code = self.fields.get("diagnostic-code", "")
        kind, semicolon, text = code.partition(";")
        return (text if semicolon and len(kind) < 30 else code).strip()[:SAID_READ]

    @property
    def failed(self) -> bool:
        """Whether this is the end of it, in the Action field's words, or in the status's where there is none."""
        action = self.fields.get("action", "").split("(")[0].split()
        word = _ACTION.get(action[0].lower().strip(".;,"), action[0].lower().strip(".;,")) if action else ""
        if word in _NOT_FAILED:
            return False
        return word == "failed" or not self.fields.get("status", "5").startswith(("2", "4"))


def delivery_report(mail: Opened) -> Verdict | None:
    """The verdict of a delivery status, wherever in a server's mail it stands; None when there is none."""
    if not may_report(mail):
        return None
    part = mail.first("message/delivery-status")
    text = part.text if part else mail.flat if _LIKE_STATUS.search(mail.flat) else ""
    recipients = [_Recipient(fields, mail.words) for fields in _blocks(text)]
    failed = [each for each in recipients if each.failed]
    if not recipients:
        return None
    if not failed:
        return Verdict("delivery notice", recipients[0].address, _said_status(recipients[0]), None, recipients[0].said)
    chosen = next((each for each in failed if is_hard(each.status)), failed[0])
    address = chosen.address or first_address(mail.header("x-failed-recipients"))
    return Verdict("bounce", address, chosen.status, None, chosen.said)


def _said_status(recipient: _Recipient) -> str | None:
    found = re.search(r"\b[245]\.\d{1,3}\.\d{1,3}\b", recipient.fields.get("status", ""))
    return found[0] if found else None


def _blocks(text: str) -> list[Fields]:
    """The fields of each recipient; a block is whatever names one, blank lines or not."""
    blocks: list[Fields] = []
    current: Fields = {}
    last = ""
    for line in text[:400_000].splitlines():
        found = _FIELD.match(line)
        if found:
            last = found[1].lower()
            if last in current and last in _MEANT and "final-recipient" in current:
                blocks, current = [*blocks, current], {}
            current.setdefault(last, found[2].strip())
        elif line.startswith((" ", "\t")) and line.strip() and last:
            if len(current[last]) < SAID_READ:
                current[last] = f"{current[last]} {line.strip()}"
        elif not line.strip():
            last = ""
            if "final-recipient" in current or "original-recipient" in current:
                blocks, current = [*blocks, current], {}
            elif not _MEANT & current.keys():
                current = {}
    known = [*blocks, current]
    return [each for each in known if len(_MEANT & each.keys()) >= 2 or "final-recipient" in each][:100]


def complaint(mail: Opened) -> Verdict | None:
    """The verdict of a feedback report, ARF or Microsoft's own form; None when this is none."""
    part = mail.first("message/feedback-report")
    text = part.text if part else mail.flat if _LIKE_FEEDBACK.search(mail.flat) else ""
    if text:
        fields = dict(reversed([(f[1].lower(), f[2].strip()) for f in map(_FIELD.match, text.splitlines()) if f]))
        kind: Kind = "complaint" if fields.get("feedback-type", "abuse").lower() in _COMPLAINTS else "other"
        return Verdict(kind, _complained(mail, fields), None, None, fields.get("feedback-type", ""))
    # Microsoft's own form: the mail itself, with the reader's address in a header.
    if mail.header("subject").lower().startswith("complaint about message from"):
        return Verdict("complaint", _complained(mail, {}), None, None, mail.header("subject"))
    return None


def _complained(mail: Opened, fields: Fields) -> str | None:
    """Who complained: most providers take the address out, some leave it where one would not look."""
    returned = "\n".join(part.text for part in mail.parts if part.kind == "message/headers")
    kept = re.search(r"^x-hmxmroriginalrecipient\s*:\s*(.+)$", returned, re.IGNORECASE | re.MULTILINE)
    to = re.search(r"^(?:delivered-to|to)\s*:\s*(.+)$", returned, re.IGNORECASE | re.MULTILINE)
    named = (fields.get("original-rcpt-to", ""), fields.get("removal-recipient", ""), kept[1] if kept else "")
    for text in (*named, to[1] if to else ""):
        found = first_address(text)
        if found and not found.lower().startswith(("redacted", "undisclosed")):
            return found
    return None


def receipt(mail: Opened) -> Verdict | None:
    """The verdict of a read receipt; a mail that was refused in this form (by a filter) is none."""
    part = mail.first("message/disposition-notification")
    if part is None or part.inside:
        return None
    # A person deletes a mail unread; a server says so of one that it refuses.
    if not (_READ.search(part.text) or (_DELETED.search(part.text) and not comes_from_a_machine(mail))):
        return None
    found = re.search(r"^(?:original|final)-recipient\s*:(.+)$", part.text, re.IGNORECASE | re.MULTILINE)
    return Verdict("auto-reply", first_address(found[1].rpartition(";")[2]) if found else None)

"""Fetching mail that came back: from a Maildir or by IMAP. What was kept is taken away; nothing is ever answered.

    imaps://user:password@host:993/INBOX       TLS from the start
    imap://user:password@host:143/INBOX        STARTTLS; ?tls=none only where nobody listens in
    maildir:///var/mail/bounces

A mail is deleted after `keep` has returned, so one that could not be stored is there next time.
"""

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from emails.errors import EmailsError

MOST_OCTETS = 1 << 20
SECONDS = 20.0
STEP = 500  # mails; many may be deleted and not yet gone

Keep = Callable[[bytes], None]


class InboxTrouble(EmailsError):
    """The inbox cannot be read just now; its words hold no secret."""


@dataclass(frozen=True)
class Imap:
    """One folder of a mail server."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    tls: str


def fetch(url: str, keep: Keep, most: int) -> int:
    """Hand up to `most` mails to `keep`, and take each away after it. Returns how many. Raises InboxTrouble."""
    if url.startswith("maildir://"):
        return _from_maildir(Path(unquote(urlsplit(url).path)), keep, most)
    return _from_imap(parse_imap_url(url), keep, most)


def parse_imap_url(url: str) -> Imap:
    """An imap:// or imaps:// URL in its parts. Raises InboxTrouble."""
    parts = urlsplit(url)
    try:
        port = parts.port or (993 if parts.scheme == "imaps" else 143)
    except ValueError:
        raise InboxTrouble("The inbox's port is no number.") from None
    tls = "implicit" if parts.scheme == "imaps" else parse_qs(parts.query).get("tls", ["starttls"])[0]
    if not parts.hostname or tls not in {"implicit", "starttls", "none"}:
        raise InboxTrouble("The inbox's URL names no server, or a way of TLS that there is not.")
    folder = unquote(parts.path.lstrip("/")) or "INBOX"
    return Imap(parts.hostname, port, unquote(parts.username or ""), unquote(parts.password or ""), folder, tls)


def _from_maildir(folder: Path, keep: Keep, most: int) -> int:
    """The oldest first, as far as their names tell."""
    try:
        files = sorted((each for part in ("new", "cur") for each in (folder / part).iterdir()), key=lambda f: f.name)
        for file in files[:most]:
            with file.open("rb") as stream:
                raw = stream.read(MOST_OCTETS)
            keep(raw)
            file.unlink(missing_ok=True)
    except OSError as error:
        raise InboxTrouble(f"The Maildir cannot be read: {error.strerror}.") from None
    return len(files[:most])


def _from_imap(imap: Imap, keep: Keep, most: int) -> int:
    done = 0
    with _opened(imap) as server:
        for uid in islice(_waiting(server, imap.folder), most):
            raw = next(_literals(_said(server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MOST_OCTETS}>)"))), None)
            if raw is None:
                continue  # somebody else has taken it away
            keep(raw)
            _said(server.uid("STORE", uid, "+FLAGS.SILENT", r"(\Deleted)"))
            done += 1
        if done:
            server.expunge()
    return done


def _waiting(server: imaplib.IMAP4, folder: str) -> Iterator[str]:
    """The UIDs of a folder's mails, the oldest first. Asked for in steps: of a full folder they are no line to read."""
    there = int(_said(server.select('"' + re.sub(r'(["\\])', r"\\\1", folder) + '"'))[-1] or 0)
    for first in range(1, there + 1, STEP):
        found = _said(server.uid("SEARCH", f"{first}:{min(first + STEP - 1, there)}", "UNDELETED"))
        yield from (found[0] or b"").decode("ascii", "replace").split()


@contextmanager
def _opened(imap: Imap) -> Iterator[imaplib.IMAP4]:
    try:
        server = _connected(imap)
    except (OSError, imaplib.IMAP4.error) as error:
        raise InboxTrouble(f"The mail server does not let us in: {type(error).__name__}.") from None
    try:
        _said(server.login(imap.user, imap.password))
        yield server
    except (OSError, imaplib.IMAP4.error, UnicodeError) as error:
        raise InboxTrouble(f"The mail server broke off: {type(error).__name__}.") from None
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            server.logout()


def _connected(imap: Imap) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if imap.tls == "implicit":
        return imaplib.IMAP4_SSL(imap.host, imap.port, ssl_context=context, timeout=SECONDS)
    server = imaplib.IMAP4(imap.host, imap.port, timeout=SECONDS)
    if imap.tls == "starttls":
        server.starttls(context)
    return server


def _said(answer: tuple[str, Sequence[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error("refused")
    return list(data)


def _literals(data: list[Any]) -> Iterator[bytes]:
    """The mails in what FETCH answered: a mail is the second of a pair."""
    yield from (bytes(each[1]) for each in data if isinstance(each, tuple))

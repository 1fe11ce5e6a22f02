"""`python -m web.hooks.listener`: takes mail to our own return paths by SMTP or LMTP, and nothing else.

An address is ours if it is `b+<token>@<bounce domain>` with the token of a mail that we sent, or `b+leave@…`. What is
accepted is in the database before it is acknowledged. It never answers by mail, never relays, and knows no log-in.
"""

import asyncio
import re
import sys
from urllib.parse import urlsplit

import click
import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy.exc import SQLAlchemyError

from course import feedback
from course import log as logging
from course.clock import Clock, open_clock
from course.database import Database
from course.errors import MeantimeError, Misconfigured
from course.settings import Settings, load
from web.hooks import MOST_OCTETS
from web.mail_server import serve_mail

SECONDS = 60.0  # that somebody may say nothing
LEAVE = "leave"

_PATH = re.compile(r"b\+([0-9a-f]{32}|leave)@(.+)", re.IGNORECASE)

log = structlog.get_logger("listener")


class Ears:
    """aiosmtpd's handler: knows our addresses, and keeps each message."""

    def __init__(self, settings: Settings, database: Database, clock: Clock) -> None:
        """The database must be migrated."""
        self._domain = settings.mail_domain
        self._database = database
        self._clock = clock

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take one recipient, if it is a return path of ours."""
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        found = _PATH.fullmatch(address)
        if found is None or found[2].lower() != self._domain:
            return "550 5.7.1 This server takes returned mail alone"
        try:
            known = await asyncio.to_thread(self._known, found[1].lower())
        except SQLAlchemyError as error:
            return _later(error)
        if not known:
            return "550 5.1.1 There is no such return path"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the message; acknowledged when it is durable."""
        raw = envelope.original_content or b""
        try:
            await asyncio.to_thread(self._keep, raw, tuple(envelope.rcpt_tos))
        except SQLAlchemyError as error:
            return _later(error)
        return "250 2.0.0 Kept"

    def _known(self, token: str) -> bool:
        if token == LEAVE:
            return True
        with self._database.reading() as session:
            return feedback.knows(session, f"<{token}@{self._domain}>")

    def _keep(self, raw: bytes, recipients: tuple[str, ...]) -> None:
        with self._database.writing() as session:
            feedback.receive(session, raw, "listener", recipients, self._clock.now())


def _later(error: SQLAlchemyError) -> str:
    log.warning("not kept", error=type(error).__name__)
    return "451 4.3.0 Not now; please come back later"


class _Smtp(SMTP):
    # Returned mail has whatever lines it has.
    line_length_limit = 1 << 16


class _Lmtp(LMTP):
    line_length_limit = 1 << 16


async def serve(ears: Ears, url: str) -> None:
    """Take mail at smtp://HOST:PORT or lmtp://HOST:PORT until SIGTERM or SIGINT; raise OSError if it is taken."""
    parts = urlsplit(url)
    kind = _Lmtp if parts.scheme == "lmtp" else _Smtp

    def connection(loop: asyncio.AbstractEventLoop) -> SMTP:
        return kind(
            ears,
            data_size_limit=MOST_OCTETS,
            enable_SMTPUTF8=True,
            hostname="meantime",
            ident="Meantime",
            timeout=SECONDS,
            loop=loop,
        )

    await serve_mail(connection, parts.hostname, parts.port or 0)


def main() -> int:
    """Listen for the configured installation; 1 with a sentence when it cannot."""
    try:
        settings = load()
        if not settings.bounce_listen:
            raise Misconfigured("Say where to listen: MEANTIME_BOUNCE_LISTEN=smtp://0.0.0.0:2525")
        logging.configure(settings.log_level)
        database = Database(settings.database, sqlite_synchronous=settings.sqlite_synchronous)
        clock = open_clock(settings.state_dir, development=settings.development)
        asyncio.run(serve(Ears(settings, database, clock), settings.bounce_listen))
    except (MeantimeError, OSError) as error:
        click.echo(error, err=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m web.mailbox.catcher`: an SMTP server on loopback that accepts every mail and files it in a Maildir.

Some addresses play a part, at any domain, so that a demonstration can show what happens then:

    bounce@…     refused for good: 550 5.1.1
    greylist@…   put off the first time: 451 4.7.1, accepted after that
    slow@…       accepted after three seconds
"""

import asyncio
import sys
from itertools import count
from pathlib import Path

import click
from aiosmtpd.smtp import SMTP, Envelope, Session

from course.clock import Clock, open_clock
from course.errors import MeantimeError, Misconfigured
from course.settings import load
from web.mail_server import serve_mail
from web.mailbox import trace

LARGEST_MAIL = 32 * 1024 * 1024
SLOW_SECONDS = 3.0


class Catcher:
    """aiosmtpd's handler: decides on each recipient and files each message."""

    def __init__(self, maildir: Path, clock: Clock) -> None:
        """`maildir` is made when it is missing."""
        self._maildir = maildir
        self._clock = clock
        self._put_off: set[str] = set()
        self._number = count()
        for folder in ("tmp", "new", "cur"):
            (maildir / folder).mkdir(parents=True, exist_ok=True)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer to a recipient as the part that its address plays."""
        part = address.partition("@")[0].partition("+")[0].casefold()
        if part == "bounce":
            return "550 5.1.1 There is no such mailbox"
        if part == "greylist" and address not in self._put_off:
            self._put_off.add(address)
            return "451 4.7.1 Not yet, please come back later"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """File the message; the answer names the file."""
        if any(address.casefold().startswith("slow@") for address in envelope.rcpt_tos):
            await asyncio.sleep(SLOW_SECONDS)
        content = envelope.original_content or b""
        return f"250 2.0.0 OK {self._file(envelope, content)}"

    def _file(self, envelope: Envelope, content: bytes) -> str:
        now = self._clock.now()
        lines = trace.write(trace.Trace(envelope.mail_from or "", tuple(envelope.rcpt_tos), now))
        # Sorted by name, messages stand in the order of their arrival, over restarts too: this clock never goes back.
        name = f"{int(now.timestamp() * 1_000_000):017d}.{next(self._number):06d}"
        written = self._maildir / "tmp" / name
        written.write_bytes(lines + content)
        written.rename(self._maildir / "new" / name)
        return name


async def serve(catcher: Catcher, port: int) -> None:
    """Take mail on 127.0.0.1:`port` until SIGTERM or SIGINT; raise OSError when the port is taken."""

    def connection(loop: asyncio.AbstractEventLoop) -> SMTP:
        return SMTP(catcher, data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True, hostname="mailbox", loop=loop)

    await serve_mail(connection, "127.0.0.1", port)


def main() -> int:
    """Serve the mailbox of the configured installation; 1 with a sentence when it cannot."""
    try:
        settings = load()
        if not settings.development:
            raise Misconfigured("The built-in mailbox exists in development only; set MEANTIME_SMTP_URL.")
        clock = open_clock(settings.state_dir, development=True)
        asyncio.run(serve(Catcher(settings.state_dir / "mailbox", clock), settings.mailbox_port))
    except (MeantimeError, OSError) as error:
        click.echo(error, err=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

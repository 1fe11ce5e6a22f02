"""Serves SMTP or LMTP in a process of its own: the mailbox, and the listener for returned mail."""

import asyncio
import signal
from collections.abc import Callable

from aiosmtpd.smtp import SMTP


async def serve_mail(connection: Callable[[asyncio.AbstractEventLoop], SMTP], host: str | None, port: int) -> None:
    """Take mail until SIGTERM or SIGINT, each connection with its own protocol; raise OSError if `port` is taken."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    server = await loop.create_server(lambda: connection(loop), host, port)
    await stop.wait()
    server.close()

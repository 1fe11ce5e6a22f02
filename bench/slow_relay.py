"""A mail server whose answers arrive ten milliseconds later, as from another town.

python -m bench.slow_relay PORT HOST
"""

import asyncio
import contextlib
import sys

DELAY = 0.010
OFFERS = b"250-slow.example.org\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 20000000\r\n"


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    _say(writer, b"220 slow.example.org ESMTP\r\n")
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
        while command := await reader.readline():
            verb = command[:4].upper()
            if verb == b"DATA":
                _say(writer, b"354 Go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
            _say(writer, OFFERS if verb == b"EHLO" else b"250 2.0.0 Ok\r\n")
    writer.close()


def _say(writer: asyncio.StreamWriter, answer: bytes) -> None:
    asyncio.get_running_loop().call_later(DELAY, writer.write, answer)


async def main() -> None:
    """Until it is ended."""
    server = await asyncio.start_server(_talk, sys.argv[2], int(sys.argv[1]), limit=1_000_000)
    async with server:
        await server.serve_forever()


asyncio.run(main())

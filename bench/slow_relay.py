"""A mail server that answers everything after ten milliseconds, as one in another town does.

python -m bench.slow_relay PORT
"""

import asyncio
import sys

DELAY = 0.010
OFFERS = b"250-slow.example.org\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 20000000\r\n"


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 slow.example.org ESMTP\r\n")
    while command := await _next(reader):
        answers = []
        while command:
            verb = command[:4].upper()
            answers.append(OFFERS if verb == b"EHLO" else b"354 Go on\r\n" if verb == b"DATA" else b"250 2.0.0 Ok\r\n")
            if verb == b"DATA":
                await _say(writer, answers)
                answers = []
                await reader.readuntil(b"\r\n.\r\n")
                answers.append(b"250 2.0.0 Ok\r\n")
            command = await _next(reader) if _has_more(reader) else b""
        await _say(writer, answers)
    writer.close()


async def _say(writer: asyncio.StreamWriter, answers: list[bytes]) -> None:
    await asyncio.sleep(DELAY)
    writer.write(b"".join(answers))


async def _next(reader: asyncio.StreamReader) -> bytes:
    return await reader.readline()


def _has_more(reader: asyncio.StreamReader) -> bool:
    """Whether a whole command has come already: it shares the wait of the one before."""
    return b"\n" in reader._buffer  # type: ignore[attr-defined]


async def main() -> None:
    """Until it is ended."""
    server = await asyncio.start_server(_talk, "127.0.0.1", int(sys.argv[1]), limit=1_000_000)
    async with server:
        await server.serve_forever()


asyncio.run(main())

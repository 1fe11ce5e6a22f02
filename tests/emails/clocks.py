"""A time server that is wrong by as much as one likes."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def time_server(ahead: float, first: int = 0x24, *, forged: bool = False) -> Iterator[int]:
    """One answer of a time server whose clock is `ahead` seconds; its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))

        def answer() -> None:
            asked, client = sock.recvfrom(512)
            now = time.time() + ahead + 2_208_988_800
            stamp = struct.pack("!II", int(now) % (1 << 32), int(now % 1 * (1 << 32)))
            echoed = bytes(8) if forged else asked[40:48]
            sock.sendto(bytes([first]) + bytes(23) + echoed + stamp + stamp, client)

        thread = threading.Thread(target=answer)
        thread.start()
        yield sock.getsockname()[1]
        thread.join()

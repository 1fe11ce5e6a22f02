"""How far this machine's clock is off, asked of a time server (SNTP, RFC 4330)."""

import os
import socket
import struct
import time

PORT = 123
PATIENCE = 2.0  # seconds
_SINCE_1900 = 2_208_988_800  # from NTP's epoch to Unix'
_CLIENT_VERSION_4 = 0x23
_PACKET = struct.Struct("!B3x8x4x8x8s8s8s")


def offset(host: str, port: int = PORT) -> float:
    """Seconds by which the server is ahead of us; raises OSError where it does not answer, or not to us."""
    ours = os.urandom(8)
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind) as sock:
        sock.settimeout(PATIENCE)
        sock.connect(address)
        asked = time.time()
        # A random number instead of our time: the server hands it back, so nobody else can answer for it.
        sock.send(_PACKET.pack(_CLIENT_VERSION_4, bytes(8), bytes(8), ours))
        answer = sock.recv(512)
        heard = time.time()
    if len(answer) < _PACKET.size:
        raise OSError("the time server's answer is too short")
    first, echoed, received, sent = _PACKET.unpack(answer[: _PACKET.size])
    if echoed != ours or first & 7 != 4 or first >> 6 == 3:
        raise OSError("the time server does not know the time")
    return ((_seconds(received) - asked) + (_seconds(sent) - heard)) / 2


def _seconds(stamp: bytes) -> float:
    whole, fraction = struct.unpack("!II", stamp)
    # The era that began in 1968: 32 bits of seconds last until 2104.
    whole += 0 if whole & 0x8000_0000 else 1 << 32
    return float(whole - _SINCE_1900 + fraction / (1 << 32))

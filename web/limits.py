"""How often one visitor may do a thing. Counted in Redis, in this process's memory while Redis is away.

limiter.limit("30/hour")(view)      per address (IPv6: per /64, one household)

Sign-ups have counters of their own: web.caps.
"""

import ipaddress
from typing import Any

from flask import Flask, request
from flask_limiter import Limiter
from redis.backoff import NoBackoff
from redis.retry import Retry

PATIENCE = 0.2  # seconds that a silent Redis may cost
ATTEMPTS_PER_HOUR = "300/hour"


def visitor() -> str:
    """Whom we count: the address, cut to the /64 that one IPv6 customer has to themselves."""
    address = request.remote_addr or "127.0.0.1"
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)


def make_limiter(app: Flask, url: str) -> Limiter:
    """The counters of one app, in the Redis at `url` (in the spelling of the `limits` library) or in memory."""
    return Limiter(
        visitor,
        app=app,
        storage_uri=url or "memory://",
        storage_options=impatient() if url else {},
        in_memory_fallback_enabled=True,
        # Of several requests that meet a silent Redis at once, one turns to the memory; the others pass.
        swallow_errors=True,
        key_prefix="meantime",
    )


def impatient() -> dict[str, Any]:
    """How a connection to Redis is kept from costing a visitor more than that."""
    return {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, "retry": Retry(NoBackoff(), 0)}

"""How often one visitor may do a thing. Counted in Redis, in this process's memory while Redis is away.

@limiter.limit(lambda: ground().settings.signups_per_address)      per address (IPv6: per /64, one household)
@limiter.limit("…", key_func=everybody)                            for all visitors together
"""

import ipaddress

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


def everybody() -> str:
    """One counter for all visitors."""
    return "all"


limiter = Limiter(visitor, in_memory_fallback_enabled=True, key_prefix="meantime")


def count_visits(app: Flask, url: str) -> None:
    """Count in the Redis at `url`, in the spelling of the `limits` library; an empty one counts in memory."""
    app.config.update(
        RATELIMIT_STORAGE_URI=url or "memory://",
        RATELIMIT_STORAGE_OPTIONS=_impatient() if url else {},
    )
    limiter.init_app(app)


def _impatient() -> dict[str, object]:
    return {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, "retry": Retry(NoBackoff(), 0)}

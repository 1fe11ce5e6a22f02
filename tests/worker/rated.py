"""Couriers that keep to rates, over scripted servers and a real broker."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from course.rates import Rate
from emails.relay import Relay, parse_smtp_url
from emails.testing import ScriptedServer
from emails.transport import connect
from tests.worker.mailing import Mailing
from worker.allowance import Allowance
from worker.breaker import Breaker
from worker.broker import addresses
from worker.courier import Courier
from worker.lines import Lines, Route
from worker.throttle import Throttle
from worker.windows import Windows


def relay_of(server: ScriptedServer, options: str = "") -> Relay:
    """The relay that this server is, with options as in SMTP_URL (`per_second=5`)."""
    relay = parse_smtp_url(f"{server.url}{'&' if '?' in server.url else '?'}{options}" if options else server.url)
    assert isinstance(relay, Relay)
    return relay


def rated(
    mailing: Mailing,
    relays: Sequence[Relay],
    broker_url: str = "",
    domains: Mapping[str, Rate] | None = None,
    processes: int = 1,
) -> Courier:
    """One process's courier over these relays; each call makes another process, so to speak."""
    routes = [Route(str(each), _connecting(each), each.connections, each.weight) for each in relays]
    lines = Lines(*routes)
    windows = Windows(addresses(broker_url).limits if broker_url else "", processes)
    throttle = Throttle(relays, domains or {}, windows)
    allowance = Allowance(mailing.database, mailing.clock, lines, throttle, Breaker(mailing.database))
    return replace(mailing.courier(), lines=lines, allowance=allowance, seconds=5)


def _connecting(relay: Relay):
    return lambda: connect(relay)

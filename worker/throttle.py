"""How much mail may leave now: over each relay, and to each recipient domain. Tokens are taken before rows are claimed.

    relay      per_second, per_hour, per_day, warm_up of its SMTP_URL
    domain     MEANTIME_DOMAIN_RATES

Of the hours and days of a relay a twentieth is kept for mail that somebody waits for at a screen. Seconds need no such
share: whoever gets a token claims urgent mail first.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from course.rates import Rate
from emails.relay import Relay
from worker.windows import Grant, Window, Windows

HOUR, DAY = 3600, 86_400
KEPT_FOR_URGENT = 20  # one in so many
# Rows are put off by so much at the most: who raises a rate should not wait for long.
FARTHEST = timedelta(hours=1)


class Throttle:
    """The rates of one installation, as one process keeps to them."""

    def __init__(self, relays: Sequence[Relay], domains: Mapping[str, Rate], windows: Windows) -> None:
        self._relays = {str(relay): relay for relay in relays if _is_limited(relay)}
        self._domains = domains
        self._windows = windows
        self._later: dict[str, float] = {}

    def limits(self, route: str) -> bool:
        """Whether that relay has any rate."""
        return route in self._relays

    def grant(self, route: str, most: int, day: date, *, urgent: bool) -> Grant:
        """Up to `most` mails that may be claimed for that relay now; `day` is what a warm-up counts by."""
        return self._windows.take(list(_windows(self._relays[route], day, urgent=urgent)), most)

    def outlook(self, route: str, seconds: float, day: date, most: int) -> int:
        """How many mails, up to `most`, may go over that relay within so many seconds; nothing is taken."""
        windows = list(_windows(self._relays[route], day, urgent=False))
        soon = [int(each.rate.amount * seconds) for each in windows if each.rate.seconds == 1]
        return self._windows.left([each for each in windows if each.rate.seconds > 1], min([most, *soon]))

    @property
    def limits_domains(self) -> bool:
        """Whether any recipient domain has a rate."""
        return bool(self._domains)

    def grant_domain(self, domain: str, most: int) -> Grant:
        """Up to `most` mails that may go to that domain now."""
        rate = self._rate(domain)
        return self._windows.take([Window(f"to/{domain}", rate)], most) if rate and domain else Grant(most)

    def put_off(self, domain: str, grant: Grant, count: int, now: datetime) -> list[datetime]:
        """When so many mails that were not granted may try again: one after the other, at the domain's rate."""
        rate = self._rate(domain)
        assert rate is not None, "what has no rate is granted"
        step, here = rate.seconds / rate.amount, time.monotonic()
        first = max(here + grant.wait, self._later.get(domain, 0.0))
        times = [min(first + number * step, here + FARTHEST.total_seconds()) for number in range(1, count + 1)]
        self._later[domain] = times[-1] if times[-1] < here + FARTHEST.total_seconds() else here
        return [now + timedelta(seconds=at - here) for at in times]

    def _rate(self, domain: str) -> Rate | None:
        return self._domains.get(domain, self._domains.get("*"))


def _is_limited(relay: Relay) -> bool:
    return any((relay.per_second, relay.per_hour, relay.per_day, relay.warm_up))


def _windows(relay: Relay, day: date, *, urgent: bool) -> Iterator[Window]:
    name = f"over/{relay}"
    if relay.per_second:
        yield Window(name, Rate(relay.per_second, 1))
    warm = relay.warm_up.allows(day, relay.per_day) if relay.warm_up else None
    long = ((name, relay.per_hour, HOUR), (name, relay.per_day, DAY), (f"{name}/{day}", warm, DAY))
    for which, amount, seconds in long:
        if amount:
            yield Window(which, Rate(amount, seconds))
        if amount and not urgent and amount >= KEPT_FOR_URGENT:
            yield Window(f"{which}/lessons", Rate(amount - amount // KEPT_FOR_URGENT, seconds))

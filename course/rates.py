"""How much there may be in which time, as settings say it: `30/hour`; `gmail.com=20/minute *=300/minute`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
MOST = 10_000_000
_RATE = r"(\d{1,8})/(second|minute|hour|day)"
_PAIR = re.compile(rf"(\*|[a-z0-9-]+(?:\.[a-z0-9-]+)+)={_RATE}")


@dataclass(frozen=True)
class Rate:
    """At most `amount` (of mails, of sign-ups) in any span of `seconds`."""

    amount: int
    seconds: int

    def shared(self, by: int) -> "Rate":
        """What each of so many may do who cannot ask each other, together never more than this."""
        if self.amount >= by:
            return Rate(self.amount // by, self.seconds)
        return Rate(1, self.seconds * -(-by // self.amount))


def read_rate(text: str) -> Rate:
    """One rate such as `30/hour`. Raises ValueError."""
    found = re.fullmatch(_RATE, text.lower().replace(" ", ""))
    if found is None or not 0 < int(found[1]) <= MOST:
        raise ValueError(f"{text!r} must look like 30/hour")
    return Rate(int(found[1]), UNITS[found[2]])


def read_domain_rates(text: str) -> Mapping[str, Rate]:
    """Rates by recipient domain; `*` stands for each domain that is not named. Raises ValueError."""
    rates: dict[str, Rate] = {}
    for pair in text.lower().split():
        found = _PAIR.fullmatch(pair)
        if found is None or not 0 < int(found[2]) <= MOST:
            raise ValueError(f"{pair!r} must look like gmail.com=20/minute or *=300/minute")
        if found[1] in rates:
            raise ValueError(f"{found[1]} is named twice")
        rates[found[1]] = Rate(int(found[2]), UNITS[found[3]])
    return rates

"""How a new sender is made known: a little mail on the first day, half as much again on each day after it."""

import re
from dataclasses import dataclass
from datetime import date

from course.errors import Misconfigured

GROWTH = 1.5
LASTS_DAYS = 60
_FORM = re.compile(r"(\d{4}-\d\d-\d\d):([1-9]\d{0,6})")


@dataclass(frozen=True)
class WarmUp:
    """At most `amount` mails on `first` (and on any day before it), then growing."""

    first: date
    amount: int

    @classmethod
    def read(cls, text: str) -> "WarmUp":
        """`2026-11-22:200`. Raises Misconfigured."""
        found = _FORM.fullmatch(text)
        try:
            first = date.fromisoformat(found[1]) if found else None
        except ValueError:
            first = None
        if found is None or first is None:
            raise Misconfigured("SMTP_URL's warm_up is a day and a number of mails, as in warm_up=2026-11-22:200.")
        return cls(first, int(found[2]))

    def allows(self, day: date, per_day: int | None) -> int | None:
        """How many mails on that day; None when it is over: then `per_day` alone counts."""
        grown = int(self.amount * GROWTH ** min(max((day - self.first).days, 0), LASTS_DAYS))
        over = (day - self.first).days >= LASTS_DAYS or (per_day is not None and grown >= per_day)
        return None if over else grown

"""What a scripted mail server shall do, and when."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Moment = Literal["connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "content", "dot", "rset", "quit"]


@dataclass(frozen=True)
class Rule:
    """At `moment`, for mails that match, do one thing; without conditions, always.

    `answer`      these words instead of the usual ones: "451 4.7.1 Not yet"; a "421 …" also hangs up
    `hang_up`     close the connection instead of answering; with `accept`, after writing the mail down
    `delay`       wait so many seconds first
    `drip`        send the answer one byte at a time, with so many seconds between
    `recipient`   only for recipients that contain this text (from RCPT on)
    `nth`         only for the nth mail of the whole server, counted by MAIL from 1
    `times`       only so often, then never again

    "content" comes after 354 once the first bytes have arrived, "dot" after the final dot.
    """

    moment: Moment
    answer: str | None = None
    hang_up: bool = False
    accept: bool = False
    delay: float = 0.0
    drip: float = 0.0
    recipient: str | None = None
    nth: int | None = None
    times: int | None = None


class Script:
    """The rules in force, shared by all connections of a server; the first that matches is followed."""

    def __init__(self) -> None:
        self._rules: list[tuple[Rule, int]] = []
        self._lock = threading.Lock()

    def replace(self, rules: Iterable[Rule]) -> None:
        """These rules from now on, their counts at zero."""
        with self._lock:
            self._rules = [(rule, 0) for rule in rules]

    def rule(self, moment: Moment, recipient: str, nth: int) -> Rule | None:
        """The rule to follow now, counted as followed; None for the usual behaviour."""
        with self._lock:
            for place, (rule, followed) in enumerate(self._rules):
                if _applies(rule, moment, recipient, nth) and (rule.times is None or followed < rule.times):
                    self._rules[place] = (rule, followed + 1)
                    return rule
        return None


def _applies(rule: Rule, moment: Moment, recipient: str, nth: int) -> bool:
    return (
        rule.moment == moment
        and (rule.recipient is None or rule.recipient in recipient)
        and (rule.nth is None or rule.nth == nth)
    )

"""A report on one message that a person understands: what was looked at, group by group, PASS, WARN or FAIL.

`send-test --lint`, the desk and tests give the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from course.errors import Problem
from emails.testing.message import CONCERNS
from emails.testing.reading import Reading, read
from emails.testing.spam import Score
from emails.words import languages, words_in

Verdict = Literal["PASS", "WARN", "FAIL"]

TAGS = re.compile(r"\{[{%].*?[%}]\}")
SHORTEST_REASON = 12  # characters of a sentence by which it is known again
# What letters of ours have; above it SpamAssassin takes something amiss.
BAR_FOR_LESSONS, BAR_FOR_OTHERS, BAR_FOR_A_RULE = -0.5, 0.1, 0.1
SPAM = 5.0


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: `says` in a sentence what was found, `problems` what to do about it."""

    name: str
    says: str
    problems: tuple[Problem, ...] = ()

    @property
    def verdict(self) -> Verdict:
        if any(problem.severity == "error" for problem in self.problems):
            return "FAIL"
        return "WARN" if self.problems else "PASS"


@dataclass(frozen=True)
class Report:
    """Every check, in the order in which a message is made."""

    subject: str
    size: int  # octets
    checks: tuple[Check, ...]
    score: Score | None = None

    @property
    def verdict(self) -> Verdict:
        verdicts = {check.verdict for check in self.checks}
        return "FAIL" if "FAIL" in verdicts else "WARN" if "WARN" in verdicts else "PASS"

    def as_json(self) -> dict[str, Any]:
        """Plain values, for programs."""
        return {
            "verdict": self.verdict,
            "subject": self.subject,
            "octets": self.size,
            "spamassassin": None if self.score is None else {"total": self.score.total, "rules": self.score.rules},
            "checks": [
                {
                    "name": check.name,
                    "verdict": check.verdict,
                    "says": check.says,
                    "problems": [
                        {"message": each.message, "hint": each.hint, "severity": each.severity}
                        for each in check.problems
                    ],
                }
                for check in self.checks
            ],
        }


def report_on(data: bytes, postal_address: str = "", score: Score | None = None) -> Report:
    """What is to be said of the message in `data`. `postal_address` is the house's, which both parts must hold."""
    reading = read(data)
    checks = [Check(each.name, each.good, tuple(each.look(reading))) for each in CONCERNS]
    checks.append(
        Check("Who and why", "Both parts say who writes, where from, and why.", (*_who(reading, postal_address),))
    )
    if not any(field.name == "DKIM-Signature" for field in reading.fields):
        checks = [_unsigned(check) if check.name == "Signature" else check for check in checks]
    checks.append(_judged(score, reading.is_bulk))
    return Report(reading.subject, len(data), tuple(checks), score)


def _unsigned(check: Check) -> Check:
    hint = "unless your mail server signs, make a key: meantime dkim new FILE"
    return Check(check.name, check.says, (Problem("The message is not signed here.", hint=hint, severity="warning"),))


def _who(reading: Reading, postal_address: str) -> Iterator[Problem]:
    if not reading.parts:
        return
    both = [_words(reading.text), _words(reading.page.text)]
    if not postal_address:
        hint = "set MEANTIME_POSTAL_ADDRESS; many countries ask for it in such mail"
        yield Problem("No postal address is known.", hint=hint, severity="warning")
    for part, words in zip(("text", "HTML"), both, strict=True):
        if _words(postal_address) not in words:
            yield Problem(f"The {part} part does not hold the postal address.")
    if not any(all(reason in words for words in both) for reason in _reasons()):
        hint = "say in both parts how the reader came by this mail"
        yield Problem("The mail does not say in our words why it came.", hint=hint, severity="warning")


def _reasons() -> Iterator[str]:
    """The beginnings or ends of the sentences that say why, in every language that we have."""
    for language in languages():
        for sentences in words_in(language).sentences.values():
            pieces = [_words(piece) for piece in TAGS.split(sentences.get("why", ""))]
            longest = max(pieces, key=len)
            if len(longest) >= SHORTEST_REASON:
                yield longest


def _words(text: str) -> str:
    return " ".join(text.split())


def _judged(score: Score | None, is_bulk: bool) -> Check:  # noqa: FBT001
    if score is None:
        return Check("SpamAssassin", "Not asked: it is not installed on this machine (apt-get install spamassassin).")
    bar = BAR_FOR_LESSONS if is_bulk else BAR_FOR_OTHERS
    says = f"{score.total:.1f} points; 5 would be spam."
    problems = [
        Problem(f"{name} counts {points:.1f} against it.", severity="warning")
        for name, points in score.charged.items()
        if points > BAR_FOR_A_RULE
    ]
    if score.total >= SPAM:
        problems.insert(0, Problem(f"{score.total:.1f} points: it would be taken for spam."))
    elif score.total > bar:
        problems.insert(0, Problem(f"{score.total:.1f} points; good letters have {bar} or less.", severity="warning"))
    return Check("SpamAssassin", says, tuple(problems))

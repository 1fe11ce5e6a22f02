"""What can go wrong in the domain, and what the caller may do about it.

MeantimeError            raised on purpose; str() is a sentence for a person
├── Refused              input that cannot be accepted: show the reasons beside the fields
├── SourceError          a course folder or a lesson's text has problems: show file, line, reason
├── NotFound             no such thing, or not any more: answer 404
├── Stale                somebody saved first: show both texts, save nothing
└── Misconfigured        the installation cannot work like this: stop the start
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Problem:
    """One remark about a source: where it is (1-based), what is wrong, what to do."""

    message: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    hint: str | None = None
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}: {self.message}{hint}" if place else f"{self.message}{hint}"


class MeantimeError(Exception):
    """The root of everything that we raise on purpose."""


class Refused(MeantimeError):
    """Input that cannot be accepted; `reasons` maps a field's name to one sentence."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__(" ".join(reasons.values()))
        self.reasons = dict(reasons)


class SourceError(MeantimeError):
    """An author's source has problems; nothing was changed."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class NotFound(MeantimeError):
    """There is no such thing, or not any more."""


class Stale(MeantimeError):
    """Somebody else saved first; `theirs` is the text that stands now."""

    def __init__(self, sentence: str, theirs: str = "") -> None:
        super().__init__(sentence)
        self.theirs = theirs


class Misconfigured(MeantimeError):
    """The installation cannot work like this; one clear line for whoever starts it."""

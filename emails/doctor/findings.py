"""What a check-up finds: a verdict, and one line that says what it means or what to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

LONGEST_STRING = 255  # octets of one character-string in a TXT record (RFC 1035)


class Verdict(StrEnum):
    """How it stands. What could not be asked is never a PASS."""

    PASS = "PASS"  # noqa: S105
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True)
class Record:
    """A DNS record to publish."""

    name: str
    kind: str
    value: str

    def __str__(self) -> str:
        """As a line of a zone file, in which long text is cut into strings of 255."""
        return f"{self.name}. {self.kind} {self.quoted if self.kind == 'TXT' else self.value}"

    @property
    def quoted(self) -> str:
        """The value in quotes, in as many strings as it needs."""
        parts = [self.value[at : at + LONGEST_STRING] for at in range(0, len(self.value), LONGEST_STRING)]
        return " ".join(f'"{part}"' for part in parts)


@dataclass(frozen=True)
class Finding:
    """One line: of which check, about what (a domain, a host, or nothing), and what to publish if that helps."""

    name: str
    verdict: Verdict
    line: str
    about: str = ""
    record: Record | None = None


Remark = tuple[Verdict, str]


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of them; PASS where there is none."""
    return max(verdicts, key=list(Verdict).index, default=Verdict.PASS)


@dataclass(frozen=True)
class Subject:
    """Which check looks at what."""

    name: str
    about: str = ""

    def passes(self, line: str) -> Finding:
        """All is well."""
        return Finding(self.name, Verdict.PASS, line, self.about)

    def warns(self, line: str, record: Record | None = None) -> Finding:
        """It works, or may work, and somebody should look."""
        return Finding(self.name, Verdict.WARN, line, self.about, record)

    def fails(self, line: str, record: Record | None = None) -> Finding:
        """It does not work."""
        return Finding(self.name, Verdict.FAIL, line, self.about, record)

    def unasked(self, words: str) -> Finding:
        """The DNS, or a server, gave no answer: nothing is known."""
        return self.warns(f"Could not be asked: {words}. Run it again; if it stays so, look at your resolver.")

    def sums_up(self, remarks: Sequence[Remark], good: str) -> Finding:
        """One finding of several remarks: the worst verdict, the gravest sentence first; `good` where there is none."""
        if not remarks:
            return self.passes(good)
        gravest = sorted(remarks, key=lambda remark: -list(Verdict).index(remark[0]))
        sentences = " ".join(sentence for _, sentence in gravest)
        verdict = gravest[0][0]
        line = f"{good} {sentences}" if verdict is Verdict.PASS else sentences
        return Finding(self.name, verdict, line, self.about)

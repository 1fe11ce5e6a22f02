"""DMARC records, and the walk up the tree that finds the one that counts (RFC 9989, section 4)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from emails.doctor.asking import Asks, Outcome
from emails.doctor.tag_list import BadTags, read_tags

REQUESTS = ("none", "quarantine", "reject")
# A longer name is cut to seven labels after the first question, so that no name costs more than eight.
LONGEST_WALK = 8

_VERSION = re.compile(r"\s*v\s*=\s*DMARC1\s*(;|$)")
_REPORTS_TO = re.compile(r"mailto:[^\s,!;@]+@([^\s,!;?]+)(?:![0-9]+[kmgt]?)?(?:\?.*)?|https:\S+", re.IGNORECASE)


@dataclass(frozen=True)
class Policy:
    """One DMARC record: where it was found, and its tags."""

    domain: str
    tags: Mapping[str, str]
    text: str

    @property
    def psd(self) -> str:
        """Whether it speaks for a public suffix: y, n, or u for the rest."""
        found = self.tags.get("psd", "u")
        return found if found in {"y", "n"} else "u"

    def strict(self, tag: str) -> bool:
        """Whether `adkim` or `aspf` asks for the very same domain."""
        return self.tags.get(tag, "r") == "s"

    @property
    def reports_to(self) -> tuple[str, ...]:
        """The valid addresses of rua=, as URIs."""
        uris = (uri.strip() for uri in self.tags.get("rua", "").split(","))
        return tuple(uri for uri in uris if _REPORTS_TO.fullmatch(uri))

    @property
    def report_domains(self) -> tuple[str, ...]:
        """The domains of the mail addresses in rua=."""
        found = (_REPORTS_TO.fullmatch(uri) for uri in self.reports_to)
        return tuple(dict.fromkeys(match[1].lower() for match in found if match and match[1]))

    @property
    def wrong_requests(self) -> tuple[str, ...]:
        """Those of p, sp and np that hold no policy."""
        return tuple(tag for tag in ("p", "sp", "np") if self.tags.get(tag, "none") not in REQUESTS)

    @property
    def counts(self) -> bool:
        """Whether receivers apply it: a record with a wrong request needs a valid rua= to count as p=none."""
        return not self.wrong_requests or bool(self.reports_to)

    def request(self, tags: tuple[str, ...]) -> str:
        """What it asks for: the first of `tags` that it has; none where one of its requests is wrong."""
        if self.wrong_requests:
            return "none"
        return next((self.tags[tag] for tag in tags if tag in self.tags), "none")


@dataclass(frozen=True)
class Tree:
    """What one walk found, the longest name first, and where it started."""

    start: str
    found: tuple[Policy, ...]

    @property
    def organisation(self) -> str:
        """The organisational domain (RFC 9989, 4.10.2)."""
        for policy in self.found:
            if policy.psd == "n":
                return policy.domain
            if policy.psd == "y" and policy.domain != self.start:
                return _below(self.start, policy.domain)
        return self.found[-1].domain if self.found else self.start

    @property
    def applied(self) -> Policy | None:
        """The record that counts for mail from `start`: its own, its organisation's, its public suffix's."""
        by_domain = {policy.domain: policy for policy in self.found}
        own = by_domain.get(self.start) or by_domain.get(self.organisation)
        return own or next((policy for policy in self.found if policy.psd == "y"), None)


def find_policies(domain: str, asks: Asks) -> tuple[Policy, ...]:
    """The DMARC records at `_dmarc.domain`; several count as none. Raises Unanswered, and BadTags."""
    texts = [text for text in asks.ask(f"_dmarc.{domain}", "TXT").certain() if _VERSION.match(text)]
    return tuple(Policy(domain, read_tags(text), text) for text in texts)


def walk_up(domain: str, asks: Asks) -> Tree:
    """Walk from `domain` to the root. Raises Unanswered: with a gap, nothing can be said."""
    found: list[Policy] = []
    for name in _names(domain):
        try:
            here = find_policies(name, asks)
        except BadTags:
            continue
        if len(here) == 1:
            found += here
            if here[0].psd in {"y", "n"}:
                break
    return Tree(domain, tuple(found))


def exists(domain: str, asks: Asks) -> bool:
    """Whether there is such a domain, for np=; raises Unanswered."""
    answer = asks.ask(domain, "A")
    answer.certain()
    return answer.outcome is not Outcome.MISSING


def _names(domain: str) -> list[str]:
    labels = domain.split(".")
    rest = labels[1:] if len(labels) < LONGEST_WALK else labels[-(LONGEST_WALK - 1) :]
    return [domain, *(".".join(rest[at:]) for at in range(len(rest)))]


def _below(name: str, suffix: str) -> str:
    """The part of `name` that has one label more than `suffix`."""
    labels = name.split(".")
    return ".".join(labels[-(len(suffix.split(".")) + 1) :])

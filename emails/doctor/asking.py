"""Questions to the DNS and their answers; alone in knowing dnspython."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from ipaddress import ip_address
from typing import Protocol

import dns.exception
import dns.name
import dns.rdata
import dns.rdatatype
import dns.resolver
import dns.reversename
import idna

PATIENCE = 3.0  # seconds for one question, over all name servers
LONGEST_CHAIN = 8  # CNAMEs that a server without recursion leaves for us to follow


class Outcome(Enum):
    """What kind of answer came."""

    FOUND = auto()
    EMPTY = auto()  # the name is there and has no record of this kind
    MISSING = auto()  # there is no such name
    UNKNOWN = auto()  # time-out, SERVFAIL, refusal: nothing is known


class Unanswered(Exception):
    """A question that had to be answered was not; str() says which and why."""


@dataclass(frozen=True)
class Answer:
    """To one question. Values as text: TXT joined to one string, MX as "10 host", names without the last dot."""

    name: str
    kind: str
    outcome: Outcome
    values: tuple[str, ...] = ()
    words: str = ""

    @property
    def void(self) -> bool:
        """Whether it says that there is nothing (RFC 7208's void look-up)."""
        return self.outcome in {Outcome.EMPTY, Outcome.MISSING}

    def certain(self) -> tuple[str, ...]:
        """The values, none where there are none; raises Unanswered where nothing is known."""
        if self.outcome is Outcome.UNKNOWN:
            raise Unanswered(f"{self.kind} of {self.name}: {self.words}")
        return self.values


class Asks(Protocol):
    """Whoever answers questions."""

    def ask(self, name: str, kind: str) -> Answer:
        """The answer; never raises."""


class Resolver:
    """Asks name servers, each question once; safe to share between threads. After `seconds` it answers no more."""

    def __init__(self, servers: Sequence[tuple[str, int]] = (), seconds: float = 60.0) -> None:
        """`servers` as (address, port); without any, those of this machine."""
        self._servers = tuple(servers)
        self._deadline = time.monotonic() + seconds
        self._known: dict[tuple[str, str], Answer] = {}
        self._lock = threading.Lock()

    def ask(self, name: str, kind: str) -> Answer:
        """The answer, from memory where it was asked before; never raises."""
        name = a_labels(name)
        with self._lock:
            known = self._known.get((name, kind))
        if known is None:
            known = self._asked(name, kind)
            with self._lock:
                self._known[name, kind] = known
        return known

    def _asked(self, name: str, kind: str) -> Answer:
        target = name
        for _ in range(LONGEST_CHAIN):
            left = self._deadline - time.monotonic()
            if left <= 0:
                return Answer(name, kind, Outcome.UNKNOWN, words="no time was left")
            try:
                found = self._resolver().resolve(
                    target, kind, lifetime=min(left, PATIENCE), raise_on_no_answer=False, search=False
                )
            except dns.exception.DNSException as error:
                return Answer(name, kind, *_failure(error))
            if found.rrset is not None:
                return Answer(name, kind, Outcome.FOUND, tuple(sorted(_text(each) for each in found.rrset)))
            further = a_labels(found.canonical_name.to_text())
            if further == target:
                return Answer(name, kind, Outcome.EMPTY)
            target = further
        return Answer(name, kind, Outcome.UNKNOWN, words=f"more than {LONGEST_CHAIN} CNAMEs lead on from there")

    def _resolver(self) -> dns.resolver.Resolver:
        if not self._servers:
            return dns.resolver.Resolver()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = [address for address, _ in self._servers]
        resolver.nameserver_ports = dict(self._servers)
        return resolver


def reverse_name(address: str) -> str:
    """Where the PTR record of an IP address is."""
    return a_labels(dns.reversename.from_address(address).to_text())


def addresses(host: str, asks: Asks) -> tuple[str, ...]:
    """All addresses of a host, which may be one itself, IPv4 first; raises Unanswered."""
    try:
        return (str(ip_address(host.strip("[]"))),)
    except ValueError:
        return (*asks.ask(host, "A").certain(), *asks.ask(host, "AAAA").certain())


def a_labels(name: str) -> str:
    """A domain as the DNS knows it: lower case, without a last dot, other alphabets encoded."""
    name = name.strip().rstrip(".").lower()
    if name.isascii():
        return name
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        return name


def _text(value: dns.rdata.Rdata) -> str:
    if value.rdtype == dns.rdatatype.TXT:
        text = b"".join(value.strings).decode("utf-8", "replace")  # type: ignore[attr-defined]
        # It will stand on somebody's terminal.
        return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
    return value.to_text().rstrip(".")


def _failure(error: dns.exception.DNSException) -> tuple[Outcome, tuple[str, ...], str]:
    if isinstance(error, dns.resolver.NXDOMAIN):
        return Outcome.MISSING, (), ""
    if isinstance(error, dns.exception.Timeout):
        return Outcome.UNKNOWN, (), "no answer in time"
    if isinstance(error, dns.resolver.NoNameservers):
        return Outcome.UNKNOWN, (), _server_words(error)
    if isinstance(error, dns.resolver.NoResolverConfiguration):
        return Outcome.UNKNOWN, (), "this machine knows no name server"
    # A name that cannot be asked for (an empty or too long label) is nowhere.
    return Outcome.MISSING, (), str(error)


def _server_words(error: dns.resolver.NoNameservers) -> str:
    """SERVFAIL, REFUSED or whatever else the last server said."""
    tried = error.kwargs.get("errors") or []
    return f"the name server answers {tried[-1][3]}" if tried else "no name server answers"

"""Whom an SPF record lets send: `check_host` of RFC 7208, but for macros, which need a mail."""

from ipaddress import IPv4Address, ip_address, ip_network

from emails.doctor.asking import Asks, reverse_name
from emails.doctor.spf_terms import BadRecord, Term, read_terms
from emails.doctor.spf_walk import MOST_MX, find_record

DEEPEST = 10


def result_for(domain: str, address: str, asks: Asks, depth: int = 0) -> str:
    """What the record says of `address`: pass, fail, softfail, neutral, none, permerror; unjudged behind a macro.

    Raises Unanswered where the DNS would not say.
    """
    if depth > DEEPEST:
        return "permerror"
    try:
        record = find_record(domain, asks)
        terms = read_terms(record) if record else ()
    except BadRecord:
        return "permerror"
    if record is None:
        return "none"
    veiled = False
    for term in terms:
        if term.has_macros:
            veiled = True
        elif term.name == "redirect":
            return _redirected(term, address, asks, depth)
        elif _matches(term, domain, address, asks, depth):
            return "unjudged" if veiled and term.result != "pass" else term.result
    return "unjudged" if veiled else "neutral"


def _redirected(term: Term, address: str, asks: Asks, depth: int) -> str:
    found = result_for(term.domain, address, asks, depth + 1)
    return "permerror" if found == "none" else found


def _matches(term: Term, domain: str, address: str, asks: Asks, depth: int) -> bool:
    target = term.domain or domain
    if term.name == "all":
        return True
    if term.network is not None:
        return ip_address(address) in term.network
    if term.name == "include":
        return result_for(target, address, asks, depth + 1) == "pass"
    if term.name == "exists":
        return bool(asks.ask(target, "A").certain())
    if term.name == "a":
        return _is_host(target, address, term, asks)
    if term.name == "mx":
        hosts = [value.partition(" ")[2] for value in asks.ask(target, "MX").certain()[:MOST_MX]]
        return any(_is_host(host, address, term, asks) for host in hosts)
    return term.name == "ptr" and _is_named(target, address, asks)


def _is_host(host: str, address: str, term: Term, asks: Asks) -> bool:
    ours = ip_address(address)
    v4 = isinstance(ours, IPv4Address)
    length = term.lengths[0 if v4 else 1]
    theirs = asks.ask(host, "A" if v4 else "AAAA").certain()
    return any(ours in ip_network(f"{each}/{length}", strict=False) for each in theirs)


def _is_named(domain: str, address: str, asks: Asks) -> bool:
    """Whether a name of the address is in the domain and leads back to the address."""
    kind = "A" if isinstance(ip_address(address), IPv4Address) else "AAAA"
    names = asks.ask(reverse_name(address), "PTR").certain()[:MOST_MX]
    own = [name for name in names if name == domain or name.endswith(f".{domain}")]
    return any(str(ip_address(address)) in asks.ask(name, kind).certain() for name in own)

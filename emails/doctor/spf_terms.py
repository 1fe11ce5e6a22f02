"""One SPF record, taken apart (RFC 7208, section 4.5 to 6)."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

VERSION = "v=spf1"
# Each of these costs one look-up; the others are answered by the record itself.
COSTLY = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})

_QUALIFIERS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
_TERM = re.compile(r"([+\-~?]?)(all|include|a|mx|ptr|ip4|ip6|exists)([:/].*)?", re.IGNORECASE | re.DOTALL)
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9\-_.]*)=(.*)", re.DOTALL)
_MACRO = r"%(?:\{[slodiphcrtvSLODIPHCRTV][0-9]*[rR]?[.\-+,/_=]*\}|%|_|-)"
_DOMAIN = re.compile(rf"(?:{_MACRO}|[!-$&-~])+")
_LENGTHS = re.compile(r"(.*?)(?:/(\d{1,3}))?(?://(\d{1,3}))?", re.DOTALL)


class BadRecord(ValueError):
    """No receiver can read this record (RFC 7208's permerror); str() is what is wrong with it."""


@dataclass(frozen=True)
class Term:
    """One mechanism or modifier. `domain` is empty where the record's own is meant."""

    text: str
    name: str
    result: str = "pass"
    domain: str = ""
    network: IPv4Network | IPv6Network | None = None
    lengths: tuple[int, int] = (32, 128)

    @property
    def has_macros(self) -> bool:
        """Whether the domain depends on the mail."""
        return "%" in self.domain


def is_spf(text: str) -> bool:
    """Whether a TXT record is one of SPF's at all."""
    return text.lower() == VERSION or text.lower().startswith(f"{VERSION} ")


def read_terms(text: str) -> tuple[Term, ...]:
    """The terms that count: nothing behind `all`, and `redirect` only where there is no `all`. Raises BadRecord."""
    terms = [_term(word) for word in text.split(" ")[1:] if word]
    for name in ("redirect", "exp"):
        if sum(term.name == name for term in terms) > 1:
            raise BadRecord(f"{name}= stands twice")
    mechanisms = [term for term in terms if term.name not in {"redirect", "exp"}]
    every = next((at for at, term in enumerate(mechanisms) if term.name == "all"), None)
    if every is not None:
        return tuple(mechanisms[: every + 1])
    return (*mechanisms, *(term for term in terms if term.name == "redirect"))


def _term(word: str) -> Term:
    match = _TERM.fullmatch(word)
    if match is None:
        return _modifier(word)
    name, rest = match[2].lower(), match[3] or ""
    result = _QUALIFIERS[match[1] or "+"]
    if name == "all":
        return Term(word, name, _nothing_more(word, rest, result))
    if name in {"ip4", "ip6"}:
        return Term(word, name, result, network=_network(word, name, rest))
    if name in {"a", "mx"}:
        domain, lengths = _with_lengths(word, rest)
        return Term(word, name, result, domain, lengths=lengths)
    if name != "ptr" and not rest:
        raise BadRecord(f"{word!r} names no domain")
    return Term(word, name, result, _domain(word, rest.removeprefix(":")) if rest else "")


def _nothing_more(word: str, rest: str, result: str) -> str:
    if rest:
        raise BadRecord(f"{word!r} is no term of SPF")
    return result


def _modifier(word: str) -> Term:
    match = _MODIFIER.fullmatch(word)
    if match is None:
        raise BadRecord(f"{word!r} is no term of SPF")
    name = match[1].lower()
    # Unknown modifiers are ignored, by design of the RFC.
    domain = _domain(word, match[2]) if name in {"redirect", "exp"} else ""
    return Term(word, name if name == "redirect" else "exp" if name == "exp" else "ignored", domain=domain)


def _domain(word: str, domain: str) -> str:
    plain = domain.rstrip(".")
    if not _DOMAIN.fullmatch(domain) or ("%" not in domain and "." not in plain):
        raise BadRecord(f"{word!r} names no domain")
    return plain


def _network(word: str, name: str, rest: str) -> IPv4Network | IPv6Network:
    kind = IPv4Network if name == "ip4" else IPv6Network
    try:
        found = ip_network(rest.removeprefix(":"), strict=False)
    except ValueError:
        found = None
    if not rest.startswith(":") or not isinstance(found, kind):
        raise BadRecord(f"{word!r} holds no {'IPv4' if name == 'ip4' else 'IPv6'} address")
    return found


def _with_lengths(word: str, rest: str) -> tuple[str, tuple[int, int]]:
    """`:domain/24//64`, all of it optional."""
    match = _LENGTHS.fullmatch(rest)
    assert match is not None, "every text matches"
    v4, v6 = int(match[2] or 32), int(match[3] or 128)
    if v4 > 32 or v6 > 128 or (match[1] and not match[1].startswith(":")):
        raise BadRecord(f"{word!r} is no term of SPF")
    return (_domain(word, match[1].removeprefix(":")) if match[1] else ""), (v4, v6)

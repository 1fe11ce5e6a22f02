"""Addresses in what servers write."""

import re

_ADDRESS = re.compile(r"[\w.+=&'/%#!~^*{}|$?-]{1,100}@(?:[\w-]{1,63}\.){0,10}[\w-]{1,63}")
_DAEMONS = re.compile(
    r"^(?:mailer-?daemon|postmaster|mail-?daemon|double-bounce|bounces?|noreply|no-reply|administrator|abuse|listmaster)\b",
    re.IGNORECASE,
)


def first_address(text: str) -> str | None:
    """The first address in a text, as it stands there."""
    return next(iter(all_addresses(text)), None)


def all_addresses(text: str) -> list[str]:
    """Every address in a text, in order."""
    found = (each.strip(".'/=*") for each in _ADDRESS.findall(text[:200_000]))
    return [each for each in found if "@" in each and not each.endswith("@")]


def is_daemon(address: str) -> bool:
    """Whether nobody reads at this address."""
    return bool(_DAEMONS.match(address))

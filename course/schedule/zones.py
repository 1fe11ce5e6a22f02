"""The time zones we know, by name, from zone data that is pinned like any other dependency.

`zoneinfo` by itself answers from whatever the machine has installed, raises three kinds of error for a name that is
no zone, and accepts some names that are none for a person ("localtime", "posixrules", "Factory"). So the names are a
list of our own, read from the pinned `tzdata` package, and the machine's own data is never consulted.
"""

import zoneinfo
from functools import cache
from importlib import resources
from importlib.metadata import version
from typing import Final
from zoneinfo import ZoneInfo

zoneinfo.reset_tzpath(())

RELEASE: Final = version("tzdata")
_NOT_FOR_PEOPLE = frozenset({"Factory", "localtime", "posixrules"})
_NAMES = tuple(sorted(set((resources.files("tzdata") / "zones").read_text("ascii").split()) - _NOT_FOR_PEOPLE))
_KNOWN = frozenset(_NAMES)


def zones() -> tuple[str, ...]:
    """Every accepted name, sorted: places ("Europe/Berlin"), their legacy names ("Europe/Kiev") and "UTC"."""
    return _NAMES


def known_zone(name: object) -> bool:
    """Whether `name` is on the list, spelled exactly so. Never raises, whatever it is handed."""
    return isinstance(name, str) and name in _KNOWN


def is_newer(release: str, than: str) -> bool:
    """Whether one release of the zone data came after another: 2026.10 after 2026.9."""
    return _order(release) > _order(than)


def _order(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split(".") if part.isdecimal())


def zone(name: str | None) -> ZoneInfo | None:
    """The zone of that name, always the same object; None for a name that is not on the list."""
    return _loaded(name) if name in _KNOWN else None


@cache
def _loaded(name: str) -> ZoneInfo:
    # Not ZoneInfo(name): its process-wide cache may hold a zone read from the machine's data before our import.
    return ZoneInfo.no_cache(name)

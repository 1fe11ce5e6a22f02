"""Time zones as people look for them: continents with their cities, from the pinned zone data."""

from dataclasses import dataclass
from functools import cache
from importlib import resources

from course.schedule.zones import known_zone

_OCEANS = {
    "Arctic": "Europe",
    "Atlantic": "Atlantic Ocean",
    "Indian": "Indian Ocean",
    "Pacific": "Pacific Ocean",
}
_SPELLED = {"St_Johns": "St. John's", "Port-au-Prince": "Port-au-Prince", "DumontDUrville": "Dumont d'Urville"}


@dataclass(frozen=True)
class Zones:
    """The choices of a time zone field: regions with (zone, city) pairs, cities sorted by name."""

    regions: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

    def holds(self, zone: str) -> bool:
        """Whether that zone is among the choices."""
        return any(zone == choice for _, entries in self.regions for choice, _ in entries)


@cache
def zones() -> Zones:
    """Every zone that somebody lives in."""
    table = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8")
    names = {line.split("\t")[2] for line in table.splitlines() if line and not line.startswith("#")}
    grouped: dict[str, list[tuple[str, str]]] = {}
    for name in filter(known_zone, names):
        region = name.split("/")[0]
        grouped.setdefault(_OCEANS.get(region, region), []).append((name, city(name)))
    regions = [
        (region, tuple(sorted(entries, key=lambda entry: entry[1]))) for region, entries in sorted(grouped.items())
    ]
    return Zones((*regions, ("Elsewhere", (("UTC", "UTC, the same all year"),))))


def city(zone: str) -> str:
    """The place that a zone is named after: "Buenos Aires" for America/Argentina/Buenos_Aires."""
    last = zone.rpartition("/")[2]
    return _SPELLED.get(last, last.replace("_", " "))


def zone_words(zone: str) -> str:
    """A zone within a sentence: "Berlin time"."""
    return zone if zone in ("UTC", "GMT") or zone.startswith("Etc/") else f"{city(zone)} time"

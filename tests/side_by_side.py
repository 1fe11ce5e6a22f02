"""How `make test` divides the tests between the cores: what stays together on one of them, and what begins first.

The tests of one file stay together, because what they share is then made once. Whole installations, and the schools
that live through faults, are one group: each brings a handful of processes, and beside a second one it would only
wait. That group takes longest, so it begins first. A plain `pytest` divides nothing and keeps its own order.
"""

from pathlib import PurePosixPath
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

WHOLE = "whole installations"
THEIRS = ("faults", "journeys")


class SideBySide(LoadScopeScheduling):
    """Gives a core one group after another, in the order of collection."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def group_of(nodeid: str) -> str:
    """The name of the group that a test belongs to."""
    path = PurePosixPath(nodeid.partition("::")[0])
    return WHOLE if path.parent.name in THEIRS else str(path)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    return SideBySide(config, log) if config.getoption("dist") == "loadgroup" else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: group_of(item.nodeid) != WHOLE)

"""How `make test` divides the tests between the cores: what stays together on one of them, and what begins first.

The tests of one file stay together, because what they share is then made once. Whole installations, and the schools
that live through faults, are one group: each brings a handful of processes, and beside a second one it would only
wait. That group takes longest, so it begins first. A plain `pytest` divides nothing and keeps its own order.
"""

from pathlib import Path

import pytest

WHOLE = "whole installations"
THEIRS = ("faults", "journeys")


def group_of(path: Path) -> str:
    """The name of the group that a test file belongs to."""
    return WHOLE if path.parent.name in THEIRS else f"{path.parent.name}/{path.name}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # Only the workers of pytest-xdist are told so, and they learn the groups from these marks.
    if not config.getoption("loadgroup", False):
        return
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group_of(item.path)))
    items.sort(key=lambda item: group_of(item.path) != WHOLE)

"""`make bench`: measure, print a table, and keep the figures in bench/results.json.

python -m bench [PART …]      only these parts, and nothing is kept
"""

import json
import os
import platform
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import (
    arithmetic,
    compiling,
    confirmations,
    doorbells,
    edits,
    outbox,
    personalising,
    relays,
    scale_out,
    sending,
    signup,
)
from bench.figures import Figure

RESULTS = Path(__file__).parent / "results.json"
PARTS = (
    arithmetic,
    compiling,
    personalising,
    sending,
    relays,
    scale_out,
    doorbells,
    signup,
    confirmations,
    outbox,
    edits,
)


def main() -> None:
    """Everything, one part after the other: two at once would measure each other."""
    measured: list[Figure] = []
    wanted = set(sys.argv[1:])
    for part in [each for each in PARTS if not wanted or each.__name__.rpartition(".")[2] in wanted]:
        for figure in part.figures():
            measured.append(figure)
            note = f" ({figure.note})" if figure.note else ""
            print(f"{figure.name}: {figure.value:,.1f} {figure.unit}{note}", flush=True)
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    Console().print(_table(measured, machine))
    if wanted:
        return
    found = {"machine": machine, "figures": [figure.as_dict() for figure in measured]}
    RESULTS.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _table(measured: list[Figure], machine: str) -> Table:
    table = Table(title=machine, title_justify="left")
    for name in ("what", "measured", "unit", "bar", ""):
        table.add_column(name, justify="right" if name == "measured" else "left")
    for figure in measured:
        table.add_row(figure.name, f"{figure.value:,.1f}", figure.unit, figure.bar, "met" if figure.met else "not met")
    return table


main()

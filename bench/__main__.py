"""`make bench`: measure, print a table, and keep the figures in bench/results.json."""

import json
import os
import platform
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import arithmetic, compiling, edits, personalising
from bench.figures import Figure

RESULTS = Path(__file__).parent / "results.json"
PARTS = (arithmetic, compiling, personalising, edits)


def main() -> None:
    """Everything, one part after the other: two at once would measure each other."""
    measured: list[Figure] = []
    for part in PARTS:
        for figure in part.figures():
            measured.append(figure)
            print(f"{figure.name}: {figure.value:,.1f} {figure.unit}", flush=True)
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    Console().print(_table(measured, machine))
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

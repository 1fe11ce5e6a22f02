"""Measure, and print a table.

python -m bench [PART …]             all parts, or these
python -m bench --keep [PART …]      and keep the figures: bench/results.json, the table in README.md (`make bench`)
"""

import sys

from rich.console import Console
from rich.table import Table

from bench import (
    arithmetic,
    compiling,
    confirmations,
    doorbells,
    edits,
    lateness,
    outbox,
    personalising,
    relays,
    report,
    scale_out,
    sending,
    signup,
)
from bench.figures import Figure

PARTS = (
    arithmetic,
    compiling,
    personalising,
    sending,
    relays,
    scale_out,
    doorbells,
    lateness,
    signup,
    confirmations,
    outbox,
    edits,
)


def main() -> None:
    """One part after the other: two at once would measure each other."""
    keep = "--keep" in sys.argv[1:]
    wanted = set(sys.argv[1:]) - {"--keep"}
    everything: list[Figure] = []
    for part in PARTS:
        name = part.__name__.rpartition(".")[2]
        if wanted and name not in wanted:
            continue
        measured: list[Figure] = []
        for figure in part.figures():
            measured.append(figure)
            note = f" ({figure.note})" if figure.note else ""
            print(f"{figure.name}: {figure.value:,.1f} {figure.unit}{note}", flush=True)
        if keep:
            report.keep(name, measured)
        everything += measured
    Console().print(_table(everything))


def _table(measured: list[Figure]) -> Table:
    table = Table(title=report.machine(), title_justify="left")
    for name in ("what", "measured", "unit", "bar", ""):
        table.add_column(name, justify="right" if name == "measured" else "left")
    for figure in measured:
        table.add_row(figure.name, f"{figure.value:,.1f}", figure.unit, figure.bar, "met" if figure.met else "not met")
    return table


main()

"""What was measured, kept in bench/results.json by part, and shown as a table in README.md."""

import json
import os
import platform
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.figures import Figure

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results.json"
README = ROOT / "README.md"
BEGIN, END = "<!-- figures: written by `make bench` -->\n", "<!-- end of figures -->\n"
STEPS = 1_000_000


def keep(part: str, measured: Iterable[Figure]) -> None:
    """Write down what one part has measured, in the place of what it had measured before, and the table anew."""
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    kept[part] = {"machine": machine(), "figures": [figure.as_dict() for figure in measured]}
    RESULTS.write_text(json.dumps(kept, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    page = README.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    README.write_text(f"{before}{BEGIN}{table(kept)}{END}{after}", encoding="utf-8")


def machine() -> str:
    """What it was measured on; the loop tells how fast it was at that moment, since shared machines vary."""
    python = platform.python_version()
    return f"{os.cpu_count()} cores, {platform.system()}, Python {python}; a million additions took {_loop():.3f} s"


def table(kept: dict[str, Any]) -> str:
    """All figures in Markdown."""
    lines = ["| What | Measured | Goal | |", "|---|---:|---:|---|"]
    for part in kept.values():
        lines += [_row(figure) for figure in part["figures"]]
    machines = dict.fromkeys(part["machine"] for part in kept.values())
    return "\n".join([*lines, "", *(f"Measured on: {each}." for each in list(machines)[-1:])]) + "\n"


def _row(figure: dict[str, Any]) -> str:
    value = f"{figure['value']:,.0f}" if figure["value"] >= 100 else f"{figure['value']:.3g}"
    told = f"{figure['name']} ({figure['note']})" if figure["note"] else figure["name"]
    return f"| {told} | {value} {figure['unit']} | {figure['bar']} | {'' if figure['met'] else 'not met'} |"


def _loop() -> float:
    best = float("inf")
    for _ in range(5):
        began, total = time.perf_counter(), 0
        for number in range(STEPS):
            total += number
        best = min(best, time.perf_counter() - began)
    return best

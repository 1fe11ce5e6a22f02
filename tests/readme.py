"""README.md's blocks of code, line by line, and what kind of line each is."""

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()

KINDS = {
    "make": r"make [a-z]+",
    "meantime": r"\.venv/bin/meantime .+",
    "docker": r"docker compose .+",
    "copy": r"cp \S+ \S+",
    "record": r"\S+\.\s+TXT\s+\".+\"",
    "tree": r"\S+/|  \S.*",
}


def lines(kind: str) -> list[str]:
    """The lines of one kind, in the order in which README has them."""
    return [line for line in all_lines() if kind_of(line) == kind]


def all_lines() -> list[str]:
    """Every line of every block."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def kind_of(line: str) -> str | None:
    """None for a line that nobody would check."""
    return next((kind for kind, pattern in KINDS.items() if re.fullmatch(pattern, line)), None)


def words(line: str) -> list[str]:
    """A command as a shell splits it."""
    return shlex.split(line, comments=True)

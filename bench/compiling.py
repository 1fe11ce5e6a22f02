"""A lesson's text to HTML: milliseconds per compilation in the guarded child, once it is warm."""

import time
from collections.abc import Iterator
from statistics import median

from bench.figures import Figure, at_most
from emails.compile import Compiler
from emails.letter import Look, Source

PREVIEW = "What this lesson holds, in one line, for the list of letters."
LINE = "Paragraph {} has a [link](https://example.org/{}), *so on* and so forth."
TIMES = 30
WARM = 3


def figures() -> Iterator[Figure]:
    """A lesson of 150 lines, every second of them empty."""
    with Compiler() as compiler:
        runs = [_seconds(compiler, _lesson(1000 * run)) for run in range(TIMES + WARM)][WARM:]
    yield at_most("compiling a lesson of 150 lines", 1000 * median(runs), "ms", 15)


def _lesson(first: int) -> Source:
    """No two of them are the same: what is edited never is."""
    body = "\n\n".join(LINE.format(number, number) for number in range(first, first + 75))
    return Source("md", "Long", PREVIEW, body)


def _seconds(compiler: Compiler, source: Source) -> float:
    began = time.perf_counter()
    compiler.compile(source, Look())
    return time.perf_counter() - began

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


def figures() -> Iterator[Figure]:
    """A lesson of 150 lines, every second of them empty."""
    body = "\n\n".join(LINE.format(number, number) for number in range(75))
    source = Source("md", "Long", PREVIEW, body)
    with Compiler() as compiler:
        compiler.compile(source, Look())
        runs = []
        for _ in range(TIMES):
            began = time.perf_counter()
            compiler.compile(source, Look())
            runs.append(time.perf_counter() - began)
    yield at_most("compiling a lesson of 150 lines", 1000 * median(runs), "ms", 15)

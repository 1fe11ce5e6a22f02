"""The compiler's child: answers one request after the other until its input ends. See `emails.compile`."""

import gc
import sys
from dataclasses import asdict
from typing import Any

from course.errors import Problem
from emails.child import limit, limit_cpu, serve
from emails.errors import Unpublishable
from emails.letter import Look, Source
from emails.system import typeset_system
from emails.typeset import typeset


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The compilation that was asked for, or the problems that forbid it."""
    look = Look(**request["look"])
    try:
        if request["do"] == "lesson":
            compiled = typeset(Source(**request["source"]), look)
        else:
            compiled = typeset_system(request["name"], request["language"], look)
    except Unpublishable as error:
        return {"problems": [asdict(problem) for problem in error.problems]}
    except (RecursionError, MemoryError):
        return {"problems": [asdict(Problem("The text is too large or too deeply nested to compile."))]}
    return {"compiled": asdict(compiled)}


if __name__ == "__main__":
    limit()
    # What is loaded stays: the collector need not look through it for each letter.
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    serve(sys.stdin.buffer, sys.stdout.buffer, answer, limit_cpu)

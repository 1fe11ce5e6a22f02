"""Places in a source: from offsets to the lines and columns that a person sees in the editor."""

import re
from bisect import bisect_left
from typing import Literal, NamedTuple

from course.errors import Problem


class Place(NamedTuple):
    """A line and a column, from 1; `part` names what is not in the body ("subject", "preview line")."""

    line: int = 1
    column: int = 1
    part: str = ""

    def problem(self, message: str, hint: str | None = None, *, warning: bool = False) -> Problem:
        """A remark about this place."""
        severity: Literal["error", "warning"] = "warning" if warning else "error"
        if self.part:
            return Problem(f"In the {self.part}: {message}", hint=hint, severity=severity)
        return Problem(message, line=self.line, column=self.column, hint=hint, severity=severity)


class Places:
    """The places of a text that begins at `start`."""

    def __init__(self, text: str, start: Place) -> None:
        self._start = start
        self._breaks = [match.start() for match in re.finditer("\n", text)]

    def at(self, offset: int) -> Place:
        """Where the character at `offset` stands."""
        before = bisect_left(self._breaks, offset)
        if before == 0:
            return Place(self._start.line, self._start.column + offset, self._start.part)
        return Place(self._start.line + before, offset - self._breaks[before - 1], self._start.part)

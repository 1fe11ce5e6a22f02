"""Places in a source: from offsets to the lines and columns that a person sees in the editor."""

from dataclasses import dataclass
from typing import Literal

from course.errors import Problem


@dataclass(frozen=True)
class Place:
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


def place_of(text: str, offset: int, start: Place) -> Place:
    """Where `offset` of a text lies that begins at `start`."""
    breaks = text.count("\n", 0, offset)
    column = offset - (text.rfind("\n", 0, offset) + 1)
    return Place(start.line + breaks, column + (start.column if breaks == 0 else 1), start.part)

"""The compiler: one warm child process, so that no text can hang, fill or crash what asked for it (`emails.child`)."""

from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

from course.errors import Problem
from emails.child import Broken, Child, NotStarted, TooSlow
from emails.errors import Unpublishable
from emails.letter import Compiled, Look, Source
from emails.typeset import COMPILER

__all__ = ["COMPILER", "Compiler"]

SECONDS = 3.0
SLOW = "The text takes longer than three seconds to compile."
BROKEN = "The text brings the MJML engine down."
UNSTARTED = "The compiler does not start; try again, or see the server's log."


class Compiler:
    """Compiles sources in its child; safe to share between threads. Close it, or use it in a `with`."""

    def __init__(self, seconds: float = SECONDS, own_themes: Path | None = None) -> None:
        """`own_themes` is the folder of the house's own themes; it need not be there."""
        self._own_themes = str(own_themes.resolve()) if own_themes else ""
        self._child = Child("emails.compile_child", seconds)

    def __enter__(self) -> "Compiler":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def own_themes(self) -> str:
        """The folder of the house's own themes; "" for none."""
        return self._own_themes

    def compile(self, source: Source, look: Look) -> Compiled:
        """The compilation of a lesson. Raises Unpublishable with every problem that forbids it."""
        return _compiled(self._ask({"do": "lesson", "source": asdict(source), "look": self._look(look)}))

    def compile_system(self, name: str, language: str, look: Look) -> Compiled:
        """The compilation of a system letter: "confirmation", "completion", "sign_in" or "already_in".

        Raises Unpublishable if the course's look cannot be used.
        """
        return _compiled(self._ask({"do": "system", "name": name, "language": language, "look": self._look(look)}))

    def close(self) -> None:
        """Ends the child; the next use starts another."""
        self._child.close()

    def _look(self, look: Look) -> dict[str, Any]:
        return {**asdict(look), "own_themes": look.own_themes or self._own_themes}

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._child.ask(request)
        except TooSlow:
            raise Unpublishable(Problem(SLOW)) from None
        except NotStarted:
            raise Unpublishable(Problem(UNSTARTED)) from None
        except Broken:
            raise Unpublishable(Problem(BROKEN)) from None


def _compiled(answer: dict[str, Any]) -> Compiled:
    if "problems" in answer:
        raise Unpublishable(*(Problem(**problem) for problem in answer["problems"]))
    compiled = answer["compiled"]
    warnings = tuple(Problem(**problem) for problem in compiled["warnings"])
    return Compiled(**{**compiled, "links": tuple(compiled["links"]), "warnings": warnings})

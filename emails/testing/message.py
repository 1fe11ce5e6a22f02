"""The message linter: what mail programs, filters and readers will hold against a message."""

from course.errors import Problem
from emails.testing import headers, parts, wire


def lint_message(data: bytes) -> tuple[Problem, ...]:
    """Every remark about the message in `data`, errors first; empty for a good one. Never raises."""
    problems = [*wire.problems(data), *headers.problems(data), *parts.problems(data)]
    return tuple(sorted(problems, key=lambda problem: problem.severity != "error"))

"""The message linter: what mail programs, filters and readers will hold against a message."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from course.errors import Problem
from emails.testing import headers, parts, wire
from emails.testing.listing import list_problems
from emails.testing.paint import contrast_problems
from emails.testing.reading import Reading, read
from emails.testing.signature import dkim_problems


@dataclass(frozen=True)
class Concern:
    """One thing that is looked at: what it is called, and what is so when nothing is wrong with it."""

    name: str
    good: str
    look: Callable[[Reading], Iterator[Problem]]


CONCERNS = (
    Concern("On the wire", "CRLF line ends, no NUL, no line over 998 octets.", lambda each: wire.problems(each.data)),
    Concern(
        "Headers",
        "Each one that we mean, once, and nothing in them that others read otherwise.",
        headers.field_problems,
    ),
    Concern("From and to", "One sender, one recipient, proper addresses.", headers.people_problems),
    Concern("Subject, date, id", "There, and of the right form.", headers.id_problems),
    Concern(
        "One click to leave",
        "The list headers are as Gmail and Yahoo want them.",
        lambda each: list_problems(each.by_name),
    ),
    Concern(
        "Signature", "What is signed covers what it should.", lambda each: dkim_problems(list(each.fields), each.data)
    ),
    Concern("Two parts", "Plain text first, then HTML, both quoted-printable UTF-8.", parts.structure_problems),
    Concern("Size", "Light enough that Gmail shows all of it.", parts.size_problems),
    Concern(
        "HTML",
        "Language, title, pictures, tables and links are sound; nothing is loaded from elsewhere.",
        parts.html_problems,
    ),
    Concern("Colours", "Every text can be read on its ground.", contrast_problems),
    Concern("Preview line", "Of a good length, and not the subject again.", parts.first_line_problems),
    Concern(
        "Text part", "All the words and every link, in short lines, without remains of markup.", parts.text_problems
    ),
    Concern("The way out", "Both parts lead to the page for leaving.", parts.way_out_problems),
)


def lint_message(data: bytes) -> tuple[Problem, ...]:
    """Every remark about the message in `data`, errors first; empty for a good one. Never raises."""
    reading = read(data)
    problems = [problem for concern in CONCERNS for problem in concern.look(reading)]
    return tuple(sorted(problems, key=lambda problem: problem.severity != "error"))

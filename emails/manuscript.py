"""From places in the MJML that was made of a Markdown lesson back to the author's own lines and columns."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote

from course.errors import Problem
from emails.letter import Source
from emails.markup import Block
from emails.places import Place, Places
from emails.tags import Tag

QUOTED = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Passage:
    """A block of the author's own MJML: where it stands in what was made, and the line on which its fence opens."""

    start: int
    text: str
    line: int


class Original:
    """The author's Markdown. What stands in an MJML block is counted; for all else, what a remark quotes is found."""

    def __init__(self, source: Source, made: str, blocks: Sequence[Block], tags: Sequence[Tag]) -> None:
        """`made` is the MJML that was made of the blocks, in which remarks have their places; tags keep their own."""
        body = source.body.replace("\r\n", "\n").replace("\r", "\n")
        self._lines = body.split("\n")
        self._places = Places(body, Place(source.first_line))
        self._first = source.first_line
        self._starts = [0, *(match.end() for match in re.finditer("\n", made))]
        self._tags = {(tag.place.line, tag.place.column): tag.source for tag in tags}
        self._passages = list(_passages(made, blocks))
        self._body = "\n".join(self._outside())
        self._found: dict[str, int] = {}  # where the next search for a word begins

    def placed(self, problem: Problem) -> Problem:
        """The remark at its place in a block of MJML; or at the next place of what it quotes, the last quotation
        first; or at the top of the body."""
        if problem.line is not None and problem.column is not None:
            if self._tags.get((problem.line, problem.column)) in QUOTED.findall(problem.message):
                return problem
            offset = self._starts[min(problem.line - self._first, len(self._starts) - 1)] + problem.column - 1
            for passage in self._passages:
                if passage.start <= offset <= passage.start + len(passage.text):
                    return self._counted(problem, passage, offset - passage.start)
        return self._sought(problem)

    def _outside(self) -> Iterator[str]:
        """The lines, those in blocks of MJML blank: nothing is sought there."""
        inside = {each.line + 1 + more for each in self._passages for more in range(each.text.count("\n"))}
        return (" " * len(line) if number in inside else line for number, line in enumerate(self._lines))

    def _counted(self, problem: Problem, passage: Passage, offset: int) -> Problem:
        before = passage.text[:offset]
        line = passage.line + 1 + before.count("\n")
        column = offset - before.rfind("\n")
        # A fence that is indented takes as much away from the lines inside.
        inside = passage.text.split("\n")[before.count("\n")]
        indented = max(0, len(self._lines[line]) - len(inside)) if line < len(self._lines) else 0
        return replace(problem, line=self._first + line, column=column + (indented if indented <= 3 else 0))

    def _sought(self, problem: Problem) -> Problem:
        quoted = list(reversed(QUOTED.findall(problem.message)))
        # The parser writes what an address may not hold otherwise than the author.
        for word in [*quoted, *(plain for word in quoted if (plain := unquote(word)) != word)]:
            pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)" if word[-1:].isalnum() else re.escape(word))
            match = pattern.search(self._body, self._found.get(word, 0)) or pattern.search(self._body)
            if match:
                self._found[word] = match.end()
                place = self._places.at(match.start())
                return replace(problem, line=place.line, column=place.column)
        return replace(problem, line=self._first, column=None)


def _passages(made: str, blocks: Sequence[Block]) -> Iterator[Passage]:
    at = 0
    for block in _every(blocks):
        if block.kind == "mjml":
            text = block.tokens[0].content
            start = made.find(text, at)
            if text and start >= 0:
                yield Passage(start, text, block.line)
                at = start + len(text)


def _every(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        for column in block.columns:
            yield from _every(column)

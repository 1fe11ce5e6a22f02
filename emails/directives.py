"""What can be wrong with a lesson's Markdown itself: directives that do not open, close or nest, and HTML."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it.token import Token

from course.errors import Problem
from emails.markup import DIRECTIVES, Block, is_complete
from emails.places import Place

OPENING = re.compile(r" {0,3}(:{3,})[ \t]*([^\s:]+)")
CLOSING = re.compile(r" {0,3}(:{3,})[ \t]*$")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*(\S*)")
# What an author may take for something else, and what to write instead.
SHOWN = {
    re.compile(r"</?([A-Za-z][\w-]*)(?:\s[^<>]*)?/?>"): (
        "HTML is not used in Markdown; there are directives, and MJML in a ```mjml fence"
    ),
    re.compile(r"!?\[[^\[\]]*\]\([^()]*"): "a link is [words](https://…), with no space in its address",
}
NEEDS = {
    "button": ("A button needs a label and an address.", "write `::: button https://…`, then the label, then `:::`"),
    "image": ("An image needs an address.", "write `::: image https://…`, then what it shows, then `:::`"),
    "video": ("A video needs its address and a picture’s.", "write `::: video https://… https://…/picture.png`"),
}


@dataclass(frozen=True)
class Opened:
    """A directive or a code fence that waits for its end: the mark, what it is, and where."""

    mark: str
    name: str
    place: Place


def check_markdown(body: str, blocks: list[Block], first_line: int) -> Iterator[Problem]:
    """The remarks about a protected body and the blocks it was read as."""
    yield from _check_lines(body, first_line)
    lines = body.split("\n")
    for block in _every(blocks):
        place = Place(first_line + block.line)
        if block.kind in NEEDS and not is_complete(block):
            message, hint = NEEDS[block.kind]
            yield place.problem(message, hint)
        for token in block.tokens:
            for child in token.children or () if block.kind != "mjml" else ():
                if child.type == "text" and ("<" in child.content or "](" in child.content):
                    yield from _check_text(child, lines, token.map or [block.line, block.line + 1], first_line)


def _check_text(child: Token, lines: list[str], rows: list[int], first_line: int) -> Iterator[Problem]:
    """What looks like a tag or a link and is none; it stands somewhere in the lines from `rows[0]` to `rows[1]`."""
    for pattern, hint in SHOWN.items():
        if match := pattern.search(child.content):
            found = ((row, lines[row].find(match[0])) for row in range(rows[0], min(rows[1], len(lines))))
            row, column = next((each for each in found if each[1] >= 0), (rows[0], 0))
            where = Place(first_line + row, column + 1)
            yield where.problem(f"`{match[0][:40]}` is shown to readers as it stands.", hint, warning=True)


def _every(blocks: list[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        for column in block.columns:
            yield from _every(column)


def _check_lines(body: str, first_line: int) -> Iterator[Problem]:
    """Whether what opens also closes, in the way in which the parser pairs them."""
    opened: list[Opened] = []
    fence: Opened | None = None
    for number, line in enumerate(body.split("\n")):
        place = Place(first_line + number)
        match = FENCE.match(line)
        if fence is not None:
            fence = None if match and match[1].startswith(fence.mark) and not match[2] else fence
        elif match:
            fence = Opened(match[1], f"{match[1]}{match[2]}", place)
        elif match := CLOSING.match(line):
            yield from _closed(opened, match[1], place)
        elif match := OPENING.match(line):
            yield from _opened(opened, match, place)
    for each in [*opened, *([fence] if fence else [])]:
        end = ":" * len(each.mark) if each in opened else each.mark
        if each is fence:  # between backticks its own could not be told from them
            yield each.place.problem(f"“{each.name}” is opened here and never closed.", f"close it with “{end}”")
        else:
            yield each.place.problem(f"`{each.name}` is opened here and never closed.", f"close it with `{end}`")


def _opened(opened: list[Opened], match: re.Match[str], place: Place) -> Iterator[Problem]:
    mark, name = match[1], match[2]
    if name not in DIRECTIVES:
        there_are = "There are: " + ", ".join(sorted(DIRECTIVES))
        where = Place(place.line, match.start(2) + 1)
        yield where.problem(f"There is no directive `{name}`.", there_are)
    if opened and len(mark) >= len(opened[-1].mark):
        outer = opened[-1].name.lstrip(": ")
        hint = f"write `{mark}: {outer}` there, and `{mark}:` at its end"
        yield place.problem(f"`{mark} {name}` would end `{outer}`: what is outside needs more colons.", hint)
    opened.append(Opened(mark, f"{mark} {name}", place))


def _closed(opened: list[Opened], mark: str, place: Place) -> Iterator[Problem]:
    if not opened:
        yield place.problem(f"`{mark}` closes a directive here, and none is open.", "take it out")
    elif len(mark) >= len(opened[-1].mark):
        opened.pop()
    else:
        hint = f"write `{opened[-1].mark}`"
        yield place.problem(f"`{mark}` does not close `{opened[-1].name}`: it has fewer colons.", hint)

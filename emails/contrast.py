"""Whether an author's colours can be read: every text against what it stands on, as far as a sheet can tell.

Only the author's own choices are looked at; the themes are measured by tests, by day and by night. What stands on a
picture, a gradient or a transparent colour is left to the author's eyes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from course.errors import Problem
from emails.cascade import Cascade
from emails.colors import LEAST, Color, contrast, parse_color, readable, said_ratio, spelled
from emails.mjml import Node, Text

WHITE = (255, 255, 255)
INK = (34, 37, 46)
GROUNDS = ("container-background-color", "inner-background-color", "background-color", "bgcolor")
TEXTS = frozenset({"mj-text", "mj-button", "mj-table", "mj-social-element"})
DECLARATION = re.compile(r"(?:^|;)\s*(color|background-color|background)\s*:\s*([^;!]+)", re.IGNORECASE)
# What MJML gives a button that says nothing, in a document without a theme.
BUTTON = {"background-color": "#414141", "color": "#ffffff"}
NOBODYS = Cascade(None)


@dataclass(frozen=True)
class Paint:
    """The colours that hold at some place; None where they cannot be known."""

    text: Color | None = INK
    ground: Color | None = WHITE


def check_contrast(root: Node) -> Iterator[Problem]:
    """A warning for each text of the author's that is hard to read."""
    document = next((each for each in root.children if isinstance(each, Node) and each.name == "mjml"), None)
    yield from _check(root, Paint(), Cascade(document), themed=document is None)


def _check(node: Node, paint: Paint, cascade: Cascade, *, themed: bool) -> Iterator[Problem]:
    if node.name in {"mj-head", "style"}:
        return
    painted = paint
    if node.attributes or node.name.startswith("mj"):  # plain HTML is painted as what is around it
        said = _said(node, cascade, BUTTON if node.name == "mj-button" and not themed else {})
        painted = _painted(node, said, paint)
        # In a theme a button that says nothing about itself is dressed by the theme.
        silent = themed and node.name == "mj-button" and not {"color", "background-color"} & said.keys()
        before = Paint() if node.name in TEXTS else paint
        if (node.name in TEXTS or not node.name.startswith("mj")) and painted != before and not silent:
            yield from _remark(node, painted)
    for child in node.children:
        if isinstance(child, Node):
            yield from _check(child, painted, cascade, themed=themed)


def _said(node: Node, cascade: Cascade, first: Mapping[str, str]) -> dict[str, str]:
    """What an element says of itself, in attributes and in its style."""
    said = cascade.said(node, first)
    return said | {name.lower(): value for name, value in DECLARATION.findall(said.get("style", ""))}


def _painted(node: Node, said: Mapping[str, str], paint: Paint) -> Paint:
    text, ground = paint.text, paint.ground
    if (node.name in TEXTS or not node.name.startswith("mj")) and said.get("color"):
        text = parse_color(said["color"])
    for name in GROUNDS:
        if said.get(name):
            ground = parse_color(said[name])
    if said.get("background-url") or said.get("background"):
        ground = parse_color(said.get("background", ""))
    return Paint(text, ground)


def _remark(node: Node, paint: Paint) -> Iterator[Problem]:
    if paint.text is None or paint.ground is None or not _holds_words(node):
        return
    if contrast(paint.text, paint.ground) < LEAST:
        ratio = said_ratio(paint.text, paint.ground)
        yield node.place.problem(
            f"`{spelled(paint.text)}` on `{spelled(paint.ground)}` is hard to read: contrast {ratio}.",
            f"{LEAST} is the least; {spelled(readable(paint.text, paint.ground))} would do",
            warning=True,
        )


def _holds_words(node: Node) -> bool:
    """Whether words stand in the element that no element inside it paints otherwise."""
    for child in node.children:
        if isinstance(child, Text):
            if child.value.strip():
                return True
        elif not _repaints(child) and _holds_words(child):
            return True
    return False


def _repaints(node: Node) -> bool:
    said = _said(node, NOBODYS, {})
    return any(said.get(name) for name in ("color", "background", "background-url", *GROUNDS))

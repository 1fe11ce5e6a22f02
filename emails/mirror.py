"""A layout for languages that are written from right to left: its left becomes its right, and its letters stay joined.

Only the theme's layout is turned over. What authors align in their own MJML stays where they put it; what they leave
open follows the language.
"""

import re

from emails.mjml import Attribute, Node, Text

SIDES = {"left": "right", "right": "left"}
ALIGNED = frozenset({"align", "text-align"})
FOUR = re.compile(r"(?<![\w-])((?:inner-)?padding|margin|border-radius)(\s*:\s*)([^;{}!]+)")
SIDED = re.compile(r"(?<![\w-])((?:padding|margin|border)-|text-align\s*:\s*|float\s*:\s*)(left|right)\b")
# Scripts that join their letters are torn by space between them, and none of these scripts leans.
TYPE = re.compile(r"(?<![\w-])(?:letter-spacing\s*:[^;{}]*(?:;|(?=\})|\Z)|(font-style\s*:\s*)italic)")
# What has a direction of its own in MJML, and what begins on the left unless it is told otherwise.
DIRECTED = {"mj-section": "direction", "mj-column": "direction", "mj-group": "direction", "mj-wrapper": "direction"}
STARTS = {"mj-text": "align", "mj-table": "align"}


def mirror(layout: Node) -> None:
    """Turns the attributes and the style sheets of a theme's layout over."""
    for node in layout.elements():
        for attribute in node.attributes:
            _turn(attribute)
        if node.name == "mj-style":
            for child in node.children:
                if isinstance(child, Text):
                    child.value = TYPE.sub(lambda match: f"{match[1]}normal" if match[1] else "", turned(child.value))


def lead_from_the_right(document: Node) -> None:
    """Lets everything in an `<mjml>` document begin on the right that does not say where it begins."""
    head = next((node for node in document.children if isinstance(node, Node) and node.name == "mj-head"), None)
    if head is None:
        head = Node("mj-head", document.place)
        document.children.insert(0, head)
    place = head.place
    defaults = [
        *(Node(name, place, [Attribute(attribute, "rtl", place)]) for name, attribute in DIRECTED.items()),
        *(Node(name, place, [Attribute(attribute, "right", place)]) for name, attribute in STARTS.items()),
    ]
    head.children.insert(0, Node("mj-attributes", place, [], list(defaults)))


def turned(style: str) -> str:
    """Style declarations with left and right exchanged."""
    style = SIDED.sub(lambda match: match[1] + SIDES[match[2]], style)
    return FOUR.sub(lambda match: f"{match[1]}{match[2]}{_exchanged(match[1], match[3])}", style)


def _turn(attribute: Attribute) -> None:
    if attribute.name in ALIGNED:
        attribute.value = SIDES.get(attribute.value, attribute.value)
    elif attribute.name == "font-style":
        attribute.value = "normal"
    elif attribute.name == "style":
        attribute.value = turned(attribute.value)
    elif attribute.name.endswith(("padding", "border-radius")):
        attribute.value = _exchanged(attribute.name, attribute.value)
    elif attribute.name.endswith(("-left", "-right")):
        stem, _, side = attribute.name.rpartition("-")
        attribute.name = f"{stem}-{SIDES[side]}"


def _exchanged(name: str, value: str) -> str:
    """Four values are top, right, bottom, left; four radii begin at the top left."""
    parts = value.split()
    if len(parts) != 4:
        return value
    one, two, three, four = parts
    return " ".join((two, one, four, three) if "radius" in name else (one, four, three, two))

"""Where MRML draws single elements otherwise than MJML does, each is told in words that MRML understands.

An attribute may carry a second declaration behind its own (`auto;border-collapse:separate`): MRML writes both into
the element's style, as they stand.
"""

import re
from collections.abc import Mapping

from emails.cascade import Cascade
from emails.mjml import Attribute, Node
from emails.widths import borders, paddings

PIXELS = re.compile(r"(\d+)px")
BARE_NUMBER = re.compile(r"\d+(?:\.\d+)?")
WIDE = frozenset({"mj-body", "mj-column", "mj-group"})
MENDED = WIDE | {"mj-social-element", "mj-table", "mj-button", "mj-image"}
SIDES = ("border-top", "border-right", "border-bottom", "border-left")
# MRML separates the cells of a table that has a border; MJML those of one that has space between them.
SEPARATED = re.compile(r'(table-layout:[^"]*?width:[^;"]*;border:[^;"]+;)border-collapse:separate;')
TO_THE_RIGHT = "mt-icon-right"
LABELLED = re.compile(
    rf'(<tr class="[^"]*{TO_THE_RIGHT}">)(<td [^>]*><table .*?</table></td>)(<td [^>]*>.*?</td>)(?=</tr>)', re.DOTALL
)
AUTOMATIC = re.compile(r'(<div class="mj-outlook-group-fix[^>]*?;width:)(\d+\.\d{5,})%')
FRACTION = re.compile(r"\.\d+%")
# The table around a section as wide as the window: its corners are the section's own affair.
OUTERMOST = re.compile(r'(<table [^>]*style="[^">]*?)border-radius:[^;"]+;([^">]*"[^>]*><tbody><tr><td>)')


def mend(document: Node) -> None:
    """Changes the elements of a document that MRML would get wrong. To be done once."""
    cascade = Cascade(document)
    for node in document.components() if cascade.gives else ():
        for child in node.children:
            if isinstance(child, Node):
                _add(child, cascade.given_by(node, child.name))
    for node in document.components():
        if node.name in MENDED:
            _mend_one(node, cascade)


def mend_html(made: str, document: Node) -> str:
    """The same for what only the HTML shows that was made of the document."""
    # For Yahoo alone, not for every screen.
    made = made.replace("@media screen, yahoo", "@media screen yahoo")
    # MRML has an icon always before its label.
    made = LABELLED.sub(r"\1\3\2", made)
    # Columns of a group that name no width share it in whole percents where style sheets are not read.
    # An author's own fractions cannot be told from them, and stay.
    if AUTOMATIC.search(made) and not any(FRACTION.search(node.get("width") or "") for node in document.elements()):
        made = AUTOMATIC.sub(_shared, made)
    return OUTERMOST.sub(r"\1\2", SEPARATED.sub(r"\1", made))


def _shared(column: re.Match[str]) -> str:
    share = float(column[2])
    equal = any(abs(share - 100 / count) < 1e-4 for count in range(3, 21))
    return f"{column[1]}{int(share)}%" if equal else column[0]


def _mend_one(node: Node, cascade: Cascade) -> None:
    if node.name in WIDE and BARE_NUMBER.fullmatch((node.get("width") or "").strip()):
        _set(node, "width", f"{node.get('width')}px")
    elif node.name == "mj-social-element":
        # What `mj-social` says of its icons counts less than what is said of icons.
        said = cascade.said(node)
        _add(node, {name: said[name] for name in said if name != "mj-class"})
        if node.get("icon-position") == "right":
            _set(node, "css-class", f"{node.get('css-class') or ''} {TO_THE_RIGHT}".strip())
    elif node.name == "mj-table":
        said = cascade.said(node)
        if said.get("cellspacing", "0").rstrip("px").strip() not in {"", "0"}:
            _set(node, "table-layout", f"{said.get('table-layout', 'auto')};border-collapse:separate")
    elif node.name == "mj-column":
        # Without it MRML draws no inner corners round where there is nothing between them and the outer ones.
        if (said := cascade.said(node)).get("inner-border-radius") and not said.get("border-radius"):
            _set(node, "border-radius", "0px")
    elif node.name == "mj-button":
        _mend_button(node, cascade.said(node, {"text-transform": "none", "inner-padding": "10px 25px"}))
    elif node.name == "mj-image":
        said = cascade.said(node, {"border": "0"})
        if said.get("alt"):
            _set(node, "alt", said["alt"])
        sides = "".join(f";{side}:{said[side]}" for side in SIDES if said.get(side))
        if sides:
            _set(node, "border", said["border"] + sides)


def _mend_button(node: Node, said: Mapping[str, str]) -> None:
    """A label's width leaves room for the borders."""
    width = PIXELS.fullmatch(said.get("width", ""))
    if width and borders(said, "border"):
        room = int(width[1]) - paddings(said, "inner-padding") - borders(said, "border")
        _set(node, "text-transform", f"{said['text-transform']};width:{room}px")


def _set(node: Node, name: str, value: str) -> None:
    node.attributes = [each for each in node.attributes if each.name != name]
    node.attributes.append(Attribute(name, value, node.place))


def _add(node: Node, said: Mapping[str, str]) -> None:
    node.attributes += [Attribute(name, said[name], node.place) for name in said if node.get(name) is None]

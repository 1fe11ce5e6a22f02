"""How wide things are, in MJML's own arithmetic.

MRML computes in 32-bit floats where MJML cuts containers down to whole pixels: a picture in a third of 600 pixels
would come out a pixel too wide. So every picture is told its width before MRML sees it.
"""

import re
from collections.abc import Mapping

from emails.cascade import Cascade
from emails.mjml import Attribute, Node

NUMBER = re.compile(r"\s*(-?\d*\.?\d+)")
THICKNESS = re.compile(r"(?:^| )(\d+)")
BODY = 600.0
# What MJML gives them where nobody says anything else.
PADDINGS = {"mj-image": "10px 25px", "mj-section": "20px 0", "mj-wrapper": "20px 0"}
BODY_DEFAULTS = frozenset({"background-color", "width"})
BLOCKS = frozenset({"mj-section", "mj-wrapper", "mj-hero"})


def settle_widths(document: Node) -> None:
    """Writes the width of every picture into it, and the body's defaults into the body, which MRML forgets."""
    cascade = Cascade(document)
    for body in document.children:
        if isinstance(body, Node) and body.name == "mj-body":
            said = cascade.said(body)
            _put_missing(body, {name: said[name] for name in sorted(BODY_DEFAULTS & said.keys())})
            _settle(body, _number(said.get("width"), BODY), cascade)


def _settle(parent: Node, room: float, cascade: Cascade) -> None:
    """Everything below `parent`, which has `room` pixels inside."""
    siblings = [each for each in parent.children if isinstance(each, Node) and each.name != "mj-raw"]
    for node in siblings:
        said = cascade.said(node, {"padding": PADDINGS.get(node.name, "")})
        if node.name in BLOCKS:
            _settle(node, _inside(said, int(room)), cascade)
        elif node.name in {"mj-column", "mj-group"}:
            _settle(node, _column_room(node.name, said, room, len(siblings)), cascade)
        elif node.name == "mj-image":
            _settle_picture(node, said, room)


def _column_room(name: str, said: Mapping[str, str], room: float, siblings: int) -> float:
    width = said.get("width") or ""
    share = _number(width, room / siblings)
    if width.strip().endswith("%"):
        share = room * share / 100
    taken = paddings(said, "padding")
    if name == "mj-column":
        taken += borders(said, "border") + borders(said, "inner-border")
    return share - taken


def _settle_picture(image: Node, said: Mapping[str, str], room: float) -> None:
    inside = _inside(said, int(room))
    width = min(inside, int(_number(said.get("width"), inside)))
    if width > 0:
        image.attributes = [each for each in image.attributes if each.name != "width"]
        image.attributes.append(Attribute("width", f"{width}px", image.place))


def _inside(said: Mapping[str, str], room: int) -> int:
    return room - paddings(said, "padding") - borders(said, "border")


def paddings(said: Mapping[str, str], name: str) -> int:
    """Left and right together; the side's own attribute counts before the shorthand."""
    parts = said.get(name, "").split()
    left, right = _sides(parts)
    return _whole(said.get(f"{name}-left") or left) + _whole(said.get(f"{name}-right") or right)


def _sides(parts: list[str]) -> tuple[str, str]:
    if not parts:
        return "0", "0"
    right = parts[1] if len(parts) > 1 else parts[0]
    return (parts[3] if len(parts) == 4 else right), right


def borders(said: Mapping[str, str], name: str) -> int:
    """Left and right together, in pixels."""
    return sum(_thickness(said.get(f"{name}-{side}") or said.get(name) or "") for side in ("left", "right"))


def _thickness(border: str) -> int:
    match = THICKNESS.search(border)
    return int(match[1]) if match else 0


def _whole(length: str) -> int:
    return int(_number(length, 0.0))


def _number(length: str | None, otherwise: float) -> float:
    match = NUMBER.match(length or "")
    return float(match[1]) if match else otherwise


def _put_missing(node: Node, said: Mapping[str, str]) -> None:
    node.attributes += [Attribute(name, said[name], node.place) for name in said if node.get(name) is None]

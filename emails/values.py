"""What the values of MJML's attributes look like: lengths, colours, choices."""

import re

from emails.colors import is_color
from emails.mjml import CONTENT

LENGTH = r"-?\d*\.?\d+(?:px|%|em|rem|pt)?"
COLOR = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{5})?|[a-zA-Z]+|(?:rgb|hsl)a?\([\d\s.,%/]+\)")
PADDING = re.compile(rf"{LENGTH}(?:\s+{LENGTH}){{0,3}}")
SIZE = re.compile(rf"{LENGTH}|auto|normal")
RADIUS = re.compile(rf"{LENGTH}(?:[\s/]+{LENGTH}){{0,7}}")
BORDER = re.compile(r"none|hidden|inherit|initial|unset|.*\d.*")
WEIGHT = re.compile(r"normal|bold|bolder|lighter|inherit|[1-9]\d{0,2}|1000")
DECORATION = re.compile(r"(?:(?:none|underline|overline|line-through|inherit|initial|unset)\s*)+")
SIDES = frozenset({"left", "right", "top", "bottom"})
SIZES = frozenset(
    {"width", "height", "font-size", "line-height", "icon-size", "border-width", "max-height", "letter-spacing"}
)
CHOICES = {
    "align": {"left", "center", "right", "justify"},
    "text-align": {"left", "center", "right", "justify"},
    "vertical-align": {"top", "middle", "bottom"},
    "direction": {"ltr", "rtl"},
    "mode": {"horizontal", "vertical", "fixed-height", "fluid-height"},
    "full-width": {"full-width", "false"},
    "fluid-on-mobile": {"true", "false"},
    "inline": {"inline"},
    "background-repeat": {"repeat", "no-repeat"},
    "icon-position": {"left", "right"},
    "table-layout": {"auto", "fixed", "initial", "inherit"},
    "role": {"none", "presentation"},
    "border-style": {"solid", "dashed", "dotted", "double", "groove", "ridge", "inset", "outset", "none", "hidden"},
    "font-style": {"normal", "italic", "oblique", "inherit", "initial"},
    "text-transform": {"none", "uppercase", "lowercase", "capitalize", "inherit", "initial"},
    "position": {"file-start"},
}


def sound(name: str, value: str) -> bool:
    """Whether the value can stand in an attribute of this name."""
    if name in CHOICES:
        return value in CHOICES[name]
    pattern = _pattern(name)
    if pattern is COLOR and value.isalpha():
        return is_color(value)
    return bool(pattern.fullmatch(value)) if pattern else name in CONTENT or value.isascii()


def _pattern(name: str) -> re.Pattern[str] | None:
    """What the values of an attribute look like; None where anything may stand."""
    first, _, last = name.rpartition("-")
    if name.endswith("color"):
        return COLOR
    if name in SIZES or (first.endswith("padding") and last in SIDES):
        return SIZE
    if "padding" in name:
        return PADDING
    if name.endswith("border-radius"):
        return RADIUS
    if name.endswith("border") or (first.endswith("border") and last in SIDES):
        return BORDER
    return {"font-weight": WEIGHT, "text-decoration": DECORATION}.get(name)


def expected(name: str) -> str:
    """A hint: what could stand there."""
    pattern = _pattern(name)
    if name in CHOICES:
        return "it can be " + ", ".join(sorted(CHOICES[name]))
    if pattern is COLOR:
        return "a colour looks like #b8452b"
    if pattern is BORDER:
        return "a border looks like 1px solid #b8452b"
    if pattern is WEIGHT:
        return "it can be normal, bold, or a number from 100 to 900"
    if pattern is DECORATION:
        return "it can be none, underline, overline, line-through"
    return "a length looks like 16px or 50%" if pattern else "only plain letters can stand here"

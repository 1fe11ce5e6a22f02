"""Colours, and whether one can be read on another (WCAG 2: relative luminance and contrast)."""

import re

LEAST = 4.5  # to 1, for text of any size
NAMED = {
    "black": "#000000", "white": "#ffffff", "gray": "#808080", "grey": "#808080", "silver": "#c0c0c0",
    "lightgray": "#d3d3d3", "lightgrey": "#d3d3d3", "darkgray": "#a9a9a9", "darkgrey": "#a9a9a9", "red": "#ff0000",
    "darkred": "#8b0000", "maroon": "#800000", "orange": "#ffa500", "gold": "#ffd700", "yellow": "#ffff00",
    "olive": "#808000", "green": "#008000", "lime": "#00ff00", "lightgreen": "#90ee90", "darkgreen": "#006400",
    "teal": "#008080", "cyan": "#00ffff", "aqua": "#00ffff", "blue": "#0000ff", "lightblue": "#add8e6",
    "navy": "#000080", "darkblue": "#00008b", "purple": "#800080", "violet": "#ee82ee", "magenta": "#ff00ff",
    "fuchsia": "#ff00ff", "pink": "#ffc0cb", "brown": "#a52a2a", "beige": "#f5f5dc", "ivory": "#fffff0",
}  # fmt: skip
HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})")
RGB = re.compile(r"rgb\(\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*\)")

Color = tuple[int, int, int]


def parse_color(text: str) -> Color | None:
    """Red, green and blue from 0 to 255; None for what is no plain colour: gradients, transparency, rare names."""
    word = text.strip().lower()
    word = NAMED.get(word, word)
    if match := HEX.fullmatch(word):
        digits = match[1] if len(match[1]) == 6 else "".join(digit * 2 for digit in match[1])
        return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:], 16)
    if match := RGB.fullmatch(word):
        return min(int(match[1]), 255), min(int(match[2]), 255), min(int(match[3]), 255)
    return None


def contrast(one: Color, other: Color) -> float:
    """From 1 (the same) to 21 (black on white)."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def readable(color: Color, *grounds: Color) -> Color:
    """The colour nearest to `color`, on its way to black or to white, that can be read on every ground."""
    end = 0 if min(map(_luminance, grounds)) > 0.18 else 255
    for step in range(101):
        mixed = tuple(round(part + (end - part) * step / 100) for part in color)
        nearest = (mixed[0], mixed[1], mixed[2])
        if all(contrast(nearest, ground) >= LEAST for ground in grounds):
            break
    return nearest


def spelled(color: Color) -> str:
    """As in `#b8452b`."""
    return "#{:02x}{:02x}{:02x}".format(*color)


def _luminance(color: Color) -> float:
    red, green, blue = (_linear(part / 255) for part in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

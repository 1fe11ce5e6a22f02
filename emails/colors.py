"""Colours, and whether one can be read on another (WCAG 2: relative luminance and contrast)."""

import math
from functools import lru_cache

import tinycss2.color4

LEAST = 4.5  # to 1, for text of any size
KEYWORDS = frozenset({"currentcolor", "inherit", "initial", "none", "transparent", "unset"})  # no colours of their own

Color = tuple[int, int, int]


@lru_cache(maxsize=1024)
def parse_color(text: str) -> Color | None:
    """Red, green and blue from 0 to 255; None for what is no plain colour: gradients, transparency, other words."""
    found = tinycss2.color4.parse_color(text.strip())
    if found is None or isinstance(found, str) or found.alpha < 1:
        return None
    red, green, blue = (min(max(round(part * 255), 0), 255) for part in found.to("srgb").coordinates)
    return red, green, blue


def is_color(word: str) -> bool:
    """Whether a single word names a colour, or stands where one may stand."""
    return word.lower() in KEYWORDS or parse_color(word) is not None


def said_ratio(one: Color, other: Color) -> str:
    """The contrast in words, cut off and not rounded: what is too little never reads like enough."""
    return f"{math.floor(contrast(one, other) * 10) / 10:.1f} to 1"


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

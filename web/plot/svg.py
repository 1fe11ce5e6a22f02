"""A picture as SVG. On a page its colours are the page's (static/plot.css); a file brings its own, by day and by night.

No style attribute is in it, so that a page's Content-Security-Policy has nothing to refuse.
"""

from collections.abc import Mapping
from html import escape

from web.plot.shapes import Box, Picture, Shape

DAY = {
    "paper": "#fbf8f2",
    "ink": "#22252e",
    "quiet": "#5b5f6b",
    "line": "#e0d8c8",
    "bar": "#a39c8d",
    "accent": "#b8452b",
}
NIGHT = {
    "paper": "#16181d",
    "ink": "#ece8df",
    "quiet": "#a9abb3",
    "line": "#343945",
    "bar": "#6d717d",
    "accent": "#f08a6c",
}
SANS = "text { font-family: system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }"


def inline(picture: Picture) -> str:
    """For a page; every text in it is escaped."""
    return _with(picture, "")


def document(picture: Picture) -> str:
    """A file of its own."""
    style = f"{SANS} {_colours(DAY)} @media (prefers-color-scheme: dark) {{ {_colours(NIGHT)} }}"
    paper = f'<rect class="plot-paper" width="{picture.width}" height="{picture.height}"/>'
    return _with(picture, f"<style>{style}</style>\n{paper}\n")


def _with(picture: Picture, ground: str) -> str:
    size = f'viewBox="0 0 {picture.width} {picture.height}" width="{picture.width}" height="{picture.height}"'
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" class="plot" {size} role="img"'
    shapes = "".join(_shape(each) for each in picture.shapes)
    return f'{opening} aria-label="{escape(picture.sentence)}">\n{ground}{shapes}</svg>\n'


def _shape(shape: Shape) -> str:
    place = f'class="plot-{shape.role}" x="{round(shape.x, 1):g}" y="{round(shape.y, 1):g}"'
    if isinstance(shape, Box):
        size = f'width="{round(shape.width, 1):g}" height="{round(shape.height, 1):g}"'
        strength = f' fill-opacity="{shape.strength:.2f}"' if shape.strength < 1 else ""
        return f"<rect {place} {size}{strength}/>\n"
    weight = ' font-weight="600"' if shape.bold else ""
    look = f'text-anchor="{shape.anchor}" font-size="{shape.size}"{weight}'
    return f"<text {place} {look}>{escape(shape.text)}</text>\n"


def _colours(colours: Mapping[str, str]) -> str:
    return " ".join(f".plot-{role} {{ fill: {colour}; }}" for role, colour in colours.items())

"""Whether the texts of a page can be read by day: colours that stand in its elements, one on the other.

Style sheets are left out: mail programs that read them get the theme's night, which is looked at in a browser.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from course.errors import Problem
from emails.colors import LEAST, Color, contrast, parse_color, said_ratio, spelled
from emails.testing.reading import Reading

VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
UNSEEN = frozenset({"head", "title", "style", "script"})
STYLE = re.compile(
    r"(?:^|;)\s*(color|background|background-color|display|background-image)\s*:\s*([^;!]+)", re.IGNORECASE
)
INK, WHITE = (0, 0, 0), (255, 255, 255)
MOST = 5

Paint = tuple[str, Color | None, Color | None, bool]  # element, text, ground, hidden


def contrast_problems(reading: Reading) -> Iterator[Problem]:
    """Each pair of colours that is hard to read, once, with the words it is about."""
    if not reading.parts:
        return
    painted = _Painted()
    painted.feed(reading.markup)
    for (text, ground), words in list(painted.faint.items())[:MOST]:
        ratio = said_ratio(text, ground)
        yield Problem(
            f"“{words[:40]}” is hard to read: {spelled(text)} on {spelled(ground)} has a contrast of {ratio}.",
            hint=f"{LEAST} is the least",
        )


class _Painted(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faint: dict[tuple[Color, Color], str] = {}
        self._open: list[Paint] = [("", INK, WHITE, False)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        attributes = {name: value or "" for name, value in attrs}
        said = {name.lower(): value.strip() for name, value in STYLE.findall(attributes.get("style", ""))}
        _, text, ground, hidden = self._open[-1]
        if "color" in said:
            text = parse_color(said["color"])
        paper = said.get("background-color") or said.get("background") or attributes.get("bgcolor")
        if paper and paper.lower() not in {"transparent", "none"}:
            # A picture or a gradient: nobody can tell.
            ground = parse_color(paper)
        self._open.append((tag, text, ground, hidden or said.get("display") == "none" or tag in UNSEEN))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, 0, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                break

    def handle_data(self, data: str) -> None:
        _, text, ground, hidden = self._open[-1]
        words = " ".join(data.split())
        if words and text and ground and not hidden and contrast(text, ground) < LEAST:
            self.faint.setdefault((text, ground), words)

"""The HTML of a message as a mail program sees it, and what a reader or a filter would miss in it."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from course.errors import Problem
from emails.testing.listing import is_secure

PREHEADER = range(40, 111)  # characters

_FORBIDDEN = frozenset({"script", "form", "iframe", "object", "embed", "applet", "base", "input", "button"})
_SILENT = frozenset({"head", "title", "style", "script"})
_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
_WHITE = re.compile(r"(?<![-\w])color:(?:#fff(?:fff)?|white)\b")
_REMOTE_STYLE = re.compile(r"@import|url\(\s*['\"]?(?:https?:)?//", re.IGNORECASE)
_FILLER = re.compile("[\u00ad\u034f\u200b-\u200d\u2007\u2060\ufeff\u00a0]+")

Attributes = dict[str, str]


class Page(HTMLParser):
    """What one pass over the markup finds; `text` is what is shown, without the preheader."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, Attributes]] = []
        self.styles = ""
        self.title = ""
        self.preheader = ""
        self.preheader_style = ""
        self._shown: list[str] = []
        self._open: list[tuple[str, bool]] = []  # name, whether it or a parent is hidden
        self.feed(markup)
        self.close()

    @property
    def text(self) -> str:
        return " ".join("".join(self._shown).split())

    @property
    def links(self) -> list[str]:
        """Web addresses that the page links to, each once, in order."""
        found = (found.get("href", "") for name, found in self.elements if name == "a")
        return [link for link in dict.fromkeys(found) if link.startswith(("http:", "https:"))]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        if tag in _VOID:
            self._shown.append(" ")
            return
        style = "".join(attributes.get("style", "").split()).lower()
        hidden = "display:none" in style
        if hidden and not self.preheader_style and tag in {"div", "span"}:
            self.preheader_style = style
        self._open.append((tag, hidden or self._is_hidden()))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] == tag:
                del self._open[place:]
                break
        if tag not in {"a", "b", "strong", "em", "i", "span", "code", "u", "s", "sup", "sub"}:
            self._shown.append(" ")

    def handle_data(self, data: str) -> None:
        within = [name for name, _ in self._open]
        if "title" in within:
            self.title += data
        elif "style" in within:
            self.styles += data
        elif self._is_hidden():
            self.preheader += data
        elif not _SILENT.intersection(within):
            self._shown.append(data)

    def _is_hidden(self) -> bool:
        return bool(self._open) and self._open[-1][1]


def page_problems(page: Page, subject: str) -> Iterator[Problem]:
    """What is wrong with the HTML part of a message with this subject."""
    yield from _frame_problems(page, subject)
    for name, attributes in page.elements:
        if name in _FORBIDDEN:
            yield Problem(f"The HTML holds <{name}>, which mail programs remove or distrust.")
        yield from _link_problems(name, attributes)
        if name == "img":
            yield from _image_problems(attributes)
        handlers = [attribute for attribute in attributes if attribute.startswith("on")]
        if handlers:
            yield Problem(f"<{name}> has the script attribute {handlers[0]}.")
    bare = sum(name == "table" and found.get("role") not in {"presentation", "none"} for name, found in page.elements)
    # A table of data has headings; one without is layout, and read aloud as a table unless it says so.
    headings = sum(name == "th" for name, _ in page.elements)
    if bare and not headings:
        yield Problem(f"{bare} layout tables lack role=presentation.")
    if _REMOTE_STYLE.search(page.styles):
        yield Problem("The HTML's styles load something from elsewhere.")


def _frame_problems(page: Page, subject: str) -> Iterator[Problem]:
    language = next((found.get("lang", "") for name, found in page.elements if name == "html"), "")
    if not language or language == "und":
        yield Problem("The HTML does not say its language.")
    if page.title.split() != subject.split():
        yield Problem("The HTML's title is not the subject.")
    metas = [found.get("name", "").lower() for name, found in page.elements if name == "meta"]
    if "color-scheme" not in metas:
        yield Problem("The HTML does not say that it can be light and dark (meta color-scheme).")


def preheader_problems(page: Page, subject: str) -> Iterator[Problem]:
    """What is wrong with the hidden line that inboxes show behind this subject."""
    text = _FILLER.sub(" ", page.preheader).strip()
    if not text:
        yield Problem("There is no preheader.", hint="40-110 hidden characters", severity="warning")
        return
    if len(text) not in PREHEADER:
        yield Problem(f"The preheader has {len(text)} characters; 40-110 show well.", severity="warning")
    if text == subject.strip():
        yield Problem("The preheader repeats the subject.", severity="warning")
    if _WHITE.search(page.preheader_style):
        yield Problem("The preheader is hidden in white; spam filters count that against a mail.")


def _link_problems(name: str, attributes: Attributes) -> Iterator[Problem]:
    for attribute in ("href", "src", "background", "action"):
        url = attributes.get(attribute, "").strip()
        if not url or url.startswith(("mailto:", "tel:", "#", "cid:")):
            continue
        if name == "link":
            yield Problem(f"The HTML loads {url} from elsewhere.")
        elif not is_secure(url):
            yield Problem(f"<{name}> leads to {url[:80]}, which is no https address.")


def _image_problems(attributes: Attributes) -> Iterator[Problem]:
    name = attributes.get("src", "")[-60:]
    if "alt" not in attributes:
        yield Problem(f"The image {name} has no alt text.")
    if not attributes.get("width", "").isdecimal():
        yield Problem(f"The image {name} has no width.")

"""Reads MJML, with HTML in it, into a tree with places; whatever is written there, a whole tree comes out."""

import html
import re
from collections.abc import Iterator

from course.errors import Problem
from emails.elements import IMPLIED_ENDS, VOID
from emails.mjml import RAW_TEXT, Attribute, Node, Text
from emails.places import Place, Places

LONGEST = 256 * 1024
DEEPEST = 60
MOST = 2_000

MARKUP = re.compile(
    r"""<!--(?P<comment>.*?)(?:-->|\Z)
      | <!\[CDATA\[(?P<cdata>.*?)\]\]>
      | <[!?][^>]*>
      | </(?P<close>[A-Za-z][\w:-]*)[^<>]*>
      | <(?P<open>[A-Za-z][\w:-]*)(?P<attributes>(?:[^"'<>]++|"[^"]*"|'[^']*')*+)>
    """,
    re.DOTALL | re.VERBOSE,
)
BARE = re.compile(r"([^<]*)<(/?)([a-z][a-z0-9-]*)>")  # a text and the tag behind it, as most of them are
ATTRIBUTE = re.compile(r"""([^\s=/"'<>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>=]+))?""")
# What was meant for a tag, and is none for want of a `>` or of a quote.
UNFINISHED = re.compile(r"</?mj-[\w-]*|<[A-Za-z][A-Za-z0-9]*(?=\s+[A-Za-z-]+\s*=)")


class Reader:
    """Reads one source into a tree; what is wrong with it is in `problems`, and the tree is whole all the same."""

    def __init__(self, source: str, start: Place) -> None:
        self.source = source
        self.start = start
        self.problems: list[Problem] = []
        self._place = Places(source, start).at
        self.root = Node("", start)
        self._open = [self.root]
        self._count = 0

    def read(self) -> Node:
        """The root, whose children are what stands at the top of the source."""
        if len(self.source.encode(errors="replace")) > LONGEST:
            self.problems.append(self.start.problem("The text is longer than 256 KiB."))
            return self.root
        at = 0
        while at < len(self.source) and self._count <= MOST:
            at = self._read_one(at)
        if self._count > MOST:
            self.problems.append(self.start.problem(f"The text has more than {MOST:,} elements."))
        for node in reversed(self._open[1:]):
            self._unclosed(node)
        return self.root

    def _read_one(self, at: int) -> int:
        if bare := BARE.match(self.source, at):
            return self._bare(at, bare)
        match = self._next(at)
        self._text(at, match.start() if match else len(self.source))
        if match is None:
            return len(self.source)
        if match["open"]:
            written = match["attributes"].rstrip()
            attributes = list(self._attributes(match)) if written.strip(" /") else []
            node = Node(match["open"].lower(), self._place(match.start()), attributes)
            return self._opened(node, match.end(), closed=written.endswith("/"))
        if match["close"]:
            self._closed(match["close"].lower(), match.start())
        elif match["cdata"]:
            self._open[-1].children.append(Text(html.escape(match["cdata"]), self._place(match.start())))
        return match.end()

    def _bare(self, at: int, match: re.Match[str]) -> int:
        text, end, name = match.groups()
        if text:
            self._open[-1].children.append(Text(text, self._place(at)))
        if end:
            self._closed(name, match.end(1))
            return match.end()
        return self._opened(Node(name, self._place(match.end(1))), match.end(), closed=False)

    def _next(self, at: int) -> re.Match[str] | None:
        start = self.source.find("<", at)
        while start >= 0:
            if match := MARKUP.match(self.source, start):
                return match
            start = self.source.find("<", start + 1)
        return None

    def _text(self, start: int, end: int) -> None:
        if start == end:
            return
        text = self.source[start:end]
        self._open[-1].children.append(Text(text, self._place(start)))
        broken = UNFINISHED.search(self.source, start, end) if "<" in text else None
        if broken:
            message = f"`{broken[0]}` opens a tag here that is never closed."
            hint = "close it with `>`, and every quote inside it"
            warning = "mj-" not in broken[0]
            self.problems.append(self._place(broken.start()).problem(message, hint, warning=warning))

    def _opened(self, node: Node, at: int, *, closed: bool) -> int:
        """Hangs the node in; returns where to read on, which is `at` unless what is inside is no markup."""
        name = node.name
        self._count += 1
        while self._open[-1].name == name and name in IMPLIED_ENDS and name != "tr":
            self._open.pop()
        self._open[-1].children.append(node)
        if name in RAW_TEXT and not closed:
            return self._raw_text(node, at)
        if closed or name in VOID:
            return at
        if len(self._open) > DEEPEST:
            self.problems.append(node.place.problem(f"The elements are nested more than {DEEPEST} deep."))
            return len(self.source)
        self._open.append(node)
        return at

    def _attributes(self, match: re.Match[str]) -> Iterator[Attribute]:
        seen: set[str] = set()
        base = match.start("attributes")
        for each in ATTRIBUTE.finditer(match["attributes"]):
            name, value = each[1].lower(), each[2] or ""
            place = self._place(base + each.start())
            if value[:1] in {'"', "'"}:
                value = value[1:-1]
            if name in seen:
                self.problems.append(place.problem(f"`{name}` stands here twice; the first one counts.", warning=True))
            else:
                seen.add(name)
                yield Attribute(name, html.unescape(value) if "&" in value else value, place)

    def _raw_text(self, node: Node, at: int) -> int:
        end = re.compile(rf"</{node.name}\s*>", re.IGNORECASE).search(self.source, at)
        if end is None:
            self._unclosed(node)
            return len(self.source)
        node.children.append(Text(self.source[at : end.start()], self._place(at)))
        return end.end()

    def _closed(self, name: str, start: int) -> None:
        if self._open[-1].name == name:
            self._open.pop()
            return
        if name in VOID:
            return
        if all(node.name != name for node in self._open):
            place = self._place(start)
            warning = not name.startswith("mj")
            last = self._open[-1].name
            hint = f"`<{last}>` is open here: close it with `</{last}>`" if last else "take it out"
            message = f"`</{name}>` closes something that is not open."
            self.problems.append(place.problem(message, hint, warning=warning))
            return
        while (node := self._open.pop()).name != name:
            self._unclosed(node)

    def _unclosed(self, node: Node) -> None:
        if node.name not in IMPLIED_ENDS:
            warning = not node.name.startswith("mj")
            message = f"`<{node.name}>` is opened here and never closed."
            self.problems.append(node.place.problem(message, f"close it with `</{node.name}>`", warning=warning))

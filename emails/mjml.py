"""MJML as a tree with places, and its normal form: the only MJML that MRML ever sees.

MRML corrupts attribute values, breaks on comments, CRLF and stray `>`, and can be killed by what it does not
expect. So it gets structure alone: every text, link, alt and piece of HTML is a word from the vault.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from course.errors import Problem
from emails.elements import ELEMENTS, IMPLIED_ENDS, LEFT_OUT, VOID
from emails.places import Place, Places
from emails.tags import Vault
from emails.wrappers import stand_in

LONGEST = 256 * 1024
DEEPEST = 60
MOST = 2_000

MARKUP = re.compile(
    r"""<!--(?P<comment>.*?)(?:-->|\Z)
      | <!\[CDATA\[(?P<cdata>.*?)\]\]>
      | <[!?][^>]*>
      | </(?P<close>[A-Za-z][\w:-]*)[^<>]*>
      | <(?P<open>[A-Za-z][\w:-]*)(?P<attributes>(?:"[^"]*"|'[^']*'|[^"'<>])*)>
    """,
    re.DOTALL | re.VERBOSE,
)
ATTRIBUTE = re.compile(r"""([^\s=/"'<>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>=]+))?""")
UNFINISHED = re.compile(r"</?mj-[\w-]*")
RAW_TEXT = frozenset({"mj-style", "style", "script"})
# Attributes whose value is content: it goes around MRML, not through it.
CONTENT = frozenset(
    {"alt", "background-url", "font-family", "href", "name", "rel", "sizes", "src", "srcset", "target", "title"}
)
FLAGS = frozenset({"full-width", "fluid-on-mobile"})  # MRML asks whether they are there, not what they say
BARE_AMPERSAND = re.compile(r"&(?!#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)")
ZERO = re.compile(r"(?<![\w.])0(?![\w.%])")


@dataclass
class Text:
    """Text between tags, as it was written, entities and all."""

    value: str
    place: Place


@dataclass
class Attribute:
    """An attribute with its decoded value."""

    name: str
    value: str
    place: Place


@dataclass
class Node:
    """An element; `children` are in order."""

    name: str
    place: Place
    attributes: list[Attribute] = field(default_factory=list)
    children: list["Node | Text"] = field(default_factory=list)

    def get(self, name: str) -> str | None:
        """The value of the first attribute of this name."""
        return next((each.value for each in self.attributes if each.name == name), None)

    def elements(self) -> Iterator["Node"]:
        """This element and all below it, in the order of the source."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += [child for child in reversed(node.children) if isinstance(child, Node)]


class Reader:
    """Reads one source into a tree; what is wrong with it is in `problems`, and the tree is whole all the same."""

    def __init__(self, source: str, start: Place) -> None:
        self.source = source
        self.start = start
        self.problems: list[Problem] = []
        self._places = Places(source, start)
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
        match = MARKUP.search(self.source, at)
        self._text(at, match.start() if match else len(self.source))
        if match is None:
            return len(self.source)
        if match["open"]:
            return self._opened(match)
        if match["close"]:
            self._closed(match)
        elif match["cdata"]:
            self._open[-1].children.append(Text(html.escape(match["cdata"]), self._place(match.start())))
        return match.end()

    def _text(self, start: int, end: int) -> None:
        if start < end:
            self._open[-1].children.append(Text(self.source[start:end], self._place(start)))
        broken = UNFINISHED.search(self.source, start, end)
        if broken:
            self.problems.append(
                self._place(broken.start()).problem(
                    f"`{broken[0]}` opens a tag here that is never closed.",
                    "close it with `>`, and every quote inside it",
                )
            )

    def _opened(self, match: re.Match[str]) -> int:
        name = match["open"].lower()
        written = match["attributes"].rstrip()
        node = Node(name, self._place(match.start()), list(self._attributes(match)))
        self._count += 1
        while name in IMPLIED_ENDS and self._open[-1].name == name and name != "tr":
            self._open.pop()
        self._open[-1].children.append(node)
        if name in RAW_TEXT and not written.endswith("/"):
            return self._raw_text(node, match.end())
        if written.endswith("/") or name in VOID:
            return match.end()
        if len(self._open) > DEEPEST:
            self.problems.append(node.place.problem(f"The elements are nested more than {DEEPEST} deep."))
            return len(self.source)
        self._open.append(node)
        return match.end()

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

    def _closed(self, match: re.Match[str]) -> None:
        name = match["close"].lower()
        if name in VOID:
            return
        if all(node.name != name for node in self._open):
            place = self._place(match.start())
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

    def _place(self, offset: int) -> Place:
        return self._places.at(offset)


def normal_form(node: Node, vault: Vault) -> str:
    """The element as MJML for MRML: structure and layout in clear, all content as words of the vault."""
    attributes = _normal_attributes(node, vault)
    if node.name == "mj-style":
        return f"<mj-style>{vault.keep(vault.literal(_plain_style(node)))}</mj-style>"
    holds = ELEMENTS[node.name].holds
    if node.name == "mj-attributes":
        inside = "".join(_defaults(child, vault) for child in node.children if isinstance(child, Node))
    elif holds == "html":
        written = inner_html(node)
        # MRML must not see an empty element: it would leave the space of one out. An icon without a label has none.
        inside = vault.keep(vault.literal(written)) if written.strip() or node.name != "mj-social-element" else ""
    elif holds == "text":
        inside = vault.keep(as_html(Text("".join(text_of(node)), node.place)))
    else:
        inside = "".join(_normal_child(child, node.name, vault) for child in node.children)
    return f"<{node.name}{attributes}>{inside}</{node.name}>"


def _defaults(node: Node, vault: Vault) -> str:
    """An element in `mj-attributes` says how its kind looks. What a class says of children is written into them."""
    return f"<{node.name}{_normal_attributes(node, vault)}></{node.name}>"


def _normal_child(child: Node | Text, parent: str, vault: Vault) -> str:
    if isinstance(child, Node) and (child.name != "mj-raw" or parent not in {"mj-wrapper", "mjml"}):
        return normal_form(child, vault)
    # Only tags mean anything between components: a raw block carries them through.
    tags = "".join(vault.words_in(child.value)) if isinstance(child, Text) else inner_html(child).strip()
    if not tags or parent in {"mjml", "mj-social", "mj-navbar"}:
        return ""
    return stand_in(vault.keep(tags)) if parent == "mj-wrapper" else f"<mj-raw>{vault.keep(tags)}</mj-raw>"


def _normal_attributes(node: Node, vault: Vault) -> str:
    allowed = ELEMENTS[node.name].attributes
    known = [each for each in node.attributes if "*" in allowed or each.name in allowed]
    known = [each for each in known if each.name not in FLAGS or each.value != "false"]
    if node.name in {"mj-image", "mj-social-element", "mj-carousel-image"} and node.get("alt") is None:
        known.append(Attribute("alt", "", node.place))
    if node.name == "mj-button" and node.get("title") is not None:
        # MRML knows no title of a button: it goes in behind the target.
        words = f'{html.escape(node.get("target") or "_blank")}" title="{html.escape(node.get("title") or "")}'
        written = f' target="{vault.keep(words)}"'
        known = [each for each in known if each.name not in {"target", "title"}]
    else:
        written = ""
    return written + "".join(_normal_attribute(node, each, vault) for each in known)


def _normal_attribute(node: Node, each: Attribute, vault: Vault) -> str:
    value = " ".join(each.value.split())
    # An icon's name is no content: the engine knows its colour and its address by it.
    icon = node.name == "mj-social-element" and each.name == "name"
    if each.name in CONTENT and node.name != "mj-class" and not icon:
        return f' {each.name}="{vault.keep(vault.literal(html.escape(each.value)))}"'
    if each.name == "mj-class":
        value = " ".join(reversed(value.split()))  # the last of two that say the same counts, in MRML the first
    if "padding" in each.name and each.name != "cellpadding":
        value = ZERO.sub("0px", value)
    value = value.replace('"', "'")
    return f' {each.name}="{html.escape(value, quote=False)}"' if value.isascii() else ""


def _plain_style(node: Node) -> str:
    return re.sub(r"</|<!--|-->", "", "".join(text_of(node)))


def inner_html(node: Node) -> str:
    """What is inside the element, as well-formed HTML."""
    return "".join(as_html(child) for child in node.children)


def as_html(child: Node | Text) -> str:
    """Well-formed HTML: void elements closed, all others ended, no bare `<`, `>` or `&`."""
    if isinstance(child, Text):
        text = BARE_AMPERSAND.sub("&amp;", child.value)
        return text.replace("<", "&lt;").replace(">", "&gt;")
    if child.name in LEFT_OUT:
        return ""
    attributes = "".join(f' {each.name}="{html.escape(each.value)}"' for each in child.attributes)
    if child.name in VOID:
        return f"<{child.name}{attributes} />"
    inside = _plain_style(child) if child.name in RAW_TEXT else inner_html(child)
    return f"<{child.name}{attributes}>{inside}</{child.name}>"


def text_of(node: Node) -> Iterator[str]:
    """The texts below an element, as they were written."""
    for child in node.children:
        if isinstance(child, Text):
            yield child.value
        else:
            yield from text_of(child)

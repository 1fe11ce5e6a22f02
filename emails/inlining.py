"""The `mj-style inline` of an author's whole document, written into the elements themselves.

Any selector may stand there. It is done to the finished HTML, so that a rule reaches what the engine made as well: a
section by its `css-class`, a button's link. Only the start tags that a rule fits are written anew; all else keeps its
bytes, Outlook's comments too. (A theme's own sheets are simpler: `emails.styles` is faster for them.)
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

import cssselect2
import tinycss2
from cssselect2.compiler import CompiledSelector

from emails.elements import VOID
from emails.mjml import Node, text_of

TAG = re.compile(
    r"""<!--.*?--> | <(?P<raw>style|script|title)\b[^>]*>.*?</(?P=raw)> | <(?P<end>/?)(?P<name>[A-Za-z][\w:-]*)
        (?P<attributes>(?:"[^"]*"|'[^']*'|[^"'<>])*)>""",
    re.DOTALL | re.VERBOSE,
)
ATTRIBUTE = re.compile(r"""([^\s=/"'<>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'<>]+))?""")
STYLE = re.compile(r"""\sstyle\s*=\s*("[^"]*"|'[^']*')""")
DECLARATION = re.compile(r"""(?:[^;"'(]|"[^"]*"|'[^']*'|\([^)]*\))+""")
IMPORTANT = re.compile(r"!\s*important\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Declaration:
    """`name: value`, and whether it beats what an element says itself."""

    name: str
    value: str
    important: bool


@dataclass
class Tag:
    """A start tag's place in the HTML, and its element in the tree that selectors are matched against."""

    start: int
    end: int
    element: Element
    found: list[list[Declaration]] = field(default_factory=list)


def take_sheets(document: Node) -> str:
    """Every `mj-style inline` of the document, which loses it; "" if there is none."""
    sheets: list[str] = []
    for head in document.children:
        if isinstance(head, Node) and head.name == "mj-head":
            inline = [node for node in head.children if isinstance(node, Node) and node.get("inline")]
            head.children = [child for child in head.children if child not in inline]
            sheets += ["".join(text_of(sheet)) for sheet in inline]
    return "\n".join(sheets)


def selectors_of(sheet: str) -> Iterator[tuple[str, list[CompiledSelector], list[Declaration]]]:
    """Each rule: its selectors as written and, unless they cannot be used, as they match; what it declares."""
    for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
        if rule.type == "qualified-rule":
            written = " ".join(tinycss2.serialize(rule.prelude).split())
            declared = list(_declarations(rule.content))
            yield written, _compiled(rule.prelude) if declared else [], declared
        elif rule.type == "at-rule":
            yield f"@{rule.at_keyword}", [], []


def write_styles(made: str, sheet: str) -> str:
    """The HTML with the sheet's rules written into it. Raises nothing: a rule that cannot be used is left out."""
    matcher = cssselect2.Matcher()
    for _, selectors, declarations in selectors_of(sheet):
        for selector in selectors:
            matcher.add_selector(selector, declarations)
    tags = list(_read_tags(made))
    if not tags:
        return made
    root = tags[0].element
    place = {id(tag.element): tag for tag in tags}
    for wrapper in cssselect2.ElementWrapper.from_html_root(root).iter_subtree():
        place[id(wrapper.etree_element)].found = [match[3] for match in sorted(matcher.match(wrapper), key=_weight)]
    pieces, at = [], 0
    for tag in tags:
        if tag.found:
            pieces += [made[at : tag.start], _dressed(made[tag.start : tag.end], tag)]
            at = tag.end
    return "".join([*pieces, made[at:]])


def _weight(match: tuple[tuple[int, int, int], int, str | None, object]) -> tuple[tuple[int, int, int], int]:
    return match[0], match[1]


def _compiled(prelude: list[tinycss2.ast.Node]) -> list[CompiledSelector]:
    try:
        selectors = cssselect2.compile_selector_list(prelude)
    except cssselect2.SelectorError:
        return []
    return [each for each in selectors if each.pseudo_element is None]


def _declarations(content: list[tinycss2.ast.Node]) -> Iterator[Declaration]:
    for each in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True):
        if each.type == "declaration":
            value = " ".join(tinycss2.serialize(each.value).split())
            yield Declaration(each.lower_name, value, each.important)


def _read_tags(made: str) -> Iterator[Tag]:
    """Every start tag, its element hung where it belongs; what is never closed closes with what is around it."""
    top = Element("html")
    yield Tag(0, 0, top)
    opened = [top]
    for match in TAG.finditer(made):
        name = (match["name"] or "").lower()
        if not name or name == "html":
            continue
        if match["end"]:
            depth = next((at for at in range(len(opened) - 1, 0, -1) if opened[at].tag == name), 0)
            opened = opened[:depth] if depth else opened
            continue
        element = Element(name, {each[1].lower(): _plain(each[2]) for each in ATTRIBUTE.finditer(match["attributes"])})
        opened[-1].append(element)
        yield Tag(match.start(), match.end(), element)
        if name not in VOID and not match["attributes"].endswith("/"):
            opened.append(element)


def _plain(value: str | None) -> str:
    value = value or ""
    return html.unescape(value[1:-1] if value[:1] in {'"', "'"} else value)


def _dressed(start_tag: str, tag: Tag) -> str:
    style = _merged([*tag.found, list(_own(tag.element.get("style") or ""))])
    bare = STYLE.sub("", start_tag, count=1)
    end = " />" if bare.endswith("/>") else ">"
    escaped = html.escape(style, quote=False).replace('"', "&quot;")
    return f'{bare.rstrip("/> ")} style="{escaped}"{end}'


def _own(style: str) -> Iterator[Declaration]:
    for each in DECLARATION.findall(html.unescape(style)):
        name, colon, value = each.partition(":")
        if colon and value.strip():
            yield Declaration(name.strip().lower(), value.strip(), bool(IMPORTANT.search(value)))


def _merged(rules: list[list[Declaration]]) -> str:
    """In the order of their weight; the last one of a name counts, unless an earlier one is important."""
    last: dict[str, Declaration] = {}
    for each in (declaration for rule in rules for declaration in rule):
        if each.name not in last or each.important or not last[each.name].important:
            last.pop(each.name, None)
            last[each.name] = each
    return ";".join(f"{each.name}:{each.value}" for each in last.values())

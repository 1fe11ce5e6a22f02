"""Plain text for the text part: wrapped at 72 columns, every link as a URL on a line of its own.

A link in running text is a number in brackets; its URL follows the paragraph, so that no full stop and no
bracket ever sticks to it. Tags count as wide as their value usually is, which leaves room up to 78.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape

from markdown_it.token import Token

from emails.elements import SHARES
from emails.markup import CALLOUTS, Block, button_of, picture_of
from emails.mjml import Node, Text, text_of
from emails.parsing import Reader
from emails.places import Place
from emails.tags import Vault

COLUMNS = 72
WORD = re.compile(r"[^ \t\r\n\f\v]+")  # a no-break space does not end a word
PROSE = frozenset({"mj-text", "mj-table", "mj-raw", "mj-accordion-title", "mj-accordion-text"})
BREAKING = frozenset(
    {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "blockquote", "table", "tr", "center", "pre"}
)


@dataclass(frozen=True)
class Margin:
    """What stands before the first line of a block, and before the others."""

    first: str = ""
    rest: str = ""

    def deeper(self, mark: str, *, repeat: bool = False) -> "Margin":
        """The margin of something inside, whose first line begins with `mark`."""
        return Margin(self.rest + mark, self.rest + (mark if repeat else " " * len(mark)))


@dataclass(frozen=True, slots=True)
class Branch:
    """A token of the Markdown parser with what it holds; of a pair of tokens, the one that opens."""

    type: str
    token: Token
    children: list["Branch"]


class Paper:
    """Blocks of text in order, with the links that belong below each."""

    def __init__(self, vault: Vault, note: str = "note") -> None:
        """`note` is what a footnote is called."""
        self.vault = vault
        self.note = note
        self._written: list[str] = []
        self._links: list[str] = []
        self._number = 0

    def paragraph(self, text: str, margin: Margin = Margin(), *, gap: str = "\n\n") -> None:
        """A wrapped block, with `gap` below it."""
        lines = [self.fill(line, margin) for line in text.split("\n")]
        self.block("\n".join(lines), gap=gap)

    def heading(self, text: str, margin: Margin, rule: str) -> None:
        """A wrapped line, underlined with `rule`, which may be empty."""
        width = min(self.vault.width(text), COLUMNS - len(margin.rest))
        under = f"\n{margin.rest}{rule * width}" if rule else ""
        self.block(self.fill(text, margin) + under)

    def block(self, text: str, *, gap: str = "\n\n") -> None:
        """A block as it stands, followed by the links it mentions."""
        if text.strip():
            links = "".join(f"\n{link}" for link in self._links)
            self._written.append(f"{text}{links}{gap}")
        self._links.clear()

    def gap(self) -> None:
        """A blank line after blocks that stood close together."""
        if self._written and self._written[-1].endswith("\n") and not self._written[-1].endswith("\n\n"):
            self._written.append("\n")

    def tags(self, words: str) -> None:
        """Statements such as {% if %}: they take no line."""
        self._written.append(words.strip())

    def link(self, label: str, url: str) -> str:
        """What stands in running text for a link."""
        if url in {"", label, f"mailto:{label}"} or url.startswith("#"):
            return label
        self._number += 1
        self._links.append(f"[{self._number}] {url}")
        return f"{label} [{self._number}]" if label.strip() else f"[{self._number}]"

    def text(self) -> str:
        """Everything written so far, words still in it."""
        # Every tag is a word: a brace that stands in clear is one to print.
        return self.vault.literal("".join(self._written).rstrip("\n")) + "\n"

    def fill(self, text: str, margin: Margin) -> str:
        """A text broken into lines of at most 72 columns."""
        lines: list[str] = []
        line: list[str] = []
        width = len(margin.first)
        width_of = self.vault.width if self.vault.holds_words(text) else len
        if width_of is len and width + len(text) <= COLUMNS:
            return (margin.first + " ".join(WORD.findall(text))).rstrip()
        for word in WORD.findall(text):
            wide = width_of(word)
            if line and width + 1 + wide > COLUMNS:
                lines.append(" ".join(line))
                line, width = [], len(margin.rest)
            width += wide + (1 if line else 0)
            line.append(word)
        lines.append(" ".join(line))
        return (margin.first + f"\n{margin.rest}".join(lines)).rstrip()


def write_markdown(blocks: Sequence[Block], paper: Paper) -> None:
    """The blocks of a Markdown lesson as text."""
    for block in blocks:
        _write_block(block, paper)


def _write_block(block: Block, paper: Paper) -> None:
    if block.kind == "tags":
        paper.tags(block.tokens[1].content)
    elif block.kind == "divider":
        paper.block("* * *")
    elif block.kind == "button":
        label, url = button_of(block)
        paper.block(f"{label}:\n{url}")
    elif block.kind in {"image", "video"}:
        _, alt, link = picture_of(block)
        paper.block("\n".join(filter(None, [f"[{alt}]" if alt else "", link])))
    elif block.kind == "columns":
        for part in block.columns:
            write_markdown(part, paper)
    elif block.kind == "mjml":
        write_mjml(Reader(block.tokens[0].content, Place()).read(), paper)
    else:
        _write_flow(block, paper)


def _write_flow(block: Block, paper: Paper) -> None:
    title = (block.said or CALLOUTS[block.kind]) if block.kind in CALLOUTS else ""
    if title:
        paper.heading(title, Margin("  ", "  "), "-")
    inner = Margin() if block.kind == "flow" else Margin("  ", "  ")
    _write_nodes(_branches(block.tokens), paper, inner)
    if block.kind == "quote" and block.said:
        paper.paragraph(f"- {block.said}", inner)


def _branches(tokens: Sequence[Token]) -> list[Branch]:
    """The parser's flat list as a tree."""
    top: list[Branch] = []
    opened = [top]
    for token in tokens:
        if token.nesting < 0:
            opened.pop()
            continue
        kind = token.type[: -len("_open")] if token.nesting else token.type
        branch = Branch(kind, token, _branches(token.children) if token.children else [])
        opened[-1].append(branch)
        if token.nesting:
            opened.append(branch.children)
    return top


def _write_nodes(nodes: Sequence[Branch], paper: Paper, margin: Margin) -> None:
    for node in nodes:
        if node.type == "heading":
            paper.heading(_inline(node, paper), margin, {"h1": "=", "h2": "-"}.get(node.token.tag, ""))
        elif node.type == "paragraph":
            paper.paragraph(_inline(node, paper), margin, gap="\n" if node.token.hidden else "\n\n")
        elif node.type == "blockquote":
            _write_nodes(node.children, paper, margin.deeper("> ", repeat=True))
        elif node.type in {"bullet_list", "ordered_list"}:
            _write_list(node, paper, margin)
        elif node.type == "footnote":
            _write_item(node, paper, margin.deeper(f"[{paper.note} {node.token.meta['id'] + 1}] "))
        elif node.type in {"fence", "code_block"}:
            paper.block("\n".join(f"{margin.rest}  {line}" for line in node.token.content.rstrip("\n").split("\n")))
        elif node.type == "table":
            _write_table(node, paper, margin)
        elif node.type == "hr":
            paper.block(f"{margin.rest}* * *")
        elif node.children:
            _write_nodes(node.children, paper, margin)


def _write_list(node: Branch, paper: Paper, margin: Margin) -> None:
    start = int(node.token.attrs.get("start", 1))
    for number, item in enumerate(node.children, start):
        _write_item(item, paper, margin.deeper(f"{number}. " if node.type == "ordered_list" else "- "))
    paper.gap()


def _write_item(item: Branch, paper: Paper, margin: Margin) -> None:
    _write_nodes(item.children[:1], paper, margin)
    _write_nodes(item.children[1:], paper, Margin(margin.rest, margin.rest))


def _write_table(node: Branch, paper: Paper, margin: Margin) -> None:
    for row in (row for part in node.children for row in part.children):
        cells = " | ".join(_inline(cell, paper) for cell in row.children)
        paper.paragraph(cells, margin.deeper(""), gap="\n")
    paper.gap()


def _inline(node: Branch, paper: Paper) -> str:
    return "".join([_inline_piece(child, paper) for child in node.children])


def _inline_piece(node: Branch, paper: Paper) -> str:
    if node.type in {"text", "code_inline"}:
        return node.token.content
    if node.type == "softbreak":
        return " "
    if node.type == "hardbreak":
        return "\n"
    if node.type == "image":
        return f"[{node.token.content}]" if node.token.content else ""
    if node.type == "footnote_ref":
        return f" [{paper.note} {node.token.meta['id'] + 1}]"
    inside = _inline(node, paper)
    return paper.link(inside, str(node.token.attrs.get("href", ""))) if node.type == "link" else inside


def write_mjml(node: Node, paper: Paper) -> None:
    """An MJML tree as text: its texts, labels and alternative texts in order."""
    for child in node.children:
        if isinstance(child, Text):
            paper.tags(child.value)
        elif child.name in PROSE:
            paper.paragraph(_html_text(child, paper))
        elif child.name in {"mj-button", "mj-social-element", "mj-navbar-link"}:
            label = " ".join(unescape("".join(text_of(child))).split()) or child.get("alt") or child.get("name") or ""
            url = _shared(child)
            paper.block(f"{label}:\n{url}" if url else label)
        elif child.name in {"mj-image", "mj-carousel-image"}:
            alt, link = child.get("alt"), child.get("href")
            paper.block("\n".join(filter(None, [f"[{alt}]" if alt else "", link])))
        elif child.name == "mj-divider":
            paper.block("* * *")
        elif child.name != "mj-head":
            write_mjml(child, paper)


def _shared(button: Node) -> str:
    """Where a button or an icon leads."""
    share = SHARES.get(button.get("name") or "", "[[URL]]") if button.name == "mj-social-element" else "[[URL]]"
    url = button.get("href")
    return share.replace("[[URL]]", url) if url else ""


def _html_text(node: Node, paper: Paper) -> str:
    """The text below an HTML element; blocks and line breaks begin a new line."""
    return re.sub(r"\s*\n\s*", "\n", "".join(_html_pieces(node, paper))).strip()


def _html_pieces(node: Node, paper: Paper) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, Text):
            yield " ".join(re.split(r"[ \t\r\n]+", unescape(child.value)))
        elif child.name == "a":
            yield paper.link(_html_text(child, paper), child.get("href") or "")
        elif child.name in {"br", "hr"}:
            yield "\n"
        elif child.name == "img":
            yield f"[{child.get('alt')}]" if child.get("alt") else ""
        elif child.name not in {"style", "script"}:
            edge = "\n" if child.name in BREAKING else " " if child.name in {"td", "th"} else ""
            yield edge
            yield from _html_pieces(child, paper)
            yield edge

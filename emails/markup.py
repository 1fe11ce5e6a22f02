"""Lessons in Markdown: CommonMark with tables, task lists and footnotes, and fenced directives.

    ::: button https://example.org        ::: callout A title          ::: quote Somebody
    Read the page                         Some text.                   Words worth keeping.
    :::                                   :::                          :::

Also `exercise`, `note` and `tip` (callouts with a name), `image URL`, `video URL POSTER-URL`, `columns` (parts
divided by `---`), `divider`, and MJML itself in a fence that begins with ```mjml.
The parsed blocks are written twice: as MJML here, as plain text by `emails.plain`.
"""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from linkify_it import LinkifyIt
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.footnote import footnote_plugin

from emails.choices import VAULT, choices_plugin
from emails.tags import Vault

CALLOUTS = {"callout": "", "exercise": "Exercise", "note": "Note", "tip": "Tip"}
DIRECTIVES = (*CALLOUTS, "button", "quote", "image", "video", "columns", "divider")
ORDINARY = re.compile(r"https://[a-z0-9]+(?:[-.][a-z0-9]+)*(?:[/?#][A-Za-z0-9_./~=&+,-]*)?")
BOXES = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}


@dataclass
class Block:
    """One piece at the top of a lesson. `kind` is "flow", "tags", "image", "mjml" or a directive's name.

    `line` counts from 0 in the body; `said` is what stands behind a directive's name; `columns` holds parts.
    """

    kind: str
    tokens: list[Token]
    line: int
    said: str = ""
    columns: list[list["Block"]] = field(default_factory=list)


class Markdown(MarkdownIt):
    """The parser, with a short way for the most common link."""

    def normalizeLink(self, url: str) -> str:
        """An address as it may stand in HTML. An ordinary one is in its normal form already."""
        return url if ORDINARY.fullmatch(url) else super().normalizeLink(url)


class Addresses(LinkifyIt):  # type: ignore[misc]
    """Finds addresses in running text; what cannot hold one is not looked at, which saves a fifth of the parsing."""

    def pretest(self, text: str) -> bool:
        """Whether it is worth looking."""
        return "://" in text or "@" in text or "mailto:" in text

    def test(self, text: str) -> bool:
        """Whether it holds an address."""
        return ("//" in text or "@" in text or "mailto:" in text) and super().test(text)


def parser() -> MarkdownIt:
    """A Markdown parser that lets no HTML through."""
    markdown = Markdown("commonmark", {"html": False, "linkify": True})
    markdown.enable(["table", "strikethrough", "linkify"])
    # `example.org` alone is a word; what has a scheme, or an at sign, is an address.
    markdown.linkify = Addresses(options={"fuzzy_link": False})
    markdown.use(footnote_plugin, inline=False)
    markdown.use(choices_plugin)
    # One rule for all of them: each rule is asked at every line.
    markdown.use(container_plugin, "directive", validate=_is_directive)
    return markdown


def _is_directive(said: str, *_: object) -> bool:
    return said.strip().partition(" ")[0] in DIRECTIVES


MARKDOWN = parser()


def blocks_of(body: str, vault: Vault) -> list[Block]:
    """The blocks of a protected body (see `Vault.protect`), in order."""
    tokens = MARKDOWN.parse(body, {VAULT: vault})
    _tick_boxes(tokens)
    return list(_grouped(tokens, vault))


def name_callouts(blocks: Sequence[Block], names: Mapping[str, str]) -> None:
    """Gives every exercise, note and tip without a title of its own the name that `names` has for it."""
    for block in blocks:
        if CALLOUTS.get(block.kind) and not block.said:
            block.said = names[block.kind]
        for part in block.columns:
            name_callouts(part, names)


def to_mjml(blocks: Sequence[Block]) -> str:
    """The blocks as `mj-section`s of class `lesson`, for a theme's layout to dress."""
    sections: list[str] = []
    column: list[str] = []
    for block in blocks:
        if block.kind != "columns":
            column.append(_component(block))
            continue
        sections.append(_section(column))
        parts = ("".join(_component(each) for each in part) for part in block.columns)
        inside = "".join(f'<mj-column mj-class="part">{part}</mj-column>' for part in parts)
        sections.append(f'<mj-section mj-class="lesson" css-class="mt-card">{inside}</mj-section>')
        column = []
    return "".join([*sections, _section(column)])


def _section(components: list[str]) -> str:
    if not components:
        return ""
    inside = f"<mj-column>{''.join(components)}</mj-column>"
    return f'<mj-section mj-class="lesson" css-class="mt-card">{inside}</mj-section>'


def _tick_boxes(tokens: list[Token]) -> None:
    for before, token in pairwise(tokens):
        if token.type != "inline" or before.type != "paragraph_open" or not token.children:
            continue
        first = token.children[0]
        if first.type == "text" and first.content[:4] in BOXES and token.level >= 3:
            first.content = BOXES[first.content[:4]] + first.content[4:]


def _grouped(tokens: list[Token], vault: Vault) -> Iterator[Block]:
    """Level by level: runs of ordinary blocks become one flow, everything special stands for itself."""
    flow: list[Token] = []
    for group in _top_groups(tokens):
        block = _special(group, vault)
        if block is None:
            flow += group
            continue
        if flow:
            yield Block("flow", flow, _line(flow))
            flow = []
        yield block
    if flow:
        yield Block("flow", flow, _line(flow))


def _top_groups(tokens: list[Token]) -> Iterator[list[Token]]:
    group: list[Token] = []
    depth = 0
    for token in tokens:
        group.append(token)
        depth += token.nesting
        if depth == 0:
            yield group
            group = []


def _special(group: list[Token], vault: Vault) -> Block | None:
    first, line = group[0], _line(group)
    if first.type == "hr":
        return Block("divider", group, line)
    if first.type == "fence" and first.info.strip() == "mjml":
        return Block("mjml", group, line)
    if first.type == "paragraph_open":
        inline = group[1]
        if vault.is_statements(inline.content):
            return Block("tags", group, line)
        children = [each for each in inline.children or [] if each.type != "softbreak"]
        return Block("image", group, line) if len(children) == 1 and children[0].type == "image" else None
    if not first.type.startswith("container_"):
        return None
    name, _, said = first.info.strip().partition(" ")
    block = Block(name, group[1:-1], line, said.strip())
    if name == "columns":
        block.columns = [list(_grouped(part, vault)) for part in _parts(group[1:-1])]
    return block


def _parts(tokens: list[Token]) -> Iterator[list[Token]]:
    part: list[Token] = []
    for token in tokens:
        if token.type == "hr":
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _line(group: list[Token]) -> int:
    return next((token.map[0] for token in group if token.map), 0)


def _component(block: Block) -> str:
    """One block as a component of a column."""
    if block.kind == "tags":
        return block.tokens[1].content
    if block.kind == "mjml":
        return block.tokens[0].content
    if block.kind == "divider":
        return '<mj-divider mj-class="rule" css-class="mt-rule" />'
    if block.kind in {"button", "image", "video"}:
        # What is not complete is an error already; its empty address would be a second one.
        made = _button if block.kind == "button" else _picture
        return made(block) if is_complete(block) else ""
    inside = MARKDOWN.renderer.render(block.tokens, MARKDOWN.options, {})
    if block.kind in CALLOUTS:
        title = block.said or CALLOUTS[block.kind]
        heading = f'<p class="callout-title">{html.escape(title)}</p>' if title else ""
        return (
            f'<mj-text mj-class="callout" css-class="mt-callout"><div class="callout">{heading}{inside}</div></mj-text>'
        )
    if block.kind == "quote":
        by = f'<p class="quote-by">{html.escape(block.said)}</p>' if block.said else ""
        return f'<mj-text mj-class="quote" css-class="mt-quote"><div class="quote">{inside}{by}</div></mj-text>'
    return f'<mj-text mj-class="flow" css-class="mt-flow">{inside}</mj-text>'


def button_of(block: Block) -> tuple[str, str]:
    """A button's label and URL: from `::: button URL` with the label inside, or from a link inside."""
    inline = next((token for token in block.tokens if token.type == "inline"), None)
    children = (inline.children or []) if inline else []
    label = "".join(each.content for each in children if each.type in {"text", "code_inline"})
    link = next((each for each in children if each.type == "link_open"), None)
    return label.strip(), block.said or (str(link.attrGet("href") or "") if link else "")


def picture_of(block: Block) -> tuple[str, str, str]:
    """A picture's address, its alternative text, and where a click on it leads ("" for nowhere)."""
    inline = next((token for token in block.tokens if token.type == "inline"), None)
    if block.kind == "image" and not block.said and inline:
        picture = next((each for each in inline.children or [] if each.type == "image"), None)
        return (str(picture.attrGet("src") or ""), picture.content, "") if picture else ("", inline.content, "")
    alt = inline.content if inline else ""
    first, _, second = block.said.partition(" ")
    return (first, alt, "") if block.kind == "image" else (second.strip(), alt, first)


def _title_of(block: Block) -> str:
    """What shows while somebody points at a picture: the words in quotes behind its address."""
    children = (child for token in block.tokens if not block.said for child in token.children or ())
    return next((str(each.attrGet("title") or "") for each in children if each.type == "image"), "")


def is_complete(block: Block) -> bool:
    """Whether a button has its label and address, a picture its address, a video both."""
    if block.kind == "button":
        return all(button_of(block))
    source, _, link = picture_of(block)
    return bool(source and (link or block.kind != "video"))


def _button(block: Block) -> str:
    label, url = button_of(block)
    return f'<mj-button href="{html.escape(url)}" css-class="mt-button">{html.escape(label)}</mj-button>'


def _picture(block: Block) -> str:
    source, alt, link = picture_of(block)
    more = "".join(
        f' {name}="{html.escape(value)}"' for name, value in (("title", _title_of(block)), ("href", link)) if value
    )
    image = f'<mj-image src="{html.escape(source)}" alt="{html.escape(alt)}"{more} css-class="mt-image" />'
    if not link:
        return image
    caption = f'<p class="caption"><a href="{html.escape(link)}">▶ {html.escape(alt or link)}</a></p>'
    return f'{image}<mj-text mj-class="caption" css-class="mt-flow">{caption}</mj-text>'

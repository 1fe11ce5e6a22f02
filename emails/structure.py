"""Whether an MJML tree is what MJML allows: elements, nesting, attributes and their values, and safe HTML."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from course.errors import Problem
from emails.cascade import Cascade
from emails.elements import ELEMENTS, FORBIDDEN, LEFT_OUT, WITHHELD
from emails.inlining import selectors_of
from emails.mjml import CONTENT, Attribute, Node, Text, text_of
from emails.places import Place, Places
from emails.tags import Tag, Vault
from emails.values import expected, sound

WHAT_ALT_SAYS = 'say what it shows, or write alt="" if it only decorates'
# What people write who know the same thing by another name.
ALIASES = {
    "url": "href", "link": "href", "source": "src", "class": "css-class", "colour": "color", "size": "font-size",
    "background": "background-color", "bg-color": "background-color", "bgcolor": "background-color",
    "font": "font-family",
}  # fmt: skip
DEFAULTS = frozenset({"mj-attributes", "mj-class"})  # what stands in them is not shown itself
WHOLE = frozenset({"mj-accordion", "mj-carousel", "mj-hero", "mj-navbar"})
SELDOM = WITHHELD.keys() | {"mj-attributes"}  # parents that nobody looks for
OPENS, CLOSES = re.compile(r"(?:if|for)\b"), re.compile(r"end(?:if|for)\b")
# What MJML's own engine draws, or leaves out, at a place where it says that it may not be.
PASSED_OVER = {("mj-body", name) for name in ELEMENTS if "mj-column" in ELEMENTS[name].parents} | {("mjml", "mj-raw")}
REMOTE_CSS = re.compile(r"@import|@font-face|url\(|expression\(|behavior:|-moz-binding", re.IGNORECASE)


@dataclass(frozen=True)
class Ground:
    """The vault whose words stand in a tree; `alone`: it is a document by itself, as other programs write them."""

    vault: Vault
    alone: bool
    balanced: bool  # and there are statements
    cascade: Cascade


def check_structure(root: Node, vault: Vault, *, alone: bool = False) -> Iterator[Problem]:
    """Everything that is wrong with the elements below `root`, which stand where a body's sections stand.

    In a document that stands `alone`, what other programs pass over is only a warning.
    """
    statements = [tag.inside for tag in vault.tags() if tag.kind == "statement"]
    balanced = sum(map(bool, map(OPENS.match, statements))) == sum(map(bool, map(CLOSES.match, statements)))
    ground = Ground(vault, alone, balanced and bool(statements), Cascade(root))
    yield from _check_pairs(root, ground)
    for child in root.children:
        if isinstance(child, Text):
            yield from _check_loose_text(child, Node("mj-body", root.place), ground)
        elif child.name == "mjml" and not any(
            isinstance(each, Node) and each.name == "mj-body" for each in child.children
        ):
            yield child.place.problem("This document has no `<mj-body>`.", "put its sections there")
            yield from _check_element(child, ground)
        elif child.name != "mjml" and child.name not in {"mj-section", "mj-wrapper", "mj-hero", "mj-raw"}:
            yield from _misplaced(child, "mj-body", ground)
        else:
            yield from _check_element(child, ground)


def check_withheld(root: Node, *, alone: bool = False) -> Iterator[Problem]:
    """What we do not offer in a lesson, though the engine knows it: a document that stands `alone` may have it."""
    for node in root.components():
        if node.name in WITHHELD and node.name in ELEMENTS and not alone:
            yield node.place.problem(f"`<{node.name}>` is not available here.", WITHHELD[node.name])
        elif node.name in WHOLE:
            message = f"`<{node.name}>` cannot be relied on: {WITHHELD[node.name]}."
            yield node.place.problem(message, "a lesson cannot hold it", warning=True)


def _misplaced(node: Node, parent: str, ground: Ground) -> Iterator[Problem]:
    if node.name in WITHHELD and node.name not in ELEMENTS:
        yield node.place.problem(f"`<{node.name}>` is not available here.", WITHHELD[node.name])
    elif node.name not in ELEMENTS:
        yield from _unknown(node, parent)
    else:
        parents = [f"`<{each}>`" for each in sorted(ELEMENTS[node.name].parents) if each not in SELDOM]
        belongs = f"it belongs in {', '.join(parents)}" if parents else "it belongs at the top"
        harmless = ground.alone and (parent, node.name) in PASSED_OVER
        message = f"`<{node.name}>` cannot stand in `<{parent}>`."
        yield node.place.problem(message, belongs, warning=harmless)


def _unknown(node: Node, parent: str) -> Iterator[Problem]:
    if node.name.startswith("mj"):
        near = get_close_matches(node.name, ELEMENTS, 1, 0.75)
        hint = f"did you mean `<{near[0]}>`?" if near else None
        yield node.place.problem(f"`<{node.name}>` is no MJML element.", hint)
    else:
        hint = "put it in `<mj-text>`, or in `<mj-raw>`"
        yield node.place.problem(f"`<{node.name}>` cannot stand in `<{parent}>`.", hint)


def _check_missing(node: Node, ground: Ground) -> Iterator[Problem]:
    """What an element lacks, unless `mj-attributes` say it for its kind or its class."""
    said = ground.cascade.said(node)
    if node.name == "mj-image" and "src" not in said:
        yield node.place.problem("This image has no `src`.", "say where its picture is", warning=ground.alone)
    if node.name == "mj-button" and "href" not in said:
        yield node.place.problem("This button leads nowhere.", "give it an `href`", warning=True)
    if node.name == "mj-image" and "alt" not in said:
        yield node.place.problem("This image has no `alt`.", WHAT_ALT_SAYS, warning=True)
    if node.name == "mj-social-element" and "alt" not in said and not "".join(text_of(node)).strip():
        yield node.place.problem("This icon has no `alt` and no label.", "say where it leads", warning=True)
    if node.name == "mj-social-element" and said.get("name") and not said.get("src"):
        hint = "give `src` a picture of your own"
        yield node.place.problem("This icon would be fetched from MJML's own server.", hint, warning=True)


def _check_element(node: Node, ground: Ground, parent: str = "") -> Iterator[Problem]:
    element = ELEMENTS[node.name]
    for attribute in node.attributes:
        yield from _check_attribute(node, attribute, ground)
    if parent not in DEFAULTS:
        yield from _check_missing(node, ground)
    if node.name == "mj-font":
        yield node.place.problem("Fonts from elsewhere are left out.", "mails show the reader's own", warning=True)
    if node.name == "mj-style":
        sheet = "".join(each.value for each in node.children if isinstance(each, Text))
        yield from _check_style(sheet, node)
        yield from _check_inline(sheet, node) if node.get("inline") else ()
    if element.holds == "html":
        yield from check_html(node, ground)
    elif element.holds == "mjml":
        yield from _check_children(node, ground)
    elif element.holds == "nothing":
        yield from _check_empty(node, ground)


def _check_empty(node: Node, ground: Ground) -> Iterator[Problem]:
    for child in node.children:
        place = _place_of(child, ground) if isinstance(child, Text) else child.place
        shown = f"`<{child.name}>`" if isinstance(child, Node) else " ".join(child.value.split())[:40]
        if shown:
            message = f"Nothing can stand in `<{node.name}>`: {shown if isinstance(child, Node) else f'“{shown}”'}."
            yield place.problem(message, f"put it behind `<{node.name}>`", warning=ground.alone)


def _check_children(node: Node, ground: Ground) -> Iterator[Problem]:
    yield from _check_pairs(node, ground)
    for child in node.children:
        if isinstance(child, Text):
            yield from _check_loose_text(child, node, ground)
        elif child.name not in ELEMENTS or node.name not in ELEMENTS[child.name].parents:
            if not (node.name == "mj-class" and child.name in ELEMENTS):
                yield from _misplaced(child, node.name, ground)
                if ground.alone and child.name in ELEMENTS and child.name not in WITHHELD:
                    yield from _check_element(child, ground)
        else:
            yield from _check_element(child, ground, node.name)


def _check_loose_text(text: Text, parent: Node, ground: Ground) -> Iterator[Problem]:
    loose = ground.vault.word.sub("", text.value).strip()
    if loose:
        shown = " ".join(loose.split())[:40]
        message = f"Text cannot stand in `<{parent.name}>`: “{shown}”."
        yield _place_of(text, ground).problem(message, "put it in `<mj-text>`", warning=ground.alone)
    elif ground.vault.tags_in(text.value) and parent.name in {"mjml", "mj-head", "mj-attributes", "mj-social"}:
        yield text.place.problem(f"Tags cannot stand in `<{parent.name}>`.")


def _place_of(text: Text, ground: Ground) -> Place:
    """Where the words of a text begin, behind the blank lines and the tags before them."""
    blank = ground.vault.word.sub(lambda match: " " * len(match[0]), text.value)
    return Places(blank, text.place).at(len(blank) - len(blank.lstrip()))


def _check_pairs(node: Node, ground: Ground) -> Iterator[Problem]:
    """An `if` that opens in one element and ends in another would cut the letter's tables apart."""
    opened: list[Tag] = []
    # What has no end at all is named by `emails.grammar`.
    if not ground.balanced or _marker(node, ground):
        return
    for child in node.children:
        for tag in ground.vault.tags_in(_marker(child, ground) if isinstance(child, Node) else child.value):
            if OPENS.match(tag.inside):
                opened.append(tag)
            elif CLOSES.match(tag.inside) and not opened:
                yield tag.place.problem(f"`{tag.source}` stands in another element than its beginning.")
                return
            elif CLOSES.match(tag.inside):
                opened.pop()
    for tag in opened[:1]:
        message = f"It does not end in `<{node.name or 'mj-body'}>`, where it begins: `{tag.source}`."
        yield tag.place.problem(message, "move its end")


def _marker(node: Node, ground: Ground) -> str:
    """The text of an `mj-raw` that holds statements alone, as MJML's own guide writes them; "" for anything else."""
    if node.name != "mj-raw" or not all(isinstance(each, Text) for each in node.children):
        return ""
    text = "".join(each.value for each in node.children if isinstance(each, Text))
    return text if ground.vault.is_statements(text) else ""


def check_html(node: Node, ground: Ground) -> Iterator[Problem]:
    """What must not be in a mail, in the HTML below an element."""
    yield from _check_pairs(node, ground)
    for child in node.children:
        if not isinstance(child, Node):
            continue
        if child.name.startswith("mj"):
            yield child.place.problem(f"`<{child.name}>` cannot stand in `<{node.name}>`.", "only HTML can")
        if child.name in FORBIDDEN:
            harmless = ground.alone and child.name in LEFT_OUT
            yield child.place.problem(f"`<{child.name}>` cannot be in a mail.", warning=harmless)
        if child.name == "img":
            yield from _check_picture(child)
        for attribute in child.attributes:
            if attribute.name.startswith("on"):
                yield attribute.place.problem(f"`{attribute.name}` cannot be in a mail: scripts do not run there.")
            if attribute.name == "style":
                yield from _check_style(attribute.value, child)
            if ground.vault.holds_words(attribute.name):
                yield attribute.place.problem("Tags cannot stand between attributes.")
        if child.children:
            yield from check_html(child, ground)


def _check_picture(image: Node) -> Iterator[Problem]:
    if image.get("alt") is None:
        yield image.place.problem("This image has no `alt`.", WHAT_ALT_SAYS, warning=True)
    if not (image.get("width") or "").removesuffix("px").isdecimal():
        message = f"This image has no `width`: `{image.get('src') or '?'}`."
        yield image.place.problem(message, "some programs show it in full size", warning=True)


def _check_style(css: str, node: Node) -> Iterator[Problem]:
    if match := REMOTE_CSS.search(css):
        yield node.place.problem(f"Styles cannot load or run anything: `{match[0]}`.")


def _check_inline(css: str, node: Node) -> Iterator[Problem]:
    """What holds only at times, or for a part of an element, cannot be written into the elements themselves."""
    for written, selectors, _ in selectors_of(css):
        if not selectors or ":" in written:
            hint = "leave `inline` out: it can stay in a style sheet"
            yield node.place.problem(f"`{written[:60]}` cannot be written into elements.", hint, warning=True)


def _check_attribute(node: Node, attribute: Attribute, ground: Ground) -> Iterator[Problem]:
    name, value = attribute.name, attribute.value.strip()
    allowed = ELEMENTS[node.name].attributes
    if ground.vault.word.search(name):
        yield attribute.place.problem("Tags cannot stand between attributes.")
    elif "*" not in allowed and name not in allowed:
        near = [each for each in (ALIASES.get(name),) if each in allowed] or get_close_matches(name, allowed, 1, 0.75)
        hint = f"did you mean `{near[0]}`?" if near else "it takes " + ", ".join(sorted(allowed))
        # It is left out and does no harm, so it does not forbid publishing.
        yield attribute.place.problem(f"`<{node.name}>` takes no `{name}`.", hint, warning=True)
    elif ground.vault.word.search(value) and name not in CONTENT:
        yield attribute.place.problem(f"Tags cannot stand in `{name}`.", "they can in href, src, alt and title")
    elif value and not sound(name, value):
        # What is no colour is passed over; other values can break the page.
        harmless = ground.alone and name.endswith("color") and value.isalpha()
        yield attribute.place.problem(f"`{name}` cannot be `{value[:60]}`.", expected(name), warning=harmless)

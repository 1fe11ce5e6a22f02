"""Styles written into the elements themselves: many mail programs read no style sheet.

Only simple selectors are taken (`p`, `.quiet`, `p.quiet`, lists of them); whatever else a sheet holds stays one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from emails.elements import ELEMENTS
from emails.mjml import Attribute, Node, Text, text_of

RULE = re.compile(r"([^{}@]+)\{([^{}]*)\}")
SELECTOR = re.compile(r"([a-z][a-z0-9]*)?(?:\.([\w-]+))?")


@dataclass(frozen=True)
class Rule:
    """One simple selector and its declarations."""

    tag: str | None
    style_class: str | None
    declarations: str

    def fits(self, name: str, classes: frozenset[str]) -> bool:
        """Whether the rule applies to an element of this name with these classes."""
        return self.tag in {None, name} and (self.style_class is None or self.style_class in classes)


def inline_styles(document: Node) -> None:
    """Writes every `mj-style inline` of the document into the HTML below it, and takes it out of the head."""
    heads = [node for node in document.children if isinstance(node, Node) and node.name == "mj-head"]
    sheets = [node for head in heads for node in head.children if isinstance(node, Node) and node.get("inline")]
    rules = [rule for sheet in sheets for rule in _rules("".join(text_of(sheet)))]
    # What names a class is more exact than what names an element alone, so it is written after it.
    rules.sort(key=lambda rule: rule.style_class is not None)
    for head in heads:
        head.children = [child for child in head.children if child not in sheets]
    for node in document.elements():
        if node.name in ELEMENTS and ELEMENTS[node.name].holds == "html":
            for child in node.children:
                if isinstance(child, Node):
                    _dress(child, rules)


def _rules(sheet: str) -> Iterator[Rule]:
    for selectors, declarations in RULE.findall(sheet):
        for selector in selectors.split(","):
            match = SELECTOR.fullmatch(selector.strip())
            if match and match[0]:
                yield Rule(match[1], match[2], " ".join(declarations.split()).rstrip(";"))


def _dress(node: Node, rules: list[Rule]) -> None:
    classes = frozenset((node.get("class") or "").split())
    own = node.get("style")
    found = [rule.declarations for rule in rules if rule.fits(node.name, classes)]
    if found:
        merged = _merged([*found, own or ""])
        node.attributes = [each for each in node.attributes if each.name != "style"]
        node.attributes.append(Attribute("style", merged, node.place))
    for child in node.children:
        if not isinstance(child, Text):
            _dress(child, rules)


def _merged(declarations: list[str]) -> str:
    """One declaration for each property: the last one, in the order in which they first appear."""
    properties: dict[str, str] = {}
    for declaration in ";".join(declarations).split(";"):
        name, colon, value = declaration.partition(":")
        if colon and value.strip():
            properties[name.strip().lower()] = value.strip()
    return "; ".join(f"{name}: {value}" for name, value in properties.items())

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
    wardrobe = Wardrobe(rules)
    for node in document.components():
        if node.name in ELEMENTS and ELEMENTS[node.name].holds == "html":
            for child in node.children:
                if isinstance(child, Node):
                    _dress(child, wardrobe)


def _rules(sheet: str) -> Iterator[Rule]:
    for selectors, declarations in RULE.findall(sheet):
        for selector in selectors.split(","):
            match = SELECTOR.fullmatch(selector.strip())
            if match and match[0]:
                yield Rule(match[1], match[2], " ".join(declarations.split()).rstrip(";"))


class Wardrobe:
    """What the rules say of each kind of element, looked for once and not for every paragraph."""

    def __init__(self, rules: list[Rule]) -> None:
        self._rules = rules
        self._known: dict[tuple[str, str, str], str] = {}

    def style(self, name: str, classes: str, own: str) -> str:
        """The whole style of an element that has these classes and says `own` itself; "" if no rule fits it."""
        key = (name, classes, own)
        if key not in self._known:
            named = frozenset(classes.split())
            found = [rule.declarations for rule in self._rules if rule.fits(name, named)]
            self._known[key] = _merged([*found, own]) if found else ""
        return self._known[key]


def _dress(node: Node, wardrobe: Wardrobe) -> None:
    if style := wardrobe.style(node.name, node.get("class") or "", node.get("style") or ""):
        node.attributes = [each for each in node.attributes if each.name != "style"]
        node.attributes.append(Attribute("style", style, node.place))
    for child in node.children:
        if not isinstance(child, Text):
            _dress(child, wardrobe)


def _merged(declarations: list[str]) -> str:
    """One declaration for each property: the last one, in the order in which they first appear."""
    properties: dict[str, str] = {}
    for declaration in ";".join(declarations).split(";"):
        name, colon, value = declaration.partition(":")
        if colon and value.strip():
            properties[name.strip().lower()] = value.strip()
    return "; ".join(f"{name}: {value}" for name, value in properties.items())

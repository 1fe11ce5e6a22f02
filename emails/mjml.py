"""MJML as a tree with places, and its normal form: the only MJML that MRML ever sees.

MRML corrupts attribute values, breaks on comments, CRLF and stray `>`, and can be killed by what it does not
expect. So it gets structure alone: every text, link, alt and piece of HTML is a word from the vault.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from emails.elements import ELEMENTS, LEFT_OUT, VOID
from emails.places import Place
from emails.tags import Vault
from emails.wrappers import stand_in

RAW_TEXT = frozenset({"mj-style", "style", "script"})
# Attributes whose value is content: it goes around MRML, not through it.
CONTENT = frozenset(
    {"alt", "background-url", "font-family", "href", "name", "rel", "sizes", "src", "srcset", "target", "title"}
)
FLAGS = frozenset({"full-width", "fluid-on-mobile"})  # MRML asks whether they are there, not what they say
BARE_AMPERSAND = re.compile(r"&(?!#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)")
ZERO = re.compile(r"(?<![\w.])0(?![\w.%])")


@dataclass(slots=True)
class Text:
    """Text between tags, as it was written, entities and all."""

    value: str
    place: Place


@dataclass(slots=True)
class Attribute:
    """An attribute with its decoded value."""

    name: str
    value: str
    place: Place


@dataclass(slots=True)
class Node:
    """An element; `children` are in order."""

    name: str
    place: Place
    attributes: list[Attribute] = field(default_factory=list)
    children: list["Node | Text"] = field(default_factory=list)

    def get(self, name: str) -> str | None:
        """The value of the first attribute of this name."""
        for each in self.attributes:
            if each.name == name:
                return each.value
        return None

    def elements(self) -> Iterator["Node"]:
        """This element and all below it, in the order of the source."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            if node.children:
                waiting += [child for child in reversed(node.children) if type(child) is Node]

    def components(self) -> Iterator["Node"]:
        """The same without the HTML inside of MJML's elements."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            if node.children and (node.name not in ELEMENTS or ELEMENTS[node.name].holds == "mjml"):
                waiting += [child for child in reversed(node.children) if type(child) is Node]


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
    return "".join([as_html(child) for child in node.children])


def as_html(child: Node | Text) -> str:
    """Well-formed HTML: void elements closed, all others ended, no bare `<`, `>` or `&`."""
    if isinstance(child, Text):
        text = BARE_AMPERSAND.sub("&amp;", child.value) if "&" in child.value else child.value
        return text.replace("<", "&lt;").replace(">", "&gt;")
    if child.name in LEFT_OUT:
        return ""
    attributes = "".join([f' {each.name}="{html.escape(each.value)}"' for each in child.attributes])
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

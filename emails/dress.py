"""An author's own MJML sections in a theme's clothes.

What says nothing about its colours gets the theme's classes, and with them the theme's night. What an author paints
on a colour of their own keeps its day colours at night: half a change could not be read.
"""

from emails.mjml import Attribute, Node

CLASSES = {
    "mj-text": "mt-flow",
    "mj-table": "mt-flow",
    "mj-button": "mt-button",
    "mj-image": "mt-image",
    "mj-divider": "mt-rule",
}
BLOCKS = frozenset({"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "table", "pre"})
GROUNDS = ("background-color", "background-url", "container-background-color", "inner-background-color")


def dress(tree: Node) -> None:
    """Gives classes to every section at the top of the tree and what stands in it, and bare text some space below."""
    for text in tree.elements():
        if text.name == "mj-text" and not _has_paragraphs(text):
            _put(text, "padding-bottom", "20px")
    for node in tree.children:
        if isinstance(node, Node):
            _dress(node)


def _has_paragraphs(text: Node) -> bool:
    """Whether the theme's paragraphs, or the author, see to the space below."""
    spaced = any(attribute.name.startswith("padding") for attribute in text.attributes)
    return spaced or any(isinstance(child, Node) and child.name in BLOCKS for child in text.children)


def _dress(node: Node) -> None:
    if any(node.get(name) for name in GROUNDS):
        return
    if node.name == "mj-section":
        _put(node, "mj-class", "lesson")
        _put(node, "css-class", "mt-card")
    elif node.name in CLASSES:
        _put(node, "css-class", CLASSES[node.name])
        return
    for child in node.children:
        if isinstance(child, Node):
            _dress(child)


def _put(node: Node, name: str, value: str) -> None:
    """What the author wrote comes first; ours is added to classes, as both can hold."""
    written = node.get(name)
    if written is None:
        node.attributes.append(Attribute(name, value, node.place))
    elif name == "css-class" and value not in written.split():
        next(each for each in node.attributes if each.name == name).value = f"{written} {value}"

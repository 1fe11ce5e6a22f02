"""What an MJML element says after `mj-attributes`: everybody's defaults, its kind's, its classes', then its own."""

from collections.abc import Mapping

from emails.mjml import Node


class Cascade:
    """The defaults of one document, ready to be asked; without a document nothing has any."""

    def __init__(self, document: Node | None) -> None:
        """Reads every `mj-attributes` of the document; a class stands under its name with a dot before it."""
        self._defaults: dict[str, dict[str, str]] = {}
        self._below: dict[tuple[str, str], dict[str, str]] = {}
        for node in document.components() if document else ():
            if node.name == "mj-attributes":
                for child in node.children:
                    if isinstance(child, Node):
                        self._learn(child)

    def said(self, node: Node, first: Mapping[str, str] | None = None) -> dict[str, str]:
        """The element's attributes, each with the value that counts; `first` are the engine's own defaults."""
        said = dict(first or {})
        for key in self._keys(node):
            said |= self._defaults.get(key, {})
        return said | {each.name: each.value for each in node.attributes}

    @property
    def gives(self) -> bool:
        """Whether any class says something about children."""
        return bool(self._below)

    def given_by(self, parent: Node, name: str) -> dict[str, str]:
        """What the classes of `parent` say about children of this name."""
        given: dict[str, str] = {}
        for each in (parent.get("mj-class") or "").split():
            given |= self._below.get((each, name), {})
        return given

    def _learn(self, default: Node) -> None:
        key = f".{default.get('name')}" if default.name == "mj-class" else default.name
        named = {each.name: each.value for each in default.attributes if key[0] != "." or each.name != "name"}
        self._defaults[key] = self._defaults.get(key, {}) | named
        for child in default.children:
            if isinstance(child, Node):
                self._below[key[1:], child.name] = {each.name: each.value for each in child.attributes}

    def _keys(self, node: Node) -> tuple[str, ...]:
        if not node.name.startswith("mj"):
            return ()
        return ("mj-all", node.name, *(f".{name}" for name in (node.get("mj-class") or "").split()))

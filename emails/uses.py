"""Which values a compiled letter makes use of: what nobody reads need not be made."""

from collections.abc import Iterator
from functools import lru_cache

from jinja2 import TemplateError, nodes

from emails.letter import Compiled
from emails.sandbox import environment

_ENVIRONMENT = environment(autoescape=False)


def values_used(letter: Compiled) -> frozenset[str] | None:
    """Their names, such as `links.pause`; None where it cannot be told: all, perhaps."""
    try:
        return frozenset(name for text in (letter.subject, letter.html, letter.text) for name in _names(text))
    except (TemplateError, RecursionError, MemoryError, _AnyOfThem):
        return None


@lru_cache(maxsize=256)
def values_in(subject: str) -> frozenset[str] | None:
    """The same of an author's subject, which other letters may mention."""
    return values_used(Compiled(subject, "", "", (), ""))


class _AnyOfThem(Exception):
    """A tag takes a group of values as a whole."""


def _names(text: str) -> Iterator[str]:
    template = _ENVIRONMENT.parse(text)
    known: set[int] = set()
    taken: list[nodes.Getattr | nodes.Getitem] = [*template.find_all(nodes.Getattr), *template.find_all(nodes.Getitem)]
    for node in taken:
        if isinstance(node.node, nodes.Name):
            known.add(id(node.node))
            yield f"{node.node.name}.{_field(node)}"
    if any(id(node) not in known for node in template.find_all(nodes.Name)):
        raise _AnyOfThem


def _field(node: nodes.Getattr | nodes.Getitem) -> str:
    if isinstance(node, nodes.Getattr):
        return node.attr
    if isinstance(node.arg, nodes.Const):
        return str(node.arg.value)
    raise _AnyOfThem

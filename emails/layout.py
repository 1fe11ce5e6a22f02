"""A theme's layout around a letter: pressed with the course's settings, and, for a house's own theme, checked."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from jinja2 import TemplateError, TemplateSyntaxError
from markupsafe import Markup

from course.errors import Problem
from emails.errors import Unpublishable
from emails.grammar import check_tags
from emails.mjml import Node, Text
from emails.parsing import Reader
from emails.places import Place
from emails.structure import check_structure
from emails.tags import Vault
from emails.theme import Theme, pressed

SLOTS = {"mt-body": "the letter's sections", "mt-footer": "why the letter came, and the way out"}
STATEMENT = re.compile(r"\[%.*?%\]|\[#.*?#\]", re.DOTALL)
HERE = re.compile(r"\[\[\s*here\s*\]\]")  # attributes, or nothing
VALUE = re.compile(r"\[\[\s*(?:settings\.(\w+))?.*?\]\]", re.DOTALL)


def press(theme: Theme, settings: Mapping[str, str], values: Mapping[str, object]) -> str:
    """The layout as MJML with the reader's tags in it. Raises Unpublishable for an own theme that is broken."""
    if theme.own and (problems := check_layout(theme.name, theme.layout, _defaults(theme))):
        raise Unpublishable(*problems)
    # In a style sheet an escaped quote would be an error, and `Theme.chosen` lets nothing through that needs escaping.
    plain = {name: Markup(value) if "://" not in value else value for name, value in settings.items()}  # noqa: S704
    try:
        return pressed(theme.layout).render(values, settings=plain)
    except TemplateError as error:
        raise Unpublishable(Problem(f"The theme's layout cannot be used: {error}.", _file(theme.name))) from None


def fill(page: Node, parts: Mapping[str, Node]) -> None:
    """Every slot of the page becomes the children of its part, in which there are no slots."""
    for node in list(page.elements()):
        node.children = [piece for child in node.children for piece in _filled(child, parts)]


@lru_cache(maxsize=32)
def check_layout(name: str, layout: str, defaults: tuple[tuple[str, str], ...]) -> tuple[Problem, ...]:
    """The errors in a layout, with their lines: it is read as MJML, each setting at its default."""
    problems = [*_check_syntax(layout), *_check_mjml(layout, dict(defaults))]
    return tuple(
        Problem(each.message, _file(name), each.line, each.column, each.hint)
        for each in problems
        if each.severity == "error"
    )


def _defaults(theme: Theme) -> tuple[tuple[str, str], ...]:
    return tuple((name, setting.default) for name, setting in theme.settings.items())


def _check_syntax(layout: str) -> Iterator[Problem]:
    try:
        pressed(layout)
    except TemplateSyntaxError as error:
        yield Problem(f"This cannot be understood: {error.message}.", line=error.lineno)
    for slot, says in SLOTS.items():
        if f"<{slot}" not in layout:
            yield Problem(f"The layout has no `<{slot} />`.", hint=f"there {says} will stand")


def _check_mjml(layout: str, defaults: Mapping[str, str]) -> Iterator[Problem]:
    """Both ways of every `[% if %]` at once, so that lines stay what they are."""
    text = STATEMENT.sub(lambda match: re.sub(r"[^\n]", "", match[0]), layout)
    # What stands for an expression has to pass as a text and as a colour.
    text = VALUE.sub(
        lambda match: defaults.get(match[1] or "", "red") or "https://example.org/x.png", HERE.sub("", text)
    )
    vault = Vault(text)
    reader = Reader(vault.protect(text, Place(), mjml=True), Place())
    page = reader.read()
    yield from check_tags(vault.tags())
    yield from reader.problems
    fill(page, {slot: Node(slot, Place()) for slot in SLOTS})
    if not any(isinstance(node, Node) and node.name == "mjml" for node in page.children):
        yield Problem("The layout is no `<mjml>` document.", line=1)
    yield from check_structure(page, vault)


def _filled(child: Node | Text, parts: Mapping[str, Node]) -> list[Node | Text]:
    return parts[child.name].children if isinstance(child, Node) and child.name in parts else [child]


def _file(name: str) -> str:
    return f"{name}/layout.mjml"

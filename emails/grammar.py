"""What an author's tags may say: values that exist, filters that exist, and `if`; each mistake with its line."""

import re
from collections.abc import Iterator
from difflib import get_close_matches

from jinja2 import TemplateSyntaxError, nodes

from course.cleaning import FIELD_NAME
from course.errors import Problem
from emails.places import Place
from emails.sandbox import ALLOWED, FILTERS, TESTS, VARIABLES, environment
from emails.tags import Tag

ENVIRONMENT = environment(autoescape=True)
NAMES = tuple(variable.name for variable in VARIABLES)
GROUPS = frozenset(variable.group for variable in VARIABLES)
DEEPEST = 200
STATEMENTS = ("else", "elif", "endif")
FOREIGN: dict[type[nodes.Node], str] = {
    nodes.For: "for", nodes.Assign: "set", nodes.AssignBlock: "set", nodes.Include: "include", nodes.Macro: "macro",
    nodes.Extends: "extends", nodes.Block: "block", nodes.Import: "import", nodes.FromImport: "from",
    nodes.CallBlock: "call", nodes.FilterBlock: "filter", nodes.With: "with",
}  # fmt: skip
CHOOSE = "a lesson may put values out, use filters, and choose with `{% if %}`"
CURLY = re.compile(r"unexpected char ['\"]([“”„‟‘’‚«»`´])")
UNKNOWN_STATEMENT = re.compile(r"Encountered unknown tag '(\w+)'")


def check_tags(tags: list[Tag], *, foreign: bool = False) -> Iterator[Problem]:
    """The mistakes in one text's tags, which are given in the order of the text.

    In a `foreign` text, which may be another system's, names and statements that are not ours are only warnings.
    """
    for tag in tags:
        if tag.kind == "stray":
            yield _stray(tag)
    sound = [tag for tag in tags if tag.kind != "stray"]
    if any(len(tag.source) > DEEPEST * 5 for tag in sound):
        yield sound[0].place.problem("A tag is longer than 1,000 characters.")
        return
    try:
        # One tag a line: the parser's line number is then the number of the tag.
        template = ENVIRONMENT.parse("\n".join(" ".join(tag.source.split("\n")) for tag in sound))
    except TemplateSyntaxError as error:
        yield _syntax(error, sound, foreign=foreign)
        yield from _check_values(sound, foreign=foreign)
    except RecursionError:
        yield sound[0].place.problem("The tags are nested too deeply.")
    else:
        yield from _check_nodes(template, sound, foreign=foreign)
        yield from _check_fields(template, sound)


def _check_values(tags: list[Tag], *, foreign: bool) -> Iterator[Problem]:
    """The values that are put out, each by itself, where the statements around them cannot be understood."""
    for tag in tags:
        if tag.kind == "output":
            try:
                yield from _check_nodes(ENVIRONMENT.parse(tag.source), [tag], foreign=foreign)
            except (TemplateSyntaxError, RecursionError):
                continue


def _stray(tag: Tag) -> Problem:
    ends = {"{{": "}}", "{%": "%}", "{#": "#}"}
    if tag.source not in ends:
        hint = "values are put out as `{{ reader.name }}`, and never read as HTML"
        return tag.place.problem(f"`{tag.source}` has too many braces: two open a tag.", hint)
    hint = f"close it with `{ends[tag.source]}`, and every quote inside it"
    return tag.place.problem(f"`{tag.source}` opens a tag here that is never closed.", hint)


def _syntax(error: TemplateSyntaxError, tags: list[Tag], *, foreign: bool) -> Problem:
    place = tags[min(error.lineno, len(tags)) - 1].place
    message = (error.message or "it is not complete").rstrip(".")
    opened = _never_ended(tags)
    if ("innermost block" in message or "Unexpected end of template" in message) and opened:
        ends = "endif" if opened.inside.startswith("if") else "endfor"
        return opened.place.problem(f"`{opened.source}` has no `{{% {ends} %}}`.", "put it where the choice ends")
    if message.startswith("Missing end of raw"):
        return place.problem("`{% raw %}` is never closed.", "close it with `{% endraw %}`")
    unknown = UNKNOWN_STATEMENT.match(message)
    if unknown and unknown[1] in STATEMENTS:
        return place.problem(f"`{{% {unknown[1]} %}}` stands here without its `{{% if %}}`.", "take it out")
    if unknown:
        meant = {"elseif": "elif", "elsif": "elif", "end": "endif"}.get(unknown[1].lower(), unknown[1].lower())
        near = get_close_matches(meant, ("if", *STATEMENTS), 1, 0.8)
        hint = f"did you mean `{{% {near[0]} %}}`?" if near else CHOOSE
        return place.problem(f"There is no statement `{{% {unknown[1]} %}}`.", hint, warning=foreign)
    if curly := CURLY.match(message):
        hint = 'write straight quotes, as in {{ reader.name | fallback("friend") }}'
        return place.problem(f"`{curly[1]}` is no quote in a tag.", hint)
    for jargon in ("end of statement block", "end of print statement"):
        message = message.replace(f"'{jargon}'", "the end of the tag")
    return place.problem(
        f"This tag cannot be understood: {message}.", 'a tag looks like {{ reader.name | fallback("friend") }}'
    )


def _never_ended(tags: list[Tag]) -> Tag | None:
    """The innermost `if` or `for` that waits for its end."""
    opened: list[Tag] = []
    for tag in tags:
        word = tag.inside.partition(" ")[0]
        if word in {"if", "for"}:
            opened.append(tag)
        elif word in {"endif", "endfor"} and opened:
            opened.pop()
    return opened[-1] if opened else None


def _check_nodes(template: nodes.Template, tags: list[Tag], *, foreign: bool) -> Iterator[Problem]:
    known_inside: set[int] = set()
    for node, line in _walk(template, 1):
        place = tags[min(line, len(tags)) - 1].place if tags else Place()
        if not isinstance(node, ALLOWED):
            yield place.problem(_refusal(node), CHOOSE, warning=foreign)
        elif isinstance(node, nodes.Filter) and node.name not in FILTERS:
            hint = _near(node.name, tuple(FILTERS))
            yield place.problem(f"There is no filter `{node.name}`.", hint, warning=foreign)
        elif isinstance(node, nodes.Test) and node.name not in TESTS:
            hint = _near(node.name, tuple(TESTS))
            yield place.problem(f"There is no test `is {node.name}`.", hint, warning=foreign)
        elif isinstance(node, nodes.Getattr | nodes.Getitem):
            known_inside.add(id(node.node))
            yield from _check_value(_name_of(node), place, foreign=foreign)
        elif isinstance(node, nodes.Name) and id(node) not in known_inside:
            yield from _check_value(node.name, place, foreign=foreign)


def _refusal(node: nodes.Node) -> str:
    if type(node) in FOREIGN:
        return f"There is no statement `{{% {FOREIGN[type(node)]} %}}`."
    return f"Tags cannot do this here ({type(node).__name__.lower()})."


def _walk(node: nodes.Node, line: int) -> Iterator[tuple[nodes.Node, int]]:
    line = node.lineno or line
    yield node, line
    for child in node.iter_child_nodes():
        yield from _walk(child, line)


def _name_of(node: nodes.Getattr | nodes.Getitem) -> str:
    if isinstance(node.node, nodes.Getattr | nodes.Getitem):
        group = _name_of(node.node)
    else:
        group = node.node.name if isinstance(node.node, nodes.Name) else "…"
    if isinstance(node, nodes.Getattr):
        return f"{group}.{node.attr}"
    return f"{group}.{node.arg.value}" if isinstance(node.arg, nodes.Const) else f"{group}[…]"


def _check_value(name: str, place: Place, *, foreign: bool) -> Iterator[Problem]:
    group, _, field = name.partition(".")
    if group == "fields" and not FIELD_NAME.fullmatch(field):
        yield place.problem(
            f"`{name}` is no field.", "write `fields.` and a name in small letters, as in `fields.city`"
        )
    elif group != "fields" and name not in NAMES:
        # What begins like a value of ours was meant to be one.
        elsewhere = foreign and group not in GROUPS
        yield place.problem(f"There is no value `{name}`.", _near(name, NAMES), warning=elsewhere)


def _check_fields(template: nodes.Template, tags: list[Tag]) -> Iterator[Problem]:
    """A warning for each field that would leave a gap. Which fields there are is up to readers, not to the text."""
    careful = {id(node) for each in template.find_all(nodes.Filter) if each.name == "fallback" for node in _below(each)}
    choices: list[nodes.If | nodes.CondExpr] = [*template.find_all(nodes.If), *template.find_all(nodes.CondExpr)]
    tested = {_name_of(node) for each in choices for node in _below(each.test)}
    for node, line in _walk(template, 1):
        if isinstance(node, nodes.Getattr | nodes.Getitem) and id(node) not in careful:
            name = _name_of(node)
            if name.startswith("fields.") and FIELD_NAME.fullmatch(name[7:]) and name not in tested:
                message = f"Some readers may have no `{name}`, and would find a gap there."
                hint = f'write {{{{ {name} | fallback("…") }}}}, or {{% if {name} %}} around the sentence'
                yield tags[min(line, len(tags)) - 1].place.problem(message, hint, warning=True)


def _below(node: nodes.Node) -> Iterator[nodes.Getattr | nodes.Getitem]:
    """The values in an expression, itself too."""
    if isinstance(node, nodes.Getattr | nodes.Getitem):
        yield node
    yield from node.find_all(nodes.Getattr)
    yield from node.find_all(nodes.Getitem)


def _near(name: str, names: tuple[str, ...]) -> str:
    inside = [each for each in names if each.startswith(f"{name}.")] or get_close_matches(name, names, 1, 0.75)
    everything = "There are: " + ", ".join(sorted(names) if names is not NAMES else NAMES)
    return f"did you mean `{inside[0]}`? {everything}" if inside else everything

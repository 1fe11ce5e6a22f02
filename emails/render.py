"""Personalising a compilation: a pure function of plain values, the same for preview, test and real mail.

Reader's values are put out as text: escaped in HTML, never parsed as a template, never as MJML.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Template, TemplateError

from course.cleaning import one_line
from emails.errors import Unrenderable
from emails.letter import Compiled, Rendered
from emails.narrow import narrow
from emails.sandbox import Fields, environment

Values = Mapping[str, Mapping[str, str | int]]
PlainValues = dict[str, dict[str, str | int]]

OUTPUT_LIMIT = 1_000_000  # characters
_SIMPLE = frozenset({str, int})

# An author's template can raise whatever an expression can raise: {{ 1 / 0 }}, {{ "a" + 1 }}.
BROKEN = (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError)

_ESCAPING = environment(autoescape=True)
_PLAIN = environment(autoescape=False)


def render(compiled: Compiled, values: Values, longest: int = OUTPUT_LIMIT) -> Rendered:
    """One reader's letter from `values` such as {"reader": {"name": "Ana"}}.

    Raises Unrenderable, with a sentence, when a value is missing or of a wrong type, the template is
    broken, or more than `longest` characters come out.
    """
    plain = plain_values(values)
    return Rendered(
        subject=subject_line(compiled.subject, plain),
        html=_output(compiled.html, plain, autoescape=True, longest=longest),
        text=narrow(_output(compiled.text, plain, autoescape=False, longest=longest)),
    )


def render_subject(subject: str, values: Values) -> str:
    """An author's subject as one reader sees it, where another text mentions it. Raises Unrenderable."""
    return subject_line(subject, plain_values(values)) if "{" in subject else subject


def subject_line(subject: str, plain: PlainValues) -> str:
    """The subject of one reader's letter. Raises Unrenderable."""
    return one_line(_output(subject, plain, autoescape=False) if "{" in subject else subject)


def plain_values(values: Values) -> PlainValues:
    """Real dicts of real strings: a subclass such as Markup would switch escaping off. Raises Unrenderable."""
    plain: PlainValues = {}
    for group, fields in values.items():
        if not _SIMPLE.issuperset(map(type, fields.values())):
            name, value = next((name, value) for name, value in fields.items() if type(value) not in _SIMPLE)
            raise Unrenderable(f"{group}.{name} is {type(value).__name__}, not a string or a number.")
        plain[group] = dict(fields)
    plain["fields"] = Fields(plain.get("fields", {}))
    return plain


def _output(source: str, values: PlainValues, *, autoescape: bool, longest: int = OUTPUT_LIMIT) -> str:
    pieces: list[str] = []
    size = 0
    try:
        for piece in pieces_of(_template(source, autoescape), values):
            size += len(piece)
            if size > longest:
                raise Unrenderable("The letter grows beyond a million characters.")
            pieces.append(piece)
    except (RecursionError, MemoryError) as error:
        raise Unrenderable("The letter's template never comes to an end.") from error
    except BROKEN as error:
        raise Unrenderable(f"The letter cannot be personalised: {error}.") from error
    return "".join(pieces)


def pieces_of(template: Template, values: PlainValues) -> Iterator[Any]:
    """What the template puts out, piece by piece. Jinja's own `generate` copies the values first."""
    return template.root_render_func(template.new_context(values, shared=True))


# Keyed by the text itself: a compilation is immutable, and a worker sends few of them at a time.
@lru_cache(maxsize=512)
def _template(source: str, autoescape: bool) -> Template:  # noqa: FBT001
    return (_ESCAPING if autoescape else _PLAIN).from_string(source)

"""The template language of letters: which values exist, which filters, and what is out of reach.

Publishing checks an author's tags against `VARIABLES`; sending renders them in the same environment.
There are no globals, loops or calls, and products are small: a letter's tags put values out and choose between
sentences, so rendering takes as long as the text is long. Python's attributes do not exist here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from jinja2 import StrictUndefined, TemplateRuntimeError, TemplateSyntaxError, nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup


@dataclass(frozen=True)
class Variable:
    """One value that a letter may use: `group.name`, what it is, and what it looks like in a sample."""

    name: str
    says: str
    sample: str | int

    @property
    def group(self) -> str:
        return self.name.partition(".")[0]

    @property
    def field(self) -> str:
        return self.name.partition(".")[2]


VARIABLES: tuple[Variable, ...] = (
    Variable("reader.name", "the reader's name, empty if none was given", "Ana"),
    Variable("course.title", "the course's title", "Breathing Room"),
    Variable("course.slug", "the course's short name in addresses", "breathing-room"),
    Variable("course.url", "the course's public page", "https://example.org/courses/breathing-room"),
    Variable("lesson.number", "the place of this lesson in the course, from 1", 2),
    Variable("lesson.count", "how many lessons the course has", 5),
    Variable("lesson.subject", "the subject of this lesson", "Your own weather"),
    Variable("next_lesson.date", "when the next lesson comes, in words; empty if none", "Tuesday at 09:00"),
    Variable("next_lesson.subject", "the subject of the next lesson; empty if none", "Trust, until"),
    Variable("sender.name", "who writes the course", "Robin Hale"),
    Variable("sender.postal_address", "the sender's postal address", "Quiet Lane 4, 10115 Berlin, Germany"),
    Variable("links.reader_page", "the reader's own page", "https://example.org/me/SAMPLE"),
    Variable("links.read_online", "this lesson as a page", "https://example.org/read/SAMPLE"),
    Variable("links.unsubscribe", "leaves the course", "https://example.org/unsubscribe/SAMPLE"),
    Variable("links.confirm", "confirms a sign-up; confirmation mails only", "https://example.org/confirm/SAMPLE"),
    Variable("links.sign_in", "signs in; sign-in mails only", "https://example.org/me/in/SAMPLE"),
    Variable("links.next_now", "asks for the next lesson at once", "https://example.org/me/SAMPLE/next"),
    Variable("links.done", "says that the exercise is done", "https://example.org/me/SAMPLE/done"),
    Variable("links.slower", "asks for a slower pace", "https://example.org/me/SAMPLE/slower"),
    Variable("links.faster", "asks for a faster pace", "https://example.org/me/SAMPLE/faster"),
    Variable("links.pause", "pauses the course", "https://example.org/me/SAMPLE/pause"),
    Variable("house.name", "the name of this installation", "Meantime"),
)


ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr, nodes.Getattr, nodes.Getitem,
    nodes.Name, nodes.Const, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or,
    nodes.Not, nodes.Concat, nodes.Add, nodes.Sub,
)  # fmt: skip


# Beyond that a theme may count: how far the reader is.
OF_THEMES = (*ALLOWED, nodes.Mul, nodes.FloorDiv)
LARGEST_PRODUCT = 10_000  # a number, or characters


class Fields(dict[str, str | int]):
    """A reader's custom fields: which there are differs from reader to reader, so a missing one is an empty text."""


class LettersEnvironment(ImmutableSandboxedEnvironment):
    """Jinja without everything that can grow, run on or reach out; it refuses before it folds a constant."""

    intercepted_binops = frozenset({"*"})

    def _generate(
        self,
        source: nodes.Template,
        name: str | None,
        filename: str | None,
        defer_init: bool = False,  # noqa: FBT001
    ) -> str:
        strange = next((node for node in _every(source) if not isinstance(node, OF_THEMES)), None)
        if strange is not None:
            raise TemplateSyntaxError(f"tags cannot do this here ({type(strange).__name__.lower()})", strange.lineno)
        return super()._generate(source, name, filename, defer_init)

    def make_globals(self, d: Any) -> dict[str, Any]:
        """There are none; Jinja's own chain of maps would be walked once for each letter."""
        return {}

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """A product, where it is small."""
        size = 1
        for factor in (left, right):
            size *= len(factor) if isinstance(factor, str) else abs(int(factor))
        if size > LARGEST_PRODUCT:
            raise TemplateRuntimeError("a product is larger than ten thousand")
        return super().call_binop(context, operator, left, right)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A field of a group of values, and never an attribute."""
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """The same, written with brackets."""
        if type(obj) is Fields and isinstance(argument, str):
            return obj.get(argument, "")
        known = type(obj) is dict and isinstance(argument, str) and argument in obj
        return obj[argument] if known else self.undefined(obj=obj, name=argument)


def _every(node: nodes.Node) -> Iterator[nodes.Node]:
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.iter_child_nodes()


def environment(*, autoescape: bool) -> LettersEnvironment:
    """An environment in which a missing value is an error and nothing but `FILTERS` can be called."""
    env = LettersEnvironment(
        undefined=StrictUndefined,
        autoescape=autoescape,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=0,
    )
    env.globals.clear()
    env.filters.clear()
    env.filters.update(FILTERS)
    env.tests = {name: test for name, test in env.tests.items() if name in TESTS}
    return env


def sample_values() -> dict[str, dict[str, str | int]]:
    """A full set of values, for previews and tests: {"reader": {"name": "Ana"}, ...}."""
    values: dict[str, dict[str, str | int]] = {"fields": {}}
    for variable in VARIABLES:
        values.setdefault(variable.group, {})[variable.field] = variable.sample
    return values


def fallback(value: Any, otherwise: str = "") -> Any:
    """The value, or `otherwise` where it is empty: {{ reader.name | fallback("friend") }}."""
    return value if str(value).strip() else otherwise


def first_word(value: Any) -> str:
    """The first word of a name: {{ reader.name | first_word }}."""
    return next(iter(str(value).split()), "")


def percent_of(part: Any, whole: Any) -> int:
    """How far one is, from 0 to 100: {{ lesson.number | percent_of(lesson.count) }}."""
    return min(100 * int(part) // int(whole), 100) if int(whole) > 0 else 0


def dots(part: Any, whole: Any) -> str:
    """The same as dots, filled and empty, up to a dozen: {{ lesson.number | dots(lesson.count) }}; "" for more."""
    return "●" * int(part) + "○" * (int(whole) - int(part)) if 0 <= int(part) <= int(whole) <= 12 else ""


def _upper(value: Any) -> str:
    return str(value).upper()


def _lower(value: Any) -> str:
    return str(value).lower()


def _capitalize(value: Any) -> str:
    text = str(value)
    return text[:1].upper() + text[1:]


def _trim(value: Any) -> str:
    return str(value).strip()


def _urlencode(value: Any) -> str:
    return quote(str(value), safe="")


# Markup in a value would switch escaping off; values are plain strings, and these filters keep them plain.
FILTERS = {
    "fallback": fallback,
    "first_word": first_word,
    "percent_of": percent_of,
    "dots": dots,
    "upper": _upper,
    "lower": _lower,
    "capitalize": _capitalize,
    "trim": _trim,
    "urlencode": _urlencode,
    "escape": Markup.escape,
    "e": Markup.escape,
}
TESTS = frozenset({"defined", "even", "odd", "divisibleby", "==", "eq", "!=", "ne", "<", "lt", ">", "gt"})

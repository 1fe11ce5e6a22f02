"""The template language of letters: which values exist, which filters, and what is out of reach.

Publishing checks an author's tags against `VARIABLES`; sending renders them in the same environment.
There are no globals and no loops to speak of: a letter's tags put values out and choose between sentences.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from jinja2 import StrictUndefined
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


def environment(*, autoescape: bool) -> ImmutableSandboxedEnvironment:
    """An environment in which a missing value is an error and nothing but `FILTERS` can be called."""
    env = ImmutableSandboxedEnvironment(
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
    values: dict[str, dict[str, str | int]] = {}
    for variable in VARIABLES:
        values.setdefault(variable.group, {})[variable.field] = variable.sample
    return values


def fallback(value: Any, otherwise: str = "") -> Any:
    """The value, or `otherwise` where it is empty: {{ reader.name | fallback("friend") }}."""
    return value if str(value).strip() else otherwise


def first_word(value: Any) -> str:
    """The first word of a name: {{ reader.name | first_word }}."""
    return next(iter(str(value).split()), "")


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
    "upper": _upper,
    "lower": _lower,
    "capitalize": _capitalize,
    "trim": _trim,
    "urlencode": _urlencode,
    "escape": Markup.escape,
    "e": Markup.escape,
}
TESTS = frozenset({"defined", "even", "odd", "divisibleby", "==", "eq", "!=", "ne", "<", "lt", ">", "gt"})

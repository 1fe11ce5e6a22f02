"""The headers that let a reader leave with one click."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from course.errors import Problem
from emails.testing.wire import Field

_WAYS = re.compile(r"<[^<>\s]+>(?:, <[^<>\s]+>)*")
_LIST_ID = re.compile(r"(?:[^<>]* )?<[A-Za-z0-9.-]+>")


def list_problems(by_name: Mapping[str, Field]) -> Iterator[Problem]:
    """A lesson has all of the list headers, a confirmation none."""
    list_names = [name for name in by_name if name.startswith("List-")]
    bulk = [name for name in ("Precedence", "Feedback-ID") if name in by_name]
    if not list_names:
        if bulk:
            yield Problem(f"A mail with {bulk[0]} needs List-Unsubscribe, too.", line=by_name[bulk[0]].line)
        return
    for name in ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "Feedback-ID", "Precedence"):
        if name not in by_name:
            yield Problem(f"A mail with {list_names[0]} needs {name}, too.")
    yield from _unsubscribe_problems(by_name)
    expected = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Precedence": "bulk"}
    for name, value in expected.items():
        if name in by_name and by_name[name].unfolded != value:
            yield Problem(f"{name} should say {value}.", line=by_name[name].line)
    if "List-Id" in by_name and not _LIST_ID.fullmatch(by_name["List-Id"].unfolded):
        yield Problem("List-Id should be a name in angle brackets.", line=by_name["List-Id"].line)


def is_secure(url: str) -> bool:
    """https; or http to this very machine, as a development base URL has it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme == "https":
        return bool(parts.hostname)
    return parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}


def unsubscribe_url(by_name: Mapping[str, Field]) -> str | None:
    """The web address in List-Unsubscribe, if there is one."""
    value = by_name["List-Unsubscribe"].unfolded if "List-Unsubscribe" in by_name else ""
    return next((way for way in re.findall(r"<([^<>]+)>", value) if way.startswith("http")), None)


def _unsubscribe_problems(by_name: Mapping[str, Field]) -> Iterator[Problem]:
    if "List-Unsubscribe" not in by_name:
        return
    field = by_name["List-Unsubscribe"]
    if "\r\n" in field.value:
        yield Problem("List-Unsubscribe is folded; Gmail ignores it then.", line=field.line)
    if not _WAYS.fullmatch(field.unfolded):
        yield Problem("List-Unsubscribe should read <https://…>, <mailto:…>.", line=field.line)
    url = unsubscribe_url(by_name)
    if url is None or not is_secure(url):
        yield Problem("List-Unsubscribe has no https address for the one click.", line=field.line)
    if "<mailto:" not in field.unfolded:
        hint = "some programs leave by mail alone"
        yield Problem("List-Unsubscribe has no mailto address.", line=field.line, hint=hint)

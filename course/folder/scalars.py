"""Writing a text as a YAML scalar: bare where every YAML reader takes it for text, in quotes where not."""

import json
import re
from collections.abc import Iterable
from typing import Any

import yaml

# Letters of any script, digits, and marks that mean nothing to YAML inside a line.
_BARE = re.compile(r"[^\W_](?:[\w .;()/?%+–—’“”…-]|,(?= )|'(?=\w))*")
_ESCAPED = re.compile("[\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")


def scalar(text: str, *, flow: bool = False) -> str:
    """`text` on one line, bare if that is safe, else in double quotes."""
    return text if _may_stand_bare(text, flow=flow) and _kind(text) == _kind("text") else _double_quoted(text)


def in_style(text: str, style: str | None, old: str | None, *, flow: bool) -> str:
    """`text` in the style of the value it replaces, as far as that can hold it.

    A bare `no` or 2027-03-28 may follow another of its kind bare, as its author wrote it.
    """
    if style == '"':
        return _double_quoted(text)
    if style == "'" and text.isprintable():
        doubled = text.replace("'", "''")
        return f"'{doubled}'"
    same_kind = style is None and old is not None and _kind(old) == _kind(text) != _kind("")
    return text if same_kind and _may_stand_bare(text, flow=flow) else scalar(text, flow=flow)


def flow_list(items: Iterable[str]) -> str:
    """A list on one line: [mon, tue]."""
    return f"[{', '.join(scalar(item, flow=True) for item in items)}]"


def _may_stand_bare(text: str, *, flow: bool) -> bool:
    return bool(_BARE.fullmatch(text)) and text == text.strip() and not (flow and {",", "?"} & set(text))


def _kind(text: str) -> str:
    """What YAML takes a bare text for: a tag of str, bool, int, timestamp, ..."""
    resolver: Any = yaml.SafeLoader("")
    return str(resolver.resolve(yaml.ScalarNode, text, (True, False)))


def _double_quoted(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)

"""Plates: a letter's templates, cast once per process, in which everything that readers share is encoded already.

A plate is Jinja's own compiled template; only its constants are other than usual. A constant of the HTML is
quoted-printable lines, and each value stands between soft breaks, so the two never share a line. In the text, where
lines are broken again around their values, a constant is its complete lines, encoded, between the two unfinished
ones. What all readers of a letter have in common, such as the course's title, is constant on their plate. What comes
out decodes to exactly what `emails.render` and `emails.mime.encode_part` give.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.visitor import NodeTransformer
from markupsafe import escape

from emails.mime import CONTROLS, encode, ended
from emails.narrow import narrow
from emails.render import pieces_of
from emails.sandbox import LettersEnvironment, environment

# The same for everybody who gets this letter, or nearly: a plate is cast anew where they differ.
SHARED = (
    ("course", "title"), ("course", "slug"), ("course", "url"), ("lesson", "number"), ("lesson", "count"),
    ("sender", "name"), ("sender", "postal_address"), ("house", "name"),
)  # fmt: skip
# The longest text that fits on a line of its own, before the sign of a soft break.
ROOM = 75
_CONTROLS = CONTROLS.decode("ascii")

Values = dict[str, dict[str, str | int]]
Shared = tuple[str | int | None, ...]


class Crooked(Exception):
    """A piece ends with half of a line end, whose other half may stand in the next."""


def html_part(source: str, values: Values) -> bytes:
    """The HTML part's lines for one reader; raises Crooked, and whatever a template can raise."""
    pieces = pieces_of(_html_plate(source, _shared(values)), values)
    return ended(b"".join([piece if type(piece) is bytes else _value(piece) for piece in pieces]))


def text_part(source: str, values: Values) -> bytes:
    """The text part's lines for one reader; raises whatever a template can raise."""
    lines: list[bytes] = []
    open_line = ""
    for piece in pieces_of(_text_plate(source, _shared(values)), values):
        if type(piece) is not tuple:
            open_line += piece
            continue
        rest, middle, begun, whole = piece
        if open_line:
            lines.append(_line(open_line + rest))
            lines.append(middle)
        else:
            lines.append(whole)
        open_line = begun
    return ended(b"".join(lines) + encode(narrow(open_line)))


class _Plate(CodeGenerator):
    """Jinja's code for a template, with two shorter ways."""

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        """A value that is there is taken straight from its group; anything else is the sandbox's to answer."""
        if not isinstance(node.node, nodes.Name):
            super().visit_Getattr(node, frame)
            return
        group, field = frame.symbols.ref(node.node.name), repr(node.attr)
        self.write(f"({group}[{field}] if {group} is not missing and {field} in {group} else ")
        super().visit_Getattr(node, frame)
        self.write(")")


class _HtmlPlate(_Plate):
    """Values come out as they are; `_value` escapes them, and knows the many that need no escaping."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        pass

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        pass

    def _output_const_repr(self, group: Iterable[Any]) -> str:
        return repr(_whole("".join(map(str, group))))


class _TextPlate(_Plate):
    def _output_const_repr(self, group: Iterable[Any]) -> str:
        constant = "".join(map(str, group))
        rest, found, others = constant.partition("\n")
        if not found:
            return repr(constant)
        complete, found, begun = others.rpartition("\n")
        rest, middle = rest + "\n", encode(narrow(complete + found))
        return repr((rest, middle, begun, _line(rest) + middle))


_HTML = environment(autoescape=True)
_HTML.code_generator_class = _HtmlPlate
_TEXT = environment(autoescape=False)
_TEXT.code_generator_class = _TextPlate


# Keyed by the text itself, as in emails.render; a plate is as large as its letter, and a worker has little memory.
@lru_cache(maxsize=200)
def _html_plate(source: str, shared: Shared) -> Template:
    return _cast(_HTML, source, shared)


@lru_cache(maxsize=200)
def _text_plate(source: str, shared: Shared) -> Template:
    return _cast(_TEXT, source, shared)


def _cast(environment: LettersEnvironment, source: str, shared: Shared) -> Template:
    constants = {place: value for place, value in zip(SHARED, shared, strict=True) if value is not None}
    return environment.from_string(_Constants(constants).visit(environment.parse(source)))


class _Constants(NodeTransformer):
    """Puts values into a template's tree in the place of their names; no letter can give such a name another value."""

    def __init__(self, constants: Mapping[tuple[str, str], str | int]) -> None:
        self._constants = constants

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:
        group = node.node.name if isinstance(node.node, nodes.Name) else ""
        value = self._constants.get((group, node.attr))
        return self.generic_visit(node) if value is None else nodes.Const(value, lineno=node.lineno)


def _shared(values: Values) -> Shared:
    return tuple([values[group].get(field) if group in values else None for group, field in SHARED])


def _value(value: Any) -> bytes:
    """A value of the HTML, escaped, on lines of its own."""
    if type(value) is str and not ("&" in value or "<" in value or ">" in value or "'" in value or '"' in value):
        return _as_it_is(value, "=\r\n") or _whole(value)
    return _whole(str(escape(value)))


def _whole(text: str) -> bytes:
    if text.rstrip(_CONTROLS).endswith("\r"):
        raise Crooked
    return encode(text)


def _line(line: str) -> bytes:
    """A whole line of the text part, broken where its values made it too long."""
    text = line[:-1]
    if text.endswith(" ") or (len(text) > ROOM and " " in text):
        return encode(narrow(line))
    return _as_it_is(text, "\r\n") or encode(narrow(line))


def _as_it_is(text: str, end: str) -> bytes | None:
    """Nearly every value and line: printable ASCII on one line or two, with nothing to encode. None for the others."""
    if not (text.isascii() and text.isprintable()) or "=" in text or text.startswith("."):
        return None
    if len(text) <= ROOM:
        return (text + end).encode("ascii") if text else b""
    if len(text) <= 2 * ROOM and text[ROOM] != ".":
        return f"{text[:ROOM]}=\r\n{text[ROOM:]}{end}".encode("ascii")
    return None

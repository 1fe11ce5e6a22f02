"""Editing single keys of an author's file; every byte that is not part of them stays, comments included.

The edits are splices at the marks of the composed YAML. Each result is read again and compared with what was asked
for, so a layout that we do not understand is refused and never damaged.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from course.errors import Problem, SourceError
from course.folder.frontmatter import BOM, Sheet, any_sheet, lesson_sheet
from course.folder.scalars import flow_list, in_style, scalar

Value = str | tuple[str, ...] | None
Edit = tuple[int, int, str]


def set_keys(text: str, values: Mapping[str, Value], file: str = "") -> str:
    """`text` with some keys changed, added or (None) removed.

    `text` is a whole course.yaml or lesson. A key is a name, or two with a dot ("schedule.hour"); a tuple is written
    as a list. Raises SourceError for text that cannot be read, or whose layout we cannot edit.
    """
    for name, value in values.items():
        text = _set_key(text, name, value, file)
    return text


def set_body(text: str, body: str, file: str = "") -> str:
    """A lesson with another body, in the line ends of the file; browsers send CRLF whatever the file has."""
    sheet = lesson_sheet(text, file)
    newline = _newline(text)
    lines = body.replace("\r\n", "\n").replace("\r", "\n")
    head = text[: sheet.body_start]
    if lines and not head.endswith("\n"):
        head += newline
    return head + lines.replace("\n", newline)


def plain(node: yaml.Node) -> Any:
    """What a node says, in dicts, lists and texts; for comparing."""
    if isinstance(node, yaml.MappingNode):
        return {key.value: plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [plain(item) for item in node.value]
    return node.value


def _set_key(text: str, name: str, value: Value, file: str) -> str:
    sheet = any_sheet(text, file)
    if sheet.problems:
        raise SourceError(*sheet.problems)
    path = tuple(name.split(".", 1))
    wanted = _changed(plain(sheet.root), path, value)
    if wanted == plain(sheet.root):
        return text
    start, end, new = _edit(sheet, path, value)
    result = text[: sheet.start + start] + new + text[sheet.start + end :]
    if _reads_as(result, file) != wanted:
        hint = "change it in the file"
        raise SourceError(sheet.problem_at_key(path[0], f"`{name}` is laid out in a way that we cannot edit.", hint))
    return result


def _reads_as(text: str, file: str) -> Any:
    try:
        sheet = any_sheet(text, file)
    except SourceError:
        return None
    return None if sheet.problems else plain(sheet.root)


def _changed(keys: dict[str, Any], path: tuple[str, ...], value: Value) -> dict[str, Any]:
    """What the keys say after the edit."""
    name, rest = path[0], path[1:]
    if rest:
        inner = keys.get(name) or {}
        if not isinstance(inner, dict):
            raise SourceError(Problem(f"`{name}` holds no keys."))
        return keys | {name: _changed(inner, rest, value)} if inner or value is not None else keys
    if value is None:
        return {key: other for key, other in keys.items() if key != name}
    return keys | {name: list(value) if isinstance(value, tuple) else value}


def _edit(sheet: Sheet, path: tuple[str, ...], value: Value) -> Edit:
    mapping, yaml_text = sheet.root, sheet.text[sheet.start : sheet.end]
    outer = _Mapping(yaml_text, mapping, _newline(sheet.text))
    pair = outer.find(path[0])
    if len(path) == 1:
        return outer.edit(path[0], value)
    if pair is None or not isinstance(pair[1], yaml.MappingNode):
        inner = "{" + f"{scalar(path[1], flow=True)}: {_written(value, flow=True)}" + "}"
        return outer.splice(path[0], inner)
    inside = _Mapping(yaml_text, pair[1], outer.newline)
    if value is None and len(pair[1].value) == 1 and not inside.flow:
        return outer.splice(path[0], "{}")
    return inside.edit(path[1], value)


@dataclass(frozen=True)
class _Mapping:
    """One mapping of a YAML text, in block or in flow style; all edits are (start, end, new text) of that text."""

    text: str
    node: yaml.MappingNode
    newline: str

    @property
    def flow(self) -> bool:
        return bool(self.node.flow_style)

    def find(self, name: str) -> tuple[yaml.Node, yaml.Node] | None:
        return next(((key, value) for key, value in self.node.value if key.value == name), None)

    def edit(self, name: str, value: Value) -> Edit:
        pair = self.find(name)
        if value is None:
            return self._remove(name)
        style = pair[1].style if pair and isinstance(pair[1], yaml.ScalarNode) else None
        old = pair[1].value if pair and isinstance(pair[1], yaml.ScalarNode) else None
        written = in_style(value, style, old, flow=self.flow) if isinstance(value, str) else _written(value)
        return self.splice(name, written)

    def splice(self, name: str, written: str) -> Edit:
        """Put a written value in the place of another, or add it with its key."""
        pair = self.find(name)
        if pair is None:
            return self._add(f"{scalar(name, flow=self.flow)}: {written}")
        key, value = pair
        start, end = value.start_mark.index, self._end(value)
        between = self.text[key.end_mark.index : start]
        if isinstance(value, yaml.SequenceNode) and not value.flow_style and "#" not in between:
            start = key.end_mark.index + between.index(":") + 1
        return start, end, written if self.text[start - 1] in " \t\n\r" else f" {written}"

    def _add(self, entry: str) -> Edit:
        if not self.node.value:
            return self._add_first(entry)
        key, value = self.node.value[-1]
        end = self._end(value)
        if self.flow:
            return end, end, f", {entry}"
        line_start = self._line_start(key.start_mark.index)
        indent = " " * (key.start_mark.index - line_start)
        if _is_block_scalar(value):
            # What follows a block scalar may belong to it; what stands before its key cannot.
            return key.start_mark.index, key.start_mark.index, f"{entry}{self.newline}{indent}"
        line_end = self._line_end(end)
        return line_end, line_end, f"{self.newline}{indent}{entry}"

    def _add_first(self, entry: str) -> Edit:
        if self.flow:
            inside = self.node.start_mark.index + 1
            return inside, inside, entry
        end = len(self.text)
        before = self.newline if self.text and not self.text.endswith(("\n", "\r")) else ""
        return end, end, f"{before}{entry}{self.newline}"

    def _remove(self, name: str) -> Edit:
        names = [key.value for key, _ in self.node.value]
        at = names.index(name)
        key, value = self.node.value[at]
        start, end = key.start_mark.index, self._end(value)
        if not self.flow:
            line_end = self._line_end(end)
            ends_with = self.newline if self.text.startswith(self.newline, line_end) else ""
            return self._line_start(start), line_end + len(ends_with), ""
        if at + 1 < len(names):
            return start, self.node.value[at + 1][0].start_mark.index, ""
        if at == 0:
            comma = re.compile(r"\s*,").match(self.text, end)
            return start, comma.end() if comma else end, ""
        before = self._end(self.node.value[at - 1][1])
        # A trailing comma is fine YAML, and a comment between the two belongs to the one that stays.
        return (start if "#" in self.text[before:start] else before), end, ""

    def _end(self, node: yaml.Node) -> int:
        """Where the last character of a value ends; marks of block values reach into the lines after them."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self._end(last[1] if isinstance(last, tuple) else last)
        start, end = node.start_mark.index, node.end_mark.index
        return start + len(self.text[start:end].rstrip()) if _is_block_scalar(node) else end

    def _line_start(self, index: int) -> int:
        return max(self.text.rfind("\n", 0, index), self.text.rfind("\r", 0, index)) + 1

    def _line_end(self, index: int) -> int:
        ends = [at for at in (self.text.find(mark, index) for mark in ("\r\n", "\n", "\r")) if at >= 0]
        return min(ends, default=len(self.text))


def _is_block_scalar(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")


def _written(value: Value, *, flow: bool = False) -> str:
    return flow_list(value) if isinstance(value, tuple) else scalar(value or "", flow=flow)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text.removeprefix(BOM) else "\n"

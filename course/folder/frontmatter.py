"""The keys at the head of a file, read as YAML without ever building objects.

PyYAML composes nodes that know where they stand; we read their text ourselves, so `no`, `09:00` and `2027-03-28`
stay what the author wrote. Anchors, tags and second documents are refused, and so is a key that stands twice.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from course.errors import Problem, SourceError

BOM = "\ufeff"
MAX_KEYS_LENGTH = 64 * 1024
MAX_DEPTH = 12

_OPENING = re.compile(r"---[ \t]*(?:\r\n|\n)")
_CLOSING = re.compile(r"^---[ \t]*(?:\r\n|\n|\Z)", re.MULTILINE)
_LINE_END = re.compile(r"\r\n|\n|\r")
_PLAIN_TAGS = (None, "!", "tag:yaml.org,2002:str")

# What PyYAML says, whether its context tells the better place, what we say, what to do.
_SENTENCES: tuple[tuple[str, bool, str, str | None], ...] = (
    (
        "mapping values are not allowed",
        False,
        "A colon and a space cannot stand in a bare value.",
        "put the value into quotes",
    ),
    ("could not find expected ':'", True, "There is no key here.", "write `key: value`"),
    ("found character '\\t'", False, "A tab cannot stand here.", "use spaces"),
    ("cannot start any token", False, "A value cannot begin with this character.", "put it into quotes"),
    ("expected the node content", False, "A value cannot begin with this character.", "put it into quotes"),
    ("found unexpected end of stream", True, "A quote opens here and never closes.", None),
    ("found unexpected document separator", True, "A quote opens here and never closes.", None),
    ("expected ',' or '}'", True, "This { is never closed, or a comma is missing in it.", None),
    ("expected ',' or ']'", True, "This [ is never closed, or a comma is missing in it.", None),
    (
        "expected <block end>",
        False,
        "This does not fit the lines before it.",
        "check the indentation, and the quotes",
    ),
    ("unknown escape character", False, "A backslash has no meaning here.", "use single quotes"),
    ("found another document", False, "A second document begins here.", "keep one"),
    ("sequence entries are not allowed", False, "A list cannot begin here.", "begin it on the next line"),
    ("refused by us: ", False, "", None),
)


@dataclass(frozen=True)
class Sheet:
    """A file with keys: `text[start:end]` is its YAML, `text[body_start:]` what follows; marks count from start."""

    text: str = field(repr=False)
    file: str
    start: int
    end: int
    body_start: int
    root: yaml.MappingNode = field(repr=False)
    problems: tuple[Problem, ...] = ()

    def problem(self, index: int, message: str, hint: str | None = None) -> Problem:
        """An error at a mark's index."""
        return problem_at(self.text, self.file, self.start + index, (message, hint))

    def problem_at_key(self, name: str, message: str, hint: str | None = None) -> Problem:
        """An error at the value of a top-level key, or at the first key if there is none of that name."""
        found = [value.start_mark.index for key, value in self.root.value if key.value == name]
        return self.problem(found[0] if found else 0, message, hint)


def place_of_key(text: str, file: str, path: tuple[str, ...]) -> tuple[int, int]:
    """Line and column of a key of a course.yaml, ("theme_settings", "accent"); the nearest above it where it is not."""
    return _place(course_sheet(text, file), text, path)


def place_of_lesson_key(text: str, file: str, key: str) -> tuple[int, int]:
    """The same of a lesson's front matter."""
    return _place(lesson_sheet(text, file), text, (key,))


def _place(sheet: Sheet, text: str, path: tuple[str, ...]) -> tuple[int, int]:
    node: yaml.Node = sheet.root
    place = (1, 1)
    for name in path:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        found = next(((key, value) for key, value in pairs if key.value == name), None)
        if found is None:
            break
        key, node = found
        place = line_and_column(text, sheet.start + key.start_mark.index)
    return place


def lesson_sheet(text: str, file: str) -> Sheet:
    """The front matter of a lesson; raises SourceError if it is missing or no YAML."""
    head = len(text) - len(text.removeprefix(BOM))
    opening = _OPENING.match(text, head)
    if opening is None:
        message = "A lesson begins with a line `---` and its keys."
        raise SourceError(problem_at(text, file, head, (message, "nothing may stand before it")))
    closing = _CLOSING.search(text, opening.end())
    if closing is None:
        message = "The keys that begin here never end."
        raise SourceError(problem_at(text, file, head, (message, "close them with a second line `---`")))
    return _sheet(text, file, (opening.end(), closing.start(), closing.end()))


def course_sheet(text: str, file: str) -> Sheet:
    """The keys of a course.yaml; raises SourceError if it is no YAML."""
    head = len(text) - len(text.removeprefix(BOM))
    return _sheet(text, file, (head, len(text), len(text)))


def any_sheet(text: str, file: str) -> Sheet:
    """A lesson's sheet where a front matter opens and closes, else a course's."""
    opening = _OPENING.match(text, len(text) - len(text.removeprefix(BOM)))
    is_lesson = opening is not None and _CLOSING.search(text, opening.end()) is not None
    return lesson_sheet(text, file) if is_lesson else course_sheet(text, file)


def line_and_column(text: str, index: int) -> tuple[int, int]:
    """The 1-based place of a character; a byte order mark takes no column."""
    line, line_start = 1, len(text) - len(text.removeprefix(BOM))
    for end in _LINE_END.finditer(text, 0, index):
        line, line_start = line + 1, end.end()
    return line, max(index - line_start, 0) + 1


def problem_at(text: str, file: str, index: int, saying: tuple[str, str | None]) -> Problem:
    """A Problem at a character of a file; `saying` is the message and its hint."""
    line, column = line_and_column(text, index)
    return Problem(saying[0], file=file, line=line, column=column, hint=saying[1])


def is_absent(node: yaml.Node) -> bool:
    """Whether a value says nothing: empty, `~` or `null`, unquoted."""
    return isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null") and not node.style


def _sheet(text: str, file: str, bounds: tuple[int, int, int]) -> Sheet:
    start, end, body_start = bounds
    if end - start > MAX_KEYS_LENGTH:
        raise SourceError(problem_at(text, file, start, ("The keys are longer than 64 KiB.", None)))
    root = _compose(text, file, (start, end))
    empty = yaml.MappingNode("tag:yaml.org,2002:map", [], flow_style=False)
    sheet = Sheet(text, file, start, end, body_start, empty)
    if root is None or is_absent(root):
        return sheet
    if not isinstance(root, yaml.MappingNode):
        raise SourceError(sheet.problem(root.start_mark.index, "Keys are expected here.", "write `key: value`"))
    return Sheet(text, file, start, end, body_start, root, tuple(_key_problems(sheet, root)))


def _key_problems(sheet: Sheet, mapping: yaml.MappingNode) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for key, value in mapping.value:
        index = key.start_mark.index
        if not isinstance(key, yaml.ScalarNode):
            hint = "a value that begins with { or [ goes into quotes"
            yield sheet.problem(index, "A key is one word.", hint)
            continue
        if key.value in seen:
            first, _ = line_and_column(sheet.text, sheet.start + seen[key.value])
            yield sheet.problem(index, f"`{key.value}` stands twice.", f"first on line {first}")
        seen.setdefault(key.value, index)
        if isinstance(value, yaml.MappingNode):
            yield from _key_problems(sheet, value)


def _compose(text: str, file: str, span: tuple[int, int]) -> yaml.Node | None:
    start, end = span
    try:
        loader = _PlainLoader(text[start:end])
        return loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        index, saying = _plainly(error)
    except yaml.reader.ReaderError as error:
        code = error.character if isinstance(error.character, int) else ord(error.character)
        index, saying = error.position, (f"The character U+{code:04X} cannot stand in a text.", "remove it")
    except (ValueError, OverflowError):
        index, saying = 0, ("A number in these keys is out of any range.", None)
    raise SourceError(problem_at(text, file, start + index, saying))


def _plainly(error: yaml.MarkedYAMLError) -> tuple[int, tuple[str, str | None]]:
    """The place and the plain words for what PyYAML found."""
    theirs = error.problem or error.context or ""
    for part, by_context, message, hint in _SENTENCES:
        if part in theirs:
            mark = (by_context and error.context_mark) or error.problem_mark
            return (mark.index if mark else 0), (message or theirs.removeprefix(part), hint)
    mark = error.problem_mark or error.context_mark
    return (mark.index if mark else 0), (f"This is no YAML: {theirs}.", None)


class _PlainLoader(yaml.SafeLoader):
    """Composes scalars, lists and mappings, and refuses what has no place in a person's keys."""

    depth = 0

    def compose_node(self, parent: Any, index: Any) -> yaml.Node | None:
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            self._refuse(event, "Anchors and aliases (& and *) are not used here.")
        if event.tag not in _PLAIN_TAGS:
            self._refuse(event, f"The tag {event.tag} is not used here.")
        if self.depth >= MAX_DEPTH:
            self._refuse(event, "This is nested too deeply.")
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1

    def _refuse(self, event: Any, sentence: str) -> None:
        raise yaml.composer.ComposerError(None, None, f"refused by us: {sentence}", event.start_mark)

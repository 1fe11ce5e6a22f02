"""Taking the keys of a file one by one, and gathering every problem on the way."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import yaml

from course.errors import MeantimeError, Problem, SourceError
from course.folder.frontmatter import Sheet, is_absent
from course.folder.spelling import Wrong, did_you_mean

T = TypeVar("T")


class Fields:
    """One mapping of a sheet. Whatever cannot be read is noted as a problem, and the default stands in for it."""

    def __init__(
        self, sheet: Sheet, known: Iterable[str] | None, under: tuple[yaml.Node, yaml.MappingNode] | None = None
    ) -> None:
        """All keys of a sheet, or those under one of its keys; `known` None lets every key pass."""
        self._sheet = sheet
        self._at = under[0].start_mark.index if under else 0
        self._nodes: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        self.problems: list[Problem] = []
        for key, value in (under[1] if under else sheet.root).value:
            if isinstance(key, yaml.ScalarNode):
                self._nodes.setdefault(key.value, (key, value))
        if known is not None:
            self._refuse_unknown(tuple(known))

    def names(self) -> tuple[str, ...]:
        """The keys that stand there, in the author's order."""
        return tuple(self._nodes)

    def take(self, name: str, read: Callable[[str], T], default: T) -> T:
        """What one value means, or `default` where it is absent or wrong."""
        node = self._value(name)
        return default if node is None else self._read(node, read, default)

    def need(self, name: str, read: Callable[[str], T], default: T) -> T:
        """As `take`, but its absence is a problem."""
        if self._value(name) is None:
            self.wrong(name, f"`{name}` is missing.")
        return self.take(name, read, default)

    def take_all(self, name: str, read: Callable[[str], T], default: Iterable[T]) -> tuple[T, ...]:
        """What each item of a list means; `mon, tue` without brackets is a list too."""
        node = self._value(name)
        if node is None:
            return tuple(default)
        if isinstance(node, yaml.ScalarNode):
            found = [self._mean(node, part.strip(), read, None) for part in node.value.split(",")]
        else:
            items = node.value if isinstance(node, yaml.SequenceNode) else [node]
            found = [self._read(item, read, None) for item in items]
        return tuple(item for item in found if item is not None)

    def within(self, name: str, known: Iterable[str] | None) -> "Fields | None":
        """The keys under a key; None where it is absent. Their problems join ours."""
        node = self._value(name)
        if node is None:
            return None
        if not isinstance(node, yaml.MappingNode):
            self._note(node, "Keys are expected under this one.", f"write `{name}: {{…}}` or indent them below")
            return None
        inner = Fields(self._sheet, known, (self._nodes[name][0], node))
        self.problems.extend(inner.problems)
        inner.problems = self.problems
        return inner

    def wrong(self, name: str, sentence: str, hint: str | None = None) -> None:
        """Note a problem at the value of a key, or where the key should have been."""
        if name in self._nodes:
            self._note(self._nodes[name][1], sentence, hint)
        else:
            self.problems.append(self._sheet.problem(self._at, sentence, hint))

    def finish(self) -> None:
        """Raise what has gathered, in the order of the lines."""
        problems = [*self._sheet.problems, *self.problems]
        if problems:
            raise SourceError(*sorted(problems, key=lambda problem: (problem.line or 0, problem.column or 0)))

    def _value(self, name: str) -> yaml.Node | None:
        _, node = self._nodes.get(name, (None, None))
        return None if node is None or is_absent(node) else node

    def _read(self, node: yaml.Node, read: Callable[[str], T], default: T) -> T:
        if not isinstance(node, yaml.ScalarNode):
            self._note(node, "One value is expected here.", "a value that begins with { or [ goes into quotes")
            return default
        return self._mean(node, node.value, read, default)

    def _mean(self, node: yaml.Node, text: str, read: Callable[[str], T], default: T) -> T:
        try:
            return read(text)
        except (Wrong, MeantimeError) as error:
            self._note(node, str(error), getattr(error, "hint", None))
            return default

    def _refuse_unknown(self, known: tuple[str, ...]) -> None:
        for name, (key, _) in self._nodes.items():
            if name not in known:
                hint = did_you_mean(name, known) or f"known here: {', '.join(known)}"
                self._note(key, f"`{name}` is no key here.", hint)

    def _note(self, node: yaml.Node, sentence: str, hint: str | None) -> None:
        self.problems.append(self._sheet.problem(node.start_mark.index, sentence, hint))

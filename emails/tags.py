"""Template tags in an author's text: kept safe while the text is transformed, and checked before it is published.

A `Vault` replaces every `{{ }}` and `{% %}` by one plain word. Markdown, the MJML parser and MRML only ever see
these words; at the end each word becomes its tag again, in text, in an attribute or between two sections.
"""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from emails.places import Place, Places

# What is opened again before it is closed is no comment and not raw: otherwise each of many openings that nobody
# closes would be looked for through all the rest of the text.
TAG = re.compile(
    r"""\{%-?\s*raw\s*-?%\}(?P<raw>(?:(?!\{%-?\s*raw\b).)*?)\{%-?\s*endraw\s*-?%\}
      | \{\#(?P<comment>(?:(?!\{\#).)*?)\#\}
      | \{\{(?P<output>(?:"[^"\n]*"|'[^'\n]*'|[^"'{}]|\}(?!\}))*)\}\}
      | \{%(?P<statement>(?:"[^"\n]*"|'[^'\n]*'|[^"'{}%]|%(?!\})|\}(?!\}))*)%\}
      | (?P<stray>\{\{+|\{%|\{\#)
    """,
    re.DOTALL | re.VERBOSE,
)
OPENING = re.compile(r"\{(?=[{%#]|\Z)")  # at the end another brace may follow
BRACE = '{{ "{" }}'  # prints one

# How many columns a value takes in the text part, as a guess; what is not named here takes 12.
WIDTHS = {"reader.name": 14, "lesson.number": 2, "lesson.count": 2, "next_lesson.date": 24, "lesson.subject": 30}


@dataclass(frozen=True)
class Tag:
    """One tag: its source with the delimiters, what it is, and where the author wrote it."""

    source: str
    kind: str  # "output", "statement", "stray"
    place: Place

    @property
    def inside(self) -> str:
        return self.source[2:-2].strip().strip("-").strip()

    @property
    def width(self) -> int:
        if self.kind == "statement":
            return 0
        return next((width for name, width in WIDTHS.items() if self.inside.startswith(name)), 12)


def bare_tags(text: str) -> str:
    """The tags in a template and nothing of what stands around them; all of it where one of them has no end."""
    tags = list(_tags_of(text))
    return text if any(tag["stray"] for tag in tags) else "".join([tag[0] for tag in tags])


def _tags_of(text: str) -> Iterator[re.Match[str]]:
    at = text.find("{")
    while at >= 0:
        match = TAG.match(text, at)
        if match:
            yield match
        at = text.find("{", match.end() if match else at + 1)


class Vault:
    """Words for tags and for pieces of text that no parser may touch; one vault per compilation."""

    def __init__(self, *texts: str) -> None:
        """Chooses words that occur in none of `texts`."""
        stem = "mtq"
        while any(stem in text for text in texts):
            stem += "q"
        self.word = re.compile(rf"{stem}(\d+)z")
        self.only_statements = re.compile(rf"\s*(?:{stem}\d+z\s*)+")
        self._stem = stem
        self._kept: list[Tag | str] = []

    def keep(self, text: str) -> str:
        """A word that becomes `text` again, which may itself hold words."""
        return self._add(text)

    def protect(self, text: str, start: Place, *, mjml: bool = False) -> str:
        """The text with a word for every tag; comments go. In `mjml`, `&quot;` in a tag is a quote.

        Words are as long as their tags, where tags are not very short: what follows keeps its column.
        """
        places = Places(text, start)

        def word_for(match: re.Match[str]) -> str:
            raw, comment = match["raw"], match["comment"]
            if raw is not None:
                return self.literal(raw)
            if comment is not None:
                inside = mjml and "\n" not in comment and text[match.start() - 1 : match.start()].strip()
                # In an address a space would be one. In Markdown spaces at the beginning of a line would mean code.
                return self._add("", len(match[0])) if inside else re.sub(r"[^\n]", " " if mjml else "", match[0])
            source = html.unescape(match[0]) if mjml else match[0]
            kind = match.lastgroup or "stray"
            return self._add(Tag(source, kind, places.at(match.start())), len(match[0]))

        pieces, at = [], 0
        for match in _tags_of(text):
            pieces += [text[at : match.start()], word_for(match)]
            at = match.end()
        return "".join([*pieces, text[at:]])

    def literal(self, text: str) -> str:
        """The text with a word for every brace that would open a tag: it is printed as it stands."""
        return OPENING.sub(lambda _: self._add(BRACE), text)

    def tags(self) -> list[Tag]:
        """Every tag so far, in the order in which they were protected."""
        return [kept for kept in self._kept if isinstance(kept, Tag)]

    def tags_in(self, text: str) -> list[Tag]:
        """The tags whose words stand in `text`, in order."""
        kept = (self._kept[int(match[1])] for match in self.word.finditer(text))
        return [tag for tag in kept if isinstance(tag, Tag)]

    def words_in(self, text: str) -> list[str]:
        """The words that stand in `text`, in order."""
        return [match[0] for match in self.word.finditer(text)]

    def is_statements(self, text: str) -> bool:
        """Whether `text` holds statements such as `{% if %}` and nothing else."""
        return bool(self.only_statements.fullmatch(text)) and all(tag.kind == "statement" for tag in self.tags_in(text))

    def holds_words(self, text: str) -> bool:
        """Whether any word may stand in the text."""
        return self._stem in text

    def width(self, text: str) -> int:
        """Columns of `text` with a sample's width for every tag."""
        if not self.holds_words(text):
            return len(text)
        return len(self._swap(text, lambda kept: "x" * kept.width if isinstance(kept, Tag) else kept))

    def unpack(self, text: str) -> str:
        """The text with what was kept in its place, and a word still for every tag and every printed brace."""
        while True:
            unpacked = self.word.sub(self._unpacked, text)
            if unpacked == text:
                return text
            text = unpacked

    def _unpacked(self, match: re.Match[str]) -> str:
        kept = self._kept[int(match[1])]
        return match[0] if isinstance(kept, Tag) or kept == BRACE else kept

    def restore(self, text: str) -> str:
        """The text with every word turned back, also words inside what was kept."""
        while self.word.search(text):
            text = self._swap(text, lambda kept: kept.source if isinstance(kept, Tag) else kept)
        return text

    def _add(self, kept: Tag | str, length: int = 0) -> str:
        self._kept.append(kept)
        digits = max(1, length - len(self._stem) - 1)
        return f"{self._stem}{len(self._kept) - 1:0{digits}d}z"

    def _swap(self, text: str, become: Callable[[Tag | str], str]) -> str:
        return self.word.sub(lambda match: become(self._kept[int(match[1])]), text)

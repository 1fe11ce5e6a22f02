"""Our own words in letters, in the reader's language: one file for each in `emails/languages`.

Letters have one form for all languages, in `emails/templates`; its words are `[[ words.lesson.leave ]]`. Where we have
no words in a language they are English, and say so: `[[ here ]]` stands in the elements that hold them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from babel import Locale, UnknownLocaleError
from markupsafe import Markup

LANGUAGES = Path(__file__).parent / "languages"
OURS = "en"

Sentences = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Words:
    """The words for letters in the language `wanted`; they are written in `language`, which may be English instead."""

    wanted: str
    language: str
    dates: str
    sentences: Sentences

    @property
    def foreign(self) -> bool:
        """Whether the words are in another language than the letter."""
        return self.wanted.partition("-")[0] != self.language.partition("-")[0]

    def for_layouts(self) -> dict[str, object]:
        """`words` and `here`, as themes and our own templates take them."""
        # Ours, with tags in them: they are HTML as they stand.
        words = {group: {name: Markup(says) for name, says in each.items()} for group, each in self.sentences.items()}  # noqa: S704
        here = f' lang="{self.language}" dir="{direction(self.language)}"' if self.foreign else ""
        return {"words": words, "here": Markup(here)}  # noqa: S704


@lru_cache
def languages() -> tuple[str, ...]:
    """The tags of the languages that we have words in."""
    return tuple(sorted(path.stem for path in LANGUAGES.glob("*.yaml")))


@lru_cache(maxsize=64)
def words_in(wanted: str) -> Words:
    """The words in this language or, for a region or script that we have none for, in the language without it."""
    known = {language.lower(): language for language in languages()}
    parts = wanted.split("-")
    tries = ("-".join(parts[:length]).lower() for length in range(len(parts), 0, -1))
    language = next((known[each] for each in tries if each in known), OURS)
    about = yaml.safe_load((LANGUAGES / f"{language}.yaml").read_text("utf-8"))
    return Words(wanted, language, str(about["dates"]), {k: v for k, v in about.items() if isinstance(v, dict)})


@lru_cache(maxsize=64)
def direction(language: str) -> str:
    """ "ltr" or "rtl", as the language is written; "ltr" for what is no language."""
    try:
        return str(Locale.parse(language, sep="-").text_direction)
    except (UnknownLocaleError, ValueError):
        return "ltr"

"""What goes around a letter in its language: the footers, and the frame of its text part."""

from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from emails.places import Place
from emails.plain import Margin, Paper
from emails.tags import Vault
from emails.theme import pressed, template_text
from emails.words import Words, words_in

# A place that is filled later, with a title that no template may read.
TITLE = "[[ course_title ]]"


@dataclass(frozen=True)
class Sheet:
    """The footer as MJML, the head and foot of the text part, and which kind of letter it is: "lesson" or "system"."""

    kind: str
    words: Words
    footer: str
    text_head: str = ""
    text_foot: str = ""


@lru_cache(maxsize=64)
def lesson_sheet(language: str) -> Sheet:
    """Around every lesson: why it came, who sends it, and the way out."""
    words = words_in(language)
    head, foot = (wrapped(in_words(f"lesson/{name}.txt", words)) for name in ("head", "footer"))
    return Sheet("lesson", words, in_words("lesson/footer.mjml", words), head, foot)


def system_sheet(name: str, words: Words) -> Sheet:
    """Around one of our own letters."""
    why = Markup(words.sentences[name]["why"])  # noqa: S704 - ours
    return Sheet("system", words, in_words("system/footer.mjml", words, why=why))


def in_words(path: str, words: Words, **more: object) -> str:
    """One of our templates with its words; the reader's tags stay."""
    return pressed(template_text(path)).render(words.for_layouts(), course_title=Markup(TITLE), **more)  # noqa: S704


def wrapped(text: str) -> str:
    """A text part's lines, those that are too long broken; tags count as wide as their values usually are."""
    vault = Vault(text)
    paper = Paper(vault)
    lines = vault.protect(text, Place()).split("\n")
    return vault.restore("\n".join(paper.fill(line, Margin()) if vault.width(line) > 0 else line for line in lines))

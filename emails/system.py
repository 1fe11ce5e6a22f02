"""System letters: written by us, compiled for every course in its own look.

A letter is a folder of `emails/templates`: `subject.txt` (the subject, and below it the preview line),
`body.mjml` (its sections) and `body.txt` (the text part below the subject).
"""

from emails.letter import Compiled, Look, Source
from emails.theme import template_text
from emails.typeset import Sheet, typeset

NAMES = ("confirmation", "completion", "sign_in", "already_in")
# The letters are written in English so far; a translation would be a folder of its own.
WRITTEN_IN = "en"


def typeset_system(name: str, language: str, look: Look) -> Compiled:
    """The compilation of one of NAMES, in `language` if it is written in it, else in English.

    Raises Unpublishable if the look cannot be used; ValueError for another name.
    """
    if name not in NAMES:
        raise ValueError(f"There is no system letter {name!r}.")
    subject, _, preview = template_text(f"{name}/subject.txt").strip().partition("\n")
    written_in = language if language.partition("-")[0] == WRITTEN_IN else WRITTEN_IN
    source = Source("mjml", subject, preview.strip(), template_text(f"{name}/body.mjml"), written_in)
    sheet = Sheet("system", template_text("system/footer.mjml"), "", "")
    text = f"{subject}\n\n{template_text(f'{name}/body.txt')}"
    return typeset(source, look, sheet, text)

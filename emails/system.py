"""Letters of our own: confirmation, completion, the admin's sign-in link, "you are in already", an alarm.

Each is a folder in `emails/templates` (body.mjml, body.txt); its words are in `emails/languages`, also its subject and
the line that inboxes show behind it. Publishing compiles them in the course's look.
"""

from emails.letter import Compiled, Look, Source
from emails.sheets import in_words, system_sheet, wrapped
from emails.typeset import typeset
from emails.words import words_in

NAMES = ("confirmation", "completion", "sign_in", "already_in", "alarm")


def typeset_system(name: str, language: str, look: Look) -> Compiled:
    """The compilation of one of NAMES, in `language` if we have words in it, else in English.

    Raises Unpublishable if the look cannot be used; ValueError for another name.
    """
    if name not in NAMES:
        raise ValueError(f"There is no system letter {name!r}.")
    words = words_in(language)
    if words.foreign:
        words = words_in(words.language)
    says = words.sentences[name]
    source = Source("mjml", says["subject"], says["preview"], in_words(f"{name}/body.mjml", words), words.wanted)
    text = wrapped(f"{says['subject']}\n\n{in_words(f'{name}/body.txt', words)}")
    return typeset(source, look, system_sheet(name, words), text)

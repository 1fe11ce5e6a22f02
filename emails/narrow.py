"""Lines of a text part that a reader's own values made too long, broken again."""

import re

COLUMNS = 78
MARGIN = re.compile(r"[> ]*(?:- |\d+\. )?")


def narrow(text: str) -> str:
    """The text with no line over 78 columns, but for words, such as addresses, that are longer themselves."""
    if all(len(line) <= COLUMNS for line in text.split("\n")):
        return text
    return "\n".join(line if len(line) <= COLUMNS else _broken(line) for line in text.split("\n"))


def _broken(line: str) -> str:
    match = MARGIN.match(line)
    margin = match[0] if match else ""
    rest = "".join(mark if mark == ">" else " " for mark in margin)
    lines, current = [], margin
    for word in line[len(margin) :].split(" "):
        if current.strip(" >") and len(current) + 1 + len(word) > COLUMNS and current != margin:
            lines.append(current)
            current = rest
        current += word if current in {margin, rest} else f" {word}"
    return "\n".join([*lines, current])

"""What servers write, one regular expression a line, in files named by what the words mean.

A space stands for any white space; WHO for a word that a server has for a reader, OTHER for any word. A line that
begins with `#` says what the file is for.
"""

import re
from pathlib import Path

_WHO = (
    r"\b(users?|recipients?|rcpt|addressee|mail-? ?box|inbox|mail address|e?mail|address|account|alias|name|customer"
    r"|login|person|client|member|id|username|userid|destination|resource|subscriber)"
)


def load(name: str) -> re.Pattern[str]:
    """The expressions of one file as one; it finds the first of them, whatever the case of letters."""
    lines = (Path(__file__).parent / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    joined = "|".join(line for line in lines if line and not line.startswith("#"))
    joined = joined.replace("WHO", _WHO).replace("OTHER", r"[\w'\"()-]+")
    return re.compile(re.sub(r" (?![*?+{])", r"\\s+", joined).replace(" ", r"\s"), re.IGNORECASE)

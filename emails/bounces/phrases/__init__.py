"""What servers write, one regular expression a line, in files named by what the words mean.

A space stands for any white space; WHO for a word that a server has for a reader, SENDER for one that it has for us,
OTHER for any word, NEAR for any that leaves the sentence with whom it began. A line that begins with `#` says what the
file is for.
"""

import re
from pathlib import Path

_WHO = (
    r"\b(users?|recipients?|rcpt|addressee|mail-? ?box|inbox|mail address|e?mail|address|account|alias|name|customer"
    r"|login|person|client|member|id|username|userid|destination|resource|subscriber)"
)
_YOUR = r"\b(your|ihre?[mnr]?|votre|vos|su|seu|sua|tu|uw|ваш\w*)\s(NEAR\s){0,2}?"
_YOURS = (
    r"(ip\b\S*|\w*server|servidor|serveur|\w*domain|dom[aä]ne|dominio|domaine|host(name)?|client|account|konto|compte"
    r"|cuenta|conta|system|address|adresse|сервер|домен|хост|адрес|аккаунт)"
)
_SENDERS = (
    r"(senders?|return.?path|envelope.?from|(from|reply.?to):?\s(header|address|field|line|domain)"
    r"|mail.?from:?\s(address|domain|field|parameter)|\w*absender\w*|remitente|remetente|mittente|exp[eé]diteur"
    r"|[eé]metteur|emisor|afzender|avs[aä]ndar\w*|afsender\w*|avsender\w*|nadawc\w+|odes[ií]latel\w*|отправител\w+)"
)
# What goes back to the sender is not about them.
_NOT_BACK = "".join(rf"(?<!\b{words}\s)" for words in ("to", r"to\sthe", "from", r"from\sthe", "original", "al", "den"))
_SENDER = rf"(?:{_NOT_BACK}\b{_SENDERS}|{_YOUR}{_YOURS})"
_NEAR = (
    r"(?!(?:recipients?|rcpt|addressee|that|because|messages?|mails?|e-?mail(?!\saddress)|admin\w*|postmaster|provider)\b)"
    r"[\w'’()/-]+"
)


def load(name: str) -> re.Pattern[str]:
    """The expressions of one file as one; it finds the first of them, whatever the case of letters."""
    lines = (Path(__file__).parent / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    joined = "|".join(line for line in lines if line and not line.startswith("#"))
    joined = joined.replace("SENDER", _SENDER).replace("NEAR", _NEAR)
    joined = joined.replace("WHO", _WHO).replace("OTHER", r"[\w'\"()-]+")
    return re.compile(re.sub(r" (?![*?+{])", r"\\s+", joined).replace(" ", r"\s"), re.IGNORECASE)

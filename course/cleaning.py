"""Text from strangers made safe to stand on one line: in a header, a table, a log, a page.

Escaping for HTML is not done here; it belongs to the template that puts the text out.
"""

import re
import unicodedata

# What a custom field may be called: in an import's column, in a letter's `{{ fields.city }}`.
FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

# Everything that some program takes for a line break, and tabs. NBSP and its kin are typography: kept.
_BREAKS = re.compile("[ \t\r\n\v\f\x1c-\x1f\x85\u2028\u2029]+")

# Controls, marks that reorder what is read, lone surrogates and the byte order mark.
# ZWJ and ZWNJ stay: emoji families and Persian names are written with them.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")

# No `.*?`: on a long text that opens words and closes none, each would look through all the rest.
_ENCODED_WORD = re.compile(r"=\?[^?]*\?[bBqQ]\?[^?]*\?=")

# What stands in angle brackets, or is no word of prose: the longest pieces that an address can be.
_PIECE = re.compile(r"<[^<>]*>|[^\s<>()\[\],;:]+")
# Also as links and other alphabets spell it.
_AT = re.compile("@|=40|%40|\uff20")

_ALREADY_CLEAN = re.compile(r"[!-<>-~]+(?: [!-<>-~]+)*")


def one_line(text: str) -> str:
    """`text` in NFC on one clean line: no controls, no bidi marks, no line separators, no `=?`.

    Encoded-words (RFC 2047) go altogether: mail programs would decode them, controls and all.
    """
    if _ALREADY_CLEAN.fullmatch(text):
        return text
    text = _UNSEEN.sub("", _BREAKS.sub(" ", text))
    text = _ENCODED_WORD.sub("", text).replace("=?", "= ?")
    return unicodedata.normalize("NFC", _BREAKS.sub(" ", text)).strip()


def without_addresses(text: str) -> str:
    """A mail server's words with `<address>` for each address in them: for logs, and for pages open to all."""
    return _PIECE.sub(lambda piece: "<address>" if _AT.search(piece[0]) else piece[0], text)

"""What stands between the sections of a wrapper: tags and raw pieces, which MRML would drop.

Each goes through MRML as an empty section that carries the piece's word as its class. In the HTML that section, with
the row that Outlook needs around it, becomes the word again, between two rows.
"""

import re

from emails.tags import Vault

OPEN, CLOSE = "<!--[if mso | IE]>", "<![endif]-->"
END = re.escape(f"{OPEN}</td></tr>")


def stand_in(word: str) -> str:
    """An empty section in place of a piece that is kept in the vault."""
    return f'<mj-section css-class="{word}" padding="0px"></mj-section>'


def take_out(html: str, vault: Vault) -> str:
    """The HTML with every stand-in's word in its place."""
    row = re.compile(
        rf'<tr><td width="[^"]*" class="({vault.word.pattern})-outlook">{re.escape(CLOSE)}'
        rf".*?{END}</table>{re.escape(CLOSE)}.*?{END}",
        re.DOTALL,
    )
    return row.sub(lambda match: f"{CLOSE}{match[1]}{OPEN}", html)

"""A line of statements beside a list, for the Markdown parser: it belongs to no item, and chooses between items.

- for everybody
{% if lesson.number < 3 %}
- for beginners
{% endif %}
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from emails.tags import Vault

VAULT = "vault"  # under this name the parser is handed the vault of a text
ITEM = re.compile(r" {0,3}(?:[-*+]|\d{1,9}[.)])\s")


def choices_plugin(markdown: MarkdownIt) -> None:
    """Such a line ends the item above it, and is a paragraph by itself before an item."""
    markdown.block.ruler.before("paragraph", "choices", _choices, {"alt": ["paragraph"]})


def _choices(state: StateBlock, line: int, _: int, silent: bool) -> bool:  # noqa: FBT001 - as the parser asks
    vault = state.env.get(VAULT)
    written = _line(state, line)
    if not isinstance(vault, Vault) or not vault.is_statements(written):
        return False
    if silent:
        return state.sCount[line] < state.blkIndent
    if line + 1 >= state.lineMax or not ITEM.match(_line(state, line + 1)):
        return False
    state.push("paragraph_open", "p", 1).map = [line, line + 1]
    inline = state.push("inline", "", 0)
    inline.map, inline.content, inline.children = [line, line + 1], written.strip(), []
    state.push("paragraph_close", "p", -1)
    state.line = line + 1
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] : state.eMarks[line]]

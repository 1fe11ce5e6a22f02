"""The text part: written from the author's source, narrow, with every link as a URL."""

import pytest

from emails.markup import blocks_of
from emails.parsing import Reader
from emails.places import Place
from emails.plain import Margin, Paper, write_markdown, write_mjml
from emails.tags import Vault


def text_of_markdown(body: str) -> str:
    vault = Vault(body)
    paper = Paper(vault)
    write_markdown(blocks_of(vault.protect(body, Place()), vault), paper)
    return vault.restore(paper.text())


def text_of_mjml(body: str) -> str:
    vault = Vault(body)
    paper = Paper(vault)
    write_mjml(Reader(vault.protect(body, Place()), Place()).read(), paper)
    return vault.restore(paper.text())


MARKDOWN = [
    ("# Title\n\n## Part\n\n### Small", "Title\n=====\n\nPart\n----\n\nSmall\n"),
    ("*a* **b** `c` ~~d~~", "a b c d\n"),
    ("a  \nb\nc", "a\nb c\n"),
    ("- a\n- b\n\nc", "- a\n- b\n\nc\n"),
    ("3. a\n4. b", "3. a\n4. b\n"),
    ("- a\n\n  b", "- a\n\n  b\n"),
    ("- [ ] a\n- [x] b", "- ☐ a\n- ☑ b\n"),
    ("> a\n> - b", "> a\n\n> - b\n"),
    ("    code  x\n", "  code  x\n"),
    ("```\nif a:\n    b\n```", "  if a:\n      b\n"),
    ("a\n\n---\n\nb", "a\n\n* * *\n\nb\n"),
    ("> a\n>\n> ---", "> a\n\n> * * *\n"),
    ("| A | B |\n|---|---|\n| 1 | 2 |", "A | B\n1 | 2\n"),
    ("a[^1]\n\n[^1]: The note.", "a [note 1]\n\n[note 1] The note.\n"),
    ("[a](https://x.y/?a=1&b=2). b", "a [1]. b\n[1] https://x.y/?a=1&b=2\n"),
    ("[a](https://x.y) and [b](https://z.y)\n\n[c](https://w.y)",
     "a [1] and b [2]\n[1] https://x.y\n[2] https://z.y\n\nc [3]\n[3] https://w.y\n"),
    ("<https://x.y/z>", "https://x.y/z\n"),
    ("https://x.y/z", "https://x.y/z\n"),
    ("<a@example.org>", "a@example.org\n"),
    ("![A sea](https://x.y/z.png)", "[A sea]\n"),
    ("x ![A sea](https://x.y/z.png) y", "x [A sea] y\n"),
    ("::: button https://x.y\nGo\n:::", "Go:\nhttps://x.y\n"),
    ("::: button\n[Go](https://x.y)\n:::", "Go:\nhttps://x.y\n"),
    ("::: callout A title\nText.\n:::", "  A title\n  -------\n\n  Text.\n"),
    ("::: exercise\nText.\n:::", "  Exercise\n  --------\n\n  Text.\n"),
    ("::: callout\nText.\n:::", "  Text.\n"),
    ("::: quote Ana\nText.\n:::", "  Text.\n\n  - Ana\n"),
    ("::: quote\nText.\n:::", "  Text.\n"),
    ("::: image https://x.y/z.png\nA sea\n:::", "[A sea]\n"),
    ("::: video https://x.y/v https://x.y/p.png\nA talk\n:::", "[A talk]\nhttps://x.y/v\n"),
    ("::: divider\n:::", "* * *\n"),
    ("::: columns\na\n\n---\n\nb\n:::", "a\n\nb\n"),
    ("```mjml\n<mj-text>a <b>b</b></mj-text>\n```", "a b\n"),
    ("{% if reader.name %}\n\na\n\n{% endif %}\n\nb", "{% if reader.name %}a\n\n{% endif %}b\n"),
    ("{% raw %}{{ x }}{% endraw %}", '{{ "{" }}{ x }}\n'),
]  # fmt: skip


@pytest.mark.parametrize(("body", "text"), MARKDOWN)
def test_markdown_as_text(body, text):
    assert text_of_markdown(body) == text


MJML = [
    ("<mj-text><h1>T</h1><p>a <b>b</b><br>c</p></mj-text>", "T\na b\nc\n"),
    ("<mj-text>a &amp; b&nbsp;<a href='https://x.y'>c</a></mj-text>", "a & b\xa0c [1]\n[1] https://x.y\n"),
    ("<mj-text><a href='https://x.y'><img src='z' alt='A sea'></a></mj-text>", "[A sea] [1]\n[1] https://x.y\n"),
    ("<mj-text><a href='https://x.y'><img src='z' alt=''></a></mj-text>", "[1]\n[1] https://x.y\n"),
    ("<mj-button href='https://x.y'> Go <b>on</b></mj-button>", "Go on:\nhttps://x.y\n"),
    ("<mj-button>Go</mj-button>", "Go\n"),
    ("<mj-social><mj-social-element name='web' href='https://x.y' /></mj-social>", "web:\nhttps://x.y\n"),
    ("<mj-image src='z' alt='A sea' href='https://x.y' />", "[A sea]\nhttps://x.y\n"),
    ("<mj-divider /><mj-spacer />", "* * *\n"),
    ("<mj-table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></mj-table>", "a b\nc\n"),
    ("<mj-head><mj-title>no</mj-title></mj-head><mj-body><mj-text>yes</mj-text></mj-body>", "yes\n"),
    ("<mj-raw><style>p { }</style>a</mj-raw>", "a\n"),
    ("{% if reader.name %}<mj-text>a</mj-text>{% endif %}", "{% if reader.name %}a\n\n{% endif %}\n"),
]


@pytest.mark.parametrize(("body", "text"), MJML)
def test_mjml_as_text(body, text):
    assert text_of_mjml(body) == text


def test_lines_stay_narrow_and_addresses_stay_whole():
    url = "https://example.org/" + "x" * 100
    text = text_of_markdown(f"{'word ' * 80}[link]({url})\n\n> {'word ' * 40}\n\n- {'word ' * 40}")
    assert url in text.split()
    assert max(len(line) for line in text.splitlines() if url not in line) <= 72
    assert min(len(line) for line in text.splitlines() if line.startswith("word")) > 20


def test_a_name_leaves_room():
    text = text_of_markdown("{{ reader.name }} " * 30)
    widths = [len(line.replace("{{ reader.name }}", "Maximiliana Bo")) for line in text.splitlines()]
    assert max(widths) <= 72


def test_a_long_heading_is_not_underlined_beyond_the_page():
    paper = Paper(Vault())
    paper.heading("word " * 30, Margin(), "=")
    assert max(map(len, paper.text().splitlines())) <= 72

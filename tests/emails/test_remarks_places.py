"""Remarks stand where the author wrote it, behind front matter, tabs, emoji and Windows line ends, in both formats."""

import pytest

from emails.errors import Unpublishable
from emails.letter import Look, Source
from emails.lint import lint
from emails.typeset import typeset

PREVIEW = "A preview line that is long enough to be a good one."
LESSON = """\
# A title 😀

```mjml
<mj-text>fine</mj-text>
<mj-text colr="red">bad</mj-text>
\t<mj-txt>x</mj-txt>
😀<mj-image src="https://a.b/c" width="10px"
   hieght="3"
/>
```

   ```mjml
   <mj-text>{{ reader.name }} <a href="http://x.y">z</a></mj-text>
   <mj-text colr="red">👨‍👩‍👧 {{ nobody }}</mj-text>
   ```

::: columns
a

---

```mjml
<mj-text colr="red">bad</mj-text>
```
:::

[x](http://x.y) {% if reader.name %}a

![](https://a.b/d)
"""
PLACES = [
    (5, 'colr="red">bad', "`<mj-text>` takes no `colr`"),
    (6, "<mj-txt>", "`<mj-txt>` is no MJML element"),
    (7, "😀<mj-image", "Text cannot stand in `<mj-column>`: “😀”"),
    (7, "<mj-image", "This image has no `alt`"),
    (8, "hieght", "`<mj-image>` takes no `hieght`"),
    (13, 'href="http', "`http://x.y` cannot be used in a mail"),
    (14, 'colr="red">👨', "`<mj-text>` takes no `colr`"),
    (14, "{{ nobody", "There is no value `nobody`"),
    (23, 'colr="red">bad', "`<mj-text>` takes no `colr`"),
    (27, "http://x.y)", "`http://x.y` cannot be used in a mail"),
    (27, "{% if", "`{% if reader.name %}` has no `{% endif %}`"),
    (29, "https://a.b/d", "The image `https://a.b/d` has no description"),
]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(("line", "at", "message"), PLACES)
def test_every_remark_about_markdown_stands_at_its_line_and_column(line, at, message, newline):
    column = LESSON.split("\n")[line - 1].index(at) + 1
    found = lint(Source("md", "Hello", PREVIEW, LESSON.replace("\n", newline), first_line=12))
    places = [(each.line, each.column) for each in found if each.message.startswith(message)]
    assert (line + 11, column) in places


WITHOUT_A_WAY_OUT = [
    "<mj-text>x</mj-text>",
    '<mj-text><a href="https://a.b/unsubscribe">leave</a></mj-text>',
    "<mj-text>{{ links.unsubscribe }}</mj-text>",
    '<mj-button href="{{ links.pause }}">Pause</mj-button>',
    '<mj-button href="{{ links.reader_page }}">Mine</mj-button>',
    '<mj-text><a href="mailto:leave@a.b">leave</a></mj-text>',
    '<mj-image src="https://a.b/c" alt="unsubscribe" />',
    "<mj-table><tr><td>unsubscribe</td></tr></mj-table>",
    '<mj-text><!-- <a href="{{ links.unsubscribe }}"> --></mj-text>',
    '<mj-text>{# <a href="{{ links.unsubscribe }}"> #}</mj-text>',
    "<mj-raw><p>leave</p></mj-raw>",
    "<mj-spacer />",
]


@pytest.mark.parametrize("inside", WITHOUT_A_WAY_OUT)
def test_a_document_without_a_way_out_is_named_and_gets_one(inside):
    body = f"\n<mjml><mj-body><mj-section><mj-column>{inside}</mj-column></mj-section></mj-body></mjml>"
    source = Source("mjml", "Hello", PREVIEW, body, first_line=5)
    remark = "6:1: This document has no link for leaving the course; a footer with one will be added."
    assert any(str(each).startswith(remark) for each in lint(source))
    compiled = typeset(source, Look())
    assert 'href="{{ links.unsubscribe }}"' in compiled.html
    assert "links.unsubscribe" in compiled.text


HEAVY = [
    "x" * 63,
    "é" * 31,
    "<b>x</b> ",
    "&amp;",
    "<p>word word</p>",
    "<br>",
    "<i>x</i><br>",
    "→→→",
    "😀",
    "{{ reader.name }} ",
]
HEAVY += ["<a href='https://a.b/c'>x</a>", "<span style='color:#333333'>x</span>"]


@pytest.mark.parametrize("piece", HEAVY)
def test_a_letter_that_gmail_would_cut_is_refused_with_its_weight(piece):
    text = piece * (105 * 1024 // len(piece.encode()))
    body = f"<mj-section><mj-column><mj-text>{text}</mj-text></mj-column></mj-section>"
    with pytest.raises(Unpublishable) as refused:
        typeset(Source("mjml", "Hello", PREVIEW, body), Look())
    said = str(refused.value.problems[0])
    assert "KiB; Gmail cuts off what is longer than 100." in said or "more than 2,000 elements" in said

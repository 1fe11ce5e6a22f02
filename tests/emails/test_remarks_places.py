"""Remarks stand where the author wrote it, behind front matter, tabs, emoji and Windows line ends, in both formats."""

import pytest

from emails.letter import Source
from emails.lint import lint

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

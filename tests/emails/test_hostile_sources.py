"""No text, however broken, escapes as anything but our own error. The seeds are kept: a failure repeats itself."""

import random

import pytest

from emails.errors import Unpublishable
from emails.letter import Format, Look, Source
from emails.lint import lint
from emails.typeset import typeset
from tests.emails.specimen import THEMES

PREVIEW = "Nobody else can make you happy, and that is good news for both of you."
MARKDOWN = """\
# Title {{ reader.name | fallback("friend") }}

Dear **reader**, [a link](https://example.org/a?b=1) ![A sea](https://example.org/sea.png)

{% if lesson.number < 3 %}

- one
- two

{% endif %}

::: button https://example.org/c
Go
:::

::: columns
a

---

| A | B |
|---|---|
| 1 | 2 |
:::

::: video https://example.org/v https://example.org/p.png
Talk
:::

::: image https://example.org/i.png
What
:::

```mjml
<mj-text>raw</mj-text>
```
"""
MJML = """\
<mjml><mj-head><mj-attributes><mj-all color="#222222" /></mj-attributes><mj-style>a { color: red }</mj-style></mj-head>
<mj-body><mj-wrapper padding="0 8px"><mj-section><mj-column width="50%">
<mj-text color="red" padding="0">a <b>b</b> &nbsp; {{ reader.name }} <a href="{{ links.done }}">c</a></mj-text>
{% if lesson.number < 3 %}<mj-button href="https://example.org">Go</mj-button>{% endif %}
<mj-image src="https://example.org/a.png" alt="👍 &quot;x&quot;" width="100px" /><mj-divider />
<mj-table><tr><td>1</td></tr></mj-table></mj-column></mj-section></mj-wrapper></mj-body></mjml>
"""
SCRAPS = [
    "::: image\n", "::: columns\n", "::::\n", "<mjml>", "<mj-hero>", ' color="red"', ' style="color:#999;x:}"', "<b>",
    "<", ">", "&", '"', "'", "{{", "}}", "{%", "%}", "{#", "</mj-text>", "<mj-raw>", "<!--", "-->", "]]>", "\x00",
    "\r\n", "→>", "👨‍👩‍👧", "\u202e", "\ud800", ":::", "```", "\n\n", "    ", "|", "[", "](", "![", "mtq0z",
    "{% endif %}", "&#0;", "&#xD800;",
]  # fmt: skip


def mutated(text: str, chance: random.Random) -> str:
    """The text with a few pieces cut, doubled, moved or put in."""
    for _ in range(chance.choice([0, 1, 1, 2, 3, 6])):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.randint(0, 12))
        scrap = chance.choice([*SCRAPS, text[start:end] * 2, ""])
        text = text[:start] + scrap + text[chance.choice([start, end]) :]
    return text


def outcome_of_mutation(form: Format, chance: random.Random, document: str = "") -> str:
    """Lints and compiles one mutated lesson: "published" or "refused"; whatever else happens is a failure.

    A `document` is mutated instead, as one that stands alone.
    """
    theme = chance.choice(THEMES)
    body = mutated(document or (MARKDOWN if form == "md" else MJML), chance)
    alone = bool(document) or chance.random() < 0.1
    source = Source(form, mutated("Hello {{ reader.name }}", chance), PREVIEW, body, alone=alone)
    lint(source)
    try:
        html = typeset(source, Look(theme, {}, "Course")).html
    except Unpublishable as refused:
        assert refused.problems, body
        return "refused"
    assert html.count("</html>") == 1, body
    assert source.alone or "/unsubscribe" in html or "links.unsubscribe" in html, body
    return "published"


@pytest.mark.parametrize("form", ["md", "mjml"])
@pytest.mark.parametrize("seed", range(4))
def test_mutations_are_published_or_refused(form: Format, seed: int):
    chance = random.Random(seed)
    assert {outcome_of_mutation(form, chance) for _ in range(100)} == {"published", "refused"}

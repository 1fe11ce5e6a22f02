"""What tests of themes look at: one letter that shows what a theme can do, and every kind of letter in every theme."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from emails.letter import Look, Rendered, Source
from emails.render import render
from emails.sandbox import sample_values
from emails.system import NAMES, typeset_system
from emails.theme import theme_names
from emails.typeset import typeset

PICTURES = Path(__file__).parents[2] / "docs" / "pictures" / "themes"
WIDTHS = (375, 600)
SCHEMES = ("light", "dark")
THEMES = theme_names()
KINDS = ("lesson", "everything", *NAMES)
PREVIEW = "Nobody else can make you happy, and that is good news for both of you."
SPECIMEN = """\
Dear {{ reader.name }},

A kettle takes as long as it takes. Whoever stands beside it and taps a foot drinks the same tea, only in a worse mood.
Most of what we call *waiting* is [the minutes we refuse to live in](https://example.org/kettles).

![The sea before breakfast](https://example.org/sea.png)

## What the gap is for

Three things grow in it, if nobody pulls at them:

1. a question that is your own,
2. the wish to tell somebody,
3. and now and then **an answer**.

::: quote Robin Hale
Leave the window open a hand’s breadth, and see who comes to it.
:::

---

::: exercise Exercise: one cup
Make tea this evening and leave the telephone in another room. Drink it while it is hot.

Then write down one thing you noticed.
:::

::: button https://example.org/tea
Read about tea
:::

Robin
"""
EVERYTHING = """\
Dear {{ reader.name }}, read [this page](https://example.org/a) and `code`.

# One

## Two

### Three

- a
- b

> A quotation.

| A | B |
|---|---|
| 1 | 2 |

    a block of code

::: exercise
Do [this](https://example.org/b).
:::

::: button https://example.org/c
Go there
:::

::: quote Robin Hale
Words worth keeping.
:::

::: video https://example.org/v https://example.org/p.png
A talk about the sea
:::

![The sea](https://example.org/sea.png)

---

::: columns
Left

---

Right
:::

A note[^1].

[^1]: Below, with [a link](https://example.org/d).
"""
SEA = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 7'%3E%3Crect width='16' height='7' "
    "fill='%23e8d9c0'/%3E%3Ccircle cx='11' cy='3.6' r='1.3' fill='%23d9866a'/%3E%3Cpath d='M0 3.9h16V7H0z' "
    "fill='%237d98a1'/%3E%3Cpath d='M0 5.2q4-.5 8 0t8 0V7H0z' fill='%235c7a85'/%3E%3C/svg%3E"
)


@cache
def letters(theme: str) -> dict[str, Rendered]:
    """Every kind of letter in a theme, with sample values."""
    look = Look(theme, {}, "Breathing Room")
    source = Source("md", "The kettle and the clock", PREVIEW, SPECIMEN, asks="I have had my tea")
    compiled = {name: typeset_system(name, "en", look) for name in NAMES}
    compiled["lesson"] = typeset(source, look)
    compiled["everything"] = typeset(Source("md", "Your own weather", PREVIEW, EVERYTHING), look)
    return {name: render(each, sample_values()) for name, each in compiled.items()}


def page_of(letter: Rendered) -> str:
    """The letter's HTML for a browser that reaches nothing outside: its picture is drawn here."""
    return letter.html.replace("https://example.org/sea.png", SEA).replace("https://example.org/p.png", SEA)


def digest(theme: str) -> str:
    """Changes when a picture of the theme would."""
    return sha256(letters(theme)["lesson"].html.encode()).hexdigest()[:16]

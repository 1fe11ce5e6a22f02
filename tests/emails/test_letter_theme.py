"""The letter theme as a reader sees it: in a real browser, on a phone and a desk, by day and by night."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from emails.letter import Look, Rendered, Source
from emails.render import render
from emails.sandbox import sample_values
from emails.system import NAMES, typeset_system
from emails.typeset import typeset

LOOK = Look("letter", {}, "Breathing Room")
PREVIEW = "Nobody else can make you happy, and that is good news for both of you."
PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
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


def letters() -> dict[str, Rendered]:
    """Every kind of letter, with sample values."""
    compiled = {name: typeset_system(name, "en", LOOK) for name in NAMES}
    compiled["lesson"] = typeset(Source("md", "Your own weather", PREVIEW, EVERYTHING), LOOK)
    return {name: render(each, sample_values()) for name, each in compiled.items()}


LETTERS = letters()


@pytest.fixture
def opened(new_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens a letter at a width, by day or by night."""

    def open_letter(name: str, width: int, scheme: str) -> Page:
        page = new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        # The pictures of the letter are elsewhere, and nothing leaves this machine.
        page.set_content(LETTERS[name].html.replace("https://example.org/sea.png", PIXEL))
        return page

    return open_letter


@pytest.mark.parametrize("name", LETTERS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_letter_is_accessible_and_has_contrast(opened, axe_violations, name, scheme):
    page = opened(name, 600, scheme)
    landmarks = ("region", "landmark-one-main")
    assert axe_violations(page, but=landmarks) == []


@pytest.mark.parametrize("name", LETTERS)
@pytest.mark.parametrize("width", [375, 600])
def test_nothing_is_wider_than_the_screen(opened, name, width):
    page = opened(name, width, "light")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("scheme", "paper"), [("light", "rgb(251, 248, 242)"), ("dark", "rgb(22, 24, 29)")])
def test_the_paper_follows_the_readers_night(opened, scheme, paper):
    page = opened("lesson", 600, scheme)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper


def test_progress_is_as_long_as_it_should_be(opened):
    page = opened("lesson", 600, "light")
    done, whole = (page.locator(f"div.{name}").first.bounding_box() for name in ("mt-on", "mt-off"))
    assert done is not None
    assert whole is not None
    assert done["width"] / whole["width"] == pytest.approx(2 / 5, abs=0.01)


def test_a_letter_is_light_enough():
    assert all(len(letter.html.encode()) < 60 * 1024 for letter in LETTERS.values())


def test_nothing_is_fetched_but_the_authors_pictures():
    html = LETTERS["lesson"].html
    for never in ("<script", "<form", "<iframe", "<link", "@import", "@font-face", "url(", "http://", "javascript:"):
        assert never not in html.replace("http://www.w3.org/1999/xhtml", "")

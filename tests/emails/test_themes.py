"""The themes as a reader sees them: in a real browser, on a phone and a desk, by day and by night."""

import json
import struct
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from emails.errors import Unpublishable
from emails.letter import Look, Source
from emails.theme import load_theme, theme_names
from emails.typeset import typeset
from tests.emails.specimen import KINDS, PICTURES, PREVIEW, SCHEMES, THEMES, WIDTHS, digest, letters, page_of

PAPER = {
    ("letter", "light"): "rgb(251, 248, 242)",
    ("letter", "dark"): "rgb(22, 24, 29)",
    ("editorial", "light"): "rgb(248, 242, 231)",
    ("editorial", "dark"): "rgb(29, 25, 22)",
    ("modern", "light"): "rgb(243, 245, 245)",
    ("modern", "dark"): "rgb(20, 24, 26)",
}
# An author's own sections, with and without colours of their own.
PAINTED = """\
<mj-section><mj-column><mj-text>On the theme's card, <span style="color: #8a2020">in red</span>.</mj-text>
<mj-text color="#22252e">Ink.</mj-text><mj-button href="https://example.org">Go</mj-button></mj-column></mj-section>
<mj-section background-color="#ffe9a8"><mj-column><mj-text>On a colour of its own.</mj-text>
<mj-button href="https://example.org" background-color="#5a2d0c" color="#ffffff">Go</mj-button></mj-column></mj-section>
<mj-section><mj-column background-color="#123456"><mj-text color="#ffffff">By night as by day.</mj-text></mj-column>
</mj-section>
"""


@pytest.fixture
def opened(new_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens a letter at a width, by day or by night."""

    def open_letter(html: str, width: int, scheme: str) -> Page:
        page = new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page.set_content(html)
        return page

    return open_letter


def test_there_are_three_and_the_first_is_the_letter():
    assert theme_names() == ("editorial", "letter", "modern")
    assert Look().theme == "letter"


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_letter_is_accessible_and_has_contrast(opened, axe_violations, theme, scheme):
    for name in ("everything", "lesson", "confirmation"):  # the other letters are made of the same pieces
        page = opened(page_of(letters(theme)[name]), 600, scheme)
        assert axe_violations(page, but=("region", "landmark-one-main")) == [], name
        page.close()


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_an_authors_own_colours_can_be_read_by_day_and_by_night(opened, axe_violations, theme, scheme):
    compiled = typeset(Source("mjml", "Colours", PREVIEW, PAINTED), Look(theme))
    page = opened(compiled.html, 600, scheme)
    assert axe_violations(page, but=("region", "landmark-one-main", "page-has-heading-one")) == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_screen(opened, theme, width):
    page = opened("", width, "light")
    for name in KINDS:
        page.set_content(page_of(letters(theme)[name]))
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_paper_follows_the_readers_night(opened, theme, scheme):
    page = opened(page_of(letters(theme)["lesson"]), 600, scheme)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == PAPER[theme, scheme]


@pytest.mark.parametrize("theme", ["letter", "modern"])
def test_progress_is_as_long_as_it_should_be(opened, theme):
    page = opened(page_of(letters(theme)["lesson"]), 600, "light")
    done, whole = (page.locator(f"div.{name}").first.bounding_box() for name in ("mt-on", "mt-off"))
    assert done is not None
    assert whole is not None
    assert done["width"] / whole["width"] == pytest.approx(2 / 5, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
def test_every_lesson_says_where_it_stands_and_gives_the_controls(theme):
    html = letters(theme)["lesson"].html
    assert "Lesson 2 of 5" in html
    for name in ("reader_page", "read_online", "next", "pause", "slower", "unsubscribe"):
        path = {"reader_page": "/me/SAMPLE", "read_online": "/read/SAMPLE"}.get(name, f"/{name}")
        assert f'{path}"' in html or f"{path}/SAMPLE" in html, name
    assert "●●○○○" in letters("editorial")["lesson"].html


@pytest.mark.parametrize("theme", THEMES)
def test_a_sign_of_life_is_one_button(opened, theme):
    page = opened(page_of(letters(theme)["lesson"]), 600, "light")
    button = page.get_by_role("link", name="I have had my tea")
    assert button.get_attribute("href") == "https://example.org/me/SAMPLE/done"
    assert "I have had my tea:\nhttps://example.org/me/SAMPLE/done\n" in letters(theme)["lesson"].text


@pytest.mark.parametrize("theme", THEMES)
def test_a_letter_is_light_enough_and_fetches_nothing_but_the_authors_pictures(theme):
    for letter in letters(theme).values():
        assert len(letter.html.encode()) < 60 * 1024
        for never in (
            "<script",
            "<form",
            "<iframe",
            "<link",
            "@import",
            "@font-face",
            "url(",
            "http://",
            "javascript:",
        ):
            assert never not in letter.html.replace("http://www.w3.org/1999/xhtml", "")


@pytest.mark.parametrize("theme", THEMES)
def test_colours_logo_and_fonts_are_the_courses_own(theme):
    wishes = {
        "accent": "#0b5d8a",
        "accent_dark": "#9fd3f0",
        "logo": "https://example.org/l.png",
        "font": 'Palatino, "Book Antiqua", serif',
    }
    html = typeset(Source("md", "S", PREVIEW, "[x](https://example.org)"), Look(theme, wishes, "A & B")).html
    assert html.count("#0b5d8a") >= 1
    assert html.count("#9fd3f0") >= 3
    assert 'src="https://example.org/l.png"' in html
    assert 'alt="A &amp; B"' in html
    assert "Palatino, 'Book Antiqua', serif" in html.replace("&#x27;", "'")
    # What stands in a style sheet is no HTML: an escaped quote would end the rule.
    assert "&#" not in html[html.index("prefers-color-scheme") - 3000 : html.index("prefers-color-scheme") + 3000]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("name", "value"), [("accent", "#ffcc00"), ("accent_dark", "#202020")])
def test_a_colour_that_cannot_be_read_is_refused_with_one_that_can(theme, name, value):
    with pytest.raises(Unpublishable) as refused:
        load_theme(theme).chosen({name: value})
    (problem,) = refused.value.problems
    assert f"`{name}` cannot be `{value}`: on #" in problem.message
    would_do = str(problem.hint).removesuffix(" would do").rpartition(" ")[2]
    assert load_theme(theme).chosen({name: would_do})[name] == would_do


@pytest.mark.parametrize("theme", THEMES)
def test_the_defaults_can_be_chosen(theme):
    loaded = load_theme(theme)
    defaults = {name: setting.default for name, setting in loaded.settings.items()}
    assert loaded.chosen(defaults) == loaded.chosen({})


def test_the_pictures_show_the_themes_as_they_are():
    drawn = json.loads((PICTURES / "drawn-from.json").read_text())
    assert drawn == {theme: digest(theme) for theme in THEMES}, "run scripts/theme-pictures, and look at them"
    names = {f"{theme}-{width}-{scheme}.png" for theme in THEMES for width in WIDTHS for scheme in SCHEMES}
    assert {path.name for path in PICTURES.glob("*.png")} == names
    for path in PICTURES.glob("*.png"):
        width, height = struct.unpack(">II", path.read_bytes()[16:24])
        assert width == int(path.name.split("-")[1])
        assert 1000 < height < 3000

"""A house's own themes, and what an author's own sections become in a theme."""

import re
from pathlib import Path

import pytest

from emails.dress import dress
from emails.errors import Unpublishable
from emails.letter import Look, Source
from emails.parsing import Reader
from emails.places import Place
from emails.theme import load_theme, theme_names
from emails.typeset import typeset

PREVIEW = "A preview line that is long enough to be a good one."
SETTINGS = 'card: {kind: color, default: "#fffdf7", against: ["#000000"]}'
LAYOUT = """\
<mjml>
  <mj-head><mj-attributes><mj-class name="lesson" background-color="[[ settings.card ]]" /></mj-attributes></mj-head>
  <mj-body>
    [% if kind == "lesson" %]<mj-raw>[[ title ]]</mj-raw>[% endif %]
    <mt-body />
    <mt-footer />
  </mj-body>
</mjml>
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "layout.mjml").write_text(LAYOUT)
    (folder / "theme.yaml").write_text(SETTINGS)
    return folder


def made(folder: Path, **settings: str) -> str:
    look = Look(folder.name, settings, "A course", str(folder.parent))
    return typeset(Source("md", "Tea", PREVIEW, "Hello"), look).html


def refused(folder: Path, **settings: str) -> str:
    with pytest.raises(Unpublishable) as error:
        made(folder, **settings)
    return str(error.value)


def test_an_own_theme_stands_beside_ours(mine):
    assert theme_names(str(mine.parent)) == ("editorial", "letter", "mine", "modern")
    assert load_theme("mine", str(mine.parent)).own
    assert not load_theme("letter", str(mine.parent)).own
    assert ">Tea" in made(mine)
    assert "#fffdf7" in made(mine)
    assert "#ffffee" in made(mine, card="#ffffee")


def test_one_of_the_same_name_is_used_instead_of_ours(mine):
    letter = mine.rename(mine.with_name("letter"))
    assert "mt-title" not in made(letter)
    assert load_theme("letter", str(letter.parent)).own


def test_a_change_shows_at_once(mine):
    made(mine)
    (mine / "theme.yaml").write_text(SETTINGS.replace("#fffdf7", "#eeeeee") + "\n")
    assert "#eeeeee" in made(mine)


BROKEN_LAYOUTS = [
    (LAYOUT.replace("    <mt-footer />\n", ""), "mine/layout.mjml: The layout has no `<mt-footer />`."),
    (LAYOUT.replace("<mj-body>", "<mj-boby>"), "mine/layout.mjml:3:3: `<mj-boby>` is opened here"),
    (LAYOUT.replace("[% endif %]", "[% endfi %]"), "mine/layout.mjml:4: This cannot be understood"),
    (LAYOUT.replace("settings.card", "settings.cart"), "mine/layout.mjml: The theme's layout cannot be used"),
    (
        LAYOUT.replace("<mt-body />", "<mt-body />{{ reader.nam }}"),
        "mine/layout.mjml:5:16: There is no value `reader.nam`.",
    ),
    (LAYOUT.replace("<mj-raw>", "<mj-raw><script></script>"), "`<script>` cannot be in a mail."),
    ("<mj-section><mt-body /><mt-footer /></mj-section>", "mine/layout.mjml:1: The layout is no `<mjml>` document."),
]


@pytest.mark.parametrize(("layout", "sentence"), BROKEN_LAYOUTS)
def test_a_broken_layout_is_named_with_its_place(mine, layout, sentence):
    (mine / "layout.mjml").write_text(layout)
    assert sentence in refused(mine)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ("card: x", "mine/theme.yaml:1: The theme `mine` cannot be read: `card` needs `kind` and `default`"),
        ("card: {kind: colour, default: x}", "`card` has no kind that we know; there are: color, url, fonts."),
        ("- x", "theme.yaml must hold one line for each setting."),
        ("card: {", "The theme `mine` cannot be read"),
    ],
)
def test_broken_settings_are_a_sentence(mine, settings, sentence):
    (mine / "theme.yaml").write_text(settings)
    assert sentence in refused(mine)


def test_a_theme_without_settings_file_is_a_sentence(mine):
    (mine / "theme.yaml").unlink()
    assert "The theme `mine` cannot be read" in refused(mine)


def test_what_a_colour_is_read_on_is_the_themes_to_say(mine):
    assert "`card` cannot be `#333333`: on #000000 its contrast is 1.6 to 1." in refused(mine, card="#333333")
    (mine / "theme.yaml").write_text('card: {kind: color, default: "#fffdf7", against: [gradient]}')
    assert "#333333" in made(mine, card="#333333")


def classes(body: str) -> list[tuple[str, str | None]]:
    tree = Reader(body, Place()).read()
    dress(tree)
    return [(node.name, node.get("css-class")) for node in tree.elements() if node.name]


def test_sections_that_say_nothing_about_colours_are_dressed():
    body = (
        '<mj-section><mj-column><mj-text>x</mj-text><mj-button css-class="mine">y</mj-button></mj-column></mj-section>'
    )
    assert classes(body) == [
        ("mj-section", "mt-card"),
        ("mj-column", None),
        ("mj-text", "mt-flow"),
        ("mj-button", "mine mt-button"),
    ]


@pytest.mark.parametrize("ground", ["background-color", "background-url"])
def test_what_stands_on_a_colour_of_its_own_is_left_alone(ground):
    body = f'<mj-section {ground}="#123"><mj-column><mj-text>x</mj-text></mj-column></mj-section>'
    assert {style for _, style in classes(body)} == {None}


def test_bare_text_gets_the_space_that_paragraphs_bring():
    tree = Reader(
        "<mj-text>a <b>b</b></mj-text><mj-text><p>c</p></mj-text><mj-text padding='0'>d</mj-text>", Place()
    ).read()
    dress(tree)
    texts = [node for node in tree.elements() if node.name == "mj-text"]
    assert [node.get("padding-bottom") for node in texts] == ["20px", None, None]


def test_a_whole_document_gets_its_footer_and_its_button_and_keeps_its_days():
    document = "<mjml><mj-body><mj-section><mj-column><mj-text>x</mj-text></mj-column></mj-section></mj-body></mjml>"
    compiled = typeset(Source("mjml", "S", PREVIEW, document, asks="I have done it & more"), Look())
    assert "I have done it &amp; more" in compiled.html
    assert 'content="light only"' in compiled.html
    assert compiled.text.count("links.unsubscribe") == 1
    assert compiled.text.count("I have done it & more:\n{{ links.done }}") == 1
    night = document.replace(
        "<mj-body>", "<mj-head><mj-style>@media (prefers-color-scheme: dark) {}</mj-style></mj-head><mj-body>"
    )
    assert 'content="light dark"' in typeset(Source("mjml", "S", PREVIEW, night), Look()).html


def test_an_author_who_has_such_a_button_gets_no_second_one():
    body = "::: button {{ links.done }}\nTea is had\n:::"
    compiled = typeset(Source("md", "S", PREVIEW, body, asks="Done"), Look())
    assert compiled.html.count("{{ links.done }}") == 1
    assert "Done" not in compiled.text


def test_a_body_that_is_missing_is_no_accident():
    with pytest.raises(Unpublishable, match="This document has no `<mj-body>`"):
        typeset(Source("mjml", "S", PREVIEW, "<mjml></mjml>"), Look())


def test_a_heavy_letter_is_warned_of_and_a_heavier_one_refused():
    paragraph = "<mj-section><mj-column><mj-text>" + "word " * 2000 + "</mj-text></mj-column></mj-section>"
    heavy = typeset(Source("mjml", "S", PREVIEW, paragraph * 7), Look())
    assert re.fullmatch(r"1:24: The letter takes 9\d KiB; from 100 on Gmail cuts it off. \(.*\)", str(*heavy.warnings))
    assert heavy.warnings[0].severity == "warning"
    with pytest.raises(Unpublishable, match="Gmail cuts off what is longer than 100"):
        typeset(Source("mjml", "S", PREVIEW, paragraph * 9), Look())


def test_a_document_that_stands_alone_keeps_what_it_says(tmp_path):
    text = '<mjml lang="fr"><mj-head><mj-title>Thé</mj-title></mj-head><mj-body></mj-body></mjml>'
    html = typeset(Source("mjml", "S", PREVIEW, text, alone=True), Look()).html
    assert '<html lang="fr"' in html
    assert "<title>Thé</title>" in html
    assert "unsubscribe" not in html

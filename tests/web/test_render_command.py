"""`meantime course render`: one file by itself, for whoever writes lessons or themes in an editor of their own."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from web.cli.main import main

LESSON = """\
---
id: tea
subject: The kettle and the clock
preview: What the minutes beside a kettle are for, and who drinks the tea.
wait: 2 days
asks: {done: I have had my tea}
---

Dear {{ reader.name }},

![The sea](images/sea.png)
"""
DOCUMENT = """\
<mjml><mj-head><mj-title>Spring</mj-title></mj-head><mj-body background-color="#fce7b4">
<mj-hero background-color="#2a3448"><mj-text color="#ffffff">A hero</mj-text></mj-hero>
<mj-section><mj-column><mj-text><a href="http://example.org">x</a></mj-text></mj-column></mj-section>
</mj-body></mjml>
"""
THEME = """\
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
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "sea.png").write_bytes(b"\x89PNG")
    return tmp_path


def rendered(name: str, text: str, *options: str) -> Result:
    Path(name).write_text(text)
    return CliRunner().invoke(main, ["course", "render", name, "--out", "out.html", *options])


def out() -> str:
    return Path("out.html").read_text("utf-8")


def own_theme(folder: Path, layout: str, settings: str = 'card: {kind: color, default: "#fffdf7"}') -> None:
    theme = folder / "var" / "themes" / "mine"
    theme.mkdir(parents=True, exist_ok=True)
    (theme / "layout.mjml").write_text(layout)
    (theme / "theme.yaml").write_text(settings)


def test_a_lesson_keeps_its_tags(folder):
    result = rendered("01-tea.md", LESSON, "--text", "out.txt")
    assert result.exit_code == 0, result.output
    assert "out.html: " in result.output
    assert "Dear {{ reader.name }}," in out()
    assert "I have had my tea" in out()
    assert 'src="https://example.org/media/sea.png"' in out()
    assert "Dear {{ reader.name }}," in Path("out.txt").read_text()


def test_a_sample_reader_is_put_in_and_the_theme_is_chosen(folder):
    assert rendered("01-tea.md", LESSON, "--sample", "--theme", "modern").exit_code == 0
    assert "Dear Ana," in out()
    assert "#2f6f5e" in out()


def test_a_text_without_front_matter_is_enough(folder):
    assert rendered("note.md", "Hello [x](https://example.org)").exit_code == 0
    assert "Hello" in out()


def test_a_whole_document_is_compiled_as_it_is(folder):
    result = rendered("spring.mjml", DOCUMENT.replace("\n", "\r\n"))
    assert result.exit_code == 0, result.output
    assert "spring.mjml:3:36: `http://example.org` cannot be used in a mail." in result.output
    assert "<title>Spring</title>" in out()
    assert "A hero" in out()
    assert "unsubscribe" not in out()


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.mjml", "<mjml>\r\n<mj-body><mj-section><mj-colum>", "a.mjml:2:22: `<mj-colum>`"),
        ("a.mjml", DOCUMENT.replace("http://example.org", "javascript:x"), "a.mjml:3:36: `javascript:x` cannot be"),
        (
            "a.mjml",
            "<mj-section><mj-column><mj-carousel /></mj-column></mj-section>",
            "`<mj-carousel>` is not available",
        ),
        ("a.md", LESSON.replace("reader.name", "reader.nam"), "a.md:9:6: There is no value `reader.nam`."),
        ("a.md", LESSON.replace("sea.png", "sky.png"), "a.md:11:"),
        ("a.md", LESSON.replace("2 days", "2 dais"), "a.md:5:"),
        ("a.txt", "x", "A lesson ends in .md or .mjml."),
    ],
)
def test_a_broken_file_is_named_with_its_place_and_nothing_is_written(folder, name, text, sentence):
    result = rendered(name, text)
    assert result.exit_code == 1
    assert sentence in result.output
    assert not Path("out.html").exists()


def test_a_file_that_is_no_text_is_a_sentence(folder):
    Path("a.md").write_bytes(b"\xff\xfe\x00")
    result = CliRunner().invoke(main, ["course", "render", "a.md", "--out", "out.html"])
    assert (result.exit_code, "a.md: This is not UTF-8" in result.output) == (1, True)


def test_a_house_has_themes_of_its_own_and_sees_each_change(folder):
    own_theme(folder, THEME)
    assert rendered("01-tea.md", LESSON, "--theme", "mine").exit_code == 0
    assert "#fffdf7" in out()
    assert "The kettle and the clock" in out()
    assert "links.unsubscribe" in out()
    own_theme(folder, THEME, 'card: {kind: color, default: "#eeeeee"}')
    assert rendered("01-tea.md", LESSON, "--theme", "mine").exit_code == 0
    assert "#eeeeee" in out()


BROKEN = [
    (THEME.replace("    <mt-footer />\n", ""), "mine/layout.mjml: The layout has no `<mt-footer />`."),
    (THEME.replace("<mj-body>", "<mj-boby>"), "mine/layout.mjml:3:3: `<mj-boby>` is opened here"),
    (THEME.replace("[% endif %]", "[% endfi %]"), "mine/layout.mjml:4: This cannot be understood"),
    (THEME.replace("settings.card", "settings.cart"), "mine/layout.mjml: The theme's layout cannot be used"),
    (
        THEME.replace("</mj-body>", "{{ reader.nam }}</mj-body>"),
        "mine/layout.mjml:7:3: There is no value `reader.nam`.",
    ),
    ("<mj-section><mt-body /><mt-footer /></mj-section>", "mine/layout.mjml:1: The layout is no `<mjml>` document."),
]


@pytest.mark.parametrize(("layout", "sentence"), BROKEN)
def test_a_broken_theme_is_named_with_its_place(folder, layout, sentence):
    own_theme(folder, layout)
    result = rendered("01-tea.md", LESSON, "--theme", "mine")
    assert result.exit_code == 1
    assert sentence in result.output


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ("card: x", "mine/theme.yaml:1: The theme `mine` cannot be read: `card` needs `kind` and `default`"),
        ("card: {kind: colour, default: x}", "`card` has no kind that we know; there are: color, url, fonts."),
        ("- x", "theme.yaml must hold one line for each setting."),
        ("card: {", "mine/theme.yaml:1: The theme `mine` cannot be read"),
    ],
)
def test_broken_settings_are_a_sentence(folder, settings, sentence):
    own_theme(folder, THEME, settings)
    result = rendered("01-tea.md", LESSON, "--theme", "mine")
    assert result.exit_code == 1
    assert sentence in result.output


def test_no_name_leads_out_of_the_folder_of_themes(folder):
    own_theme(folder, THEME)
    result = rendered("01-tea.md", LESSON, "--theme", "../themes/mine")
    assert result.exit_code == 1
    assert "There is no theme `../themes/mine`. (There are: editorial, letter, mine, modern)" in result.output


def test_a_document_with_tags_of_another_system_keeps_them_and_cannot_be_sampled(folder):
    text = DOCUMENT.replace("A hero", "Dear {{FirstName}}")
    kept = rendered("letter.mjml", text)
    assert kept.exit_code == 0
    assert "Dear {{FirstName}}" in out()
    assert "letter.mjml:2:67: There is no value `FirstName`." in kept.stderr
    sampled = rendered("letter.mjml", text, "--sample")
    assert sampled.exit_code == 1
    assert "leave `--sample` out" in sampled.output


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(folder):
    rendered("letter.mjml", DOCUMENT)
    plain = out()
    Path("letter.mjml").write_bytes(b"\xef\xbb\xbf" + DOCUMENT.replace("\n", "\r\n").encode())
    assert CliRunner().invoke(main, ["course", "render", "letter.mjml", "--out", "out.html"]).exit_code == 0
    assert out() == plain

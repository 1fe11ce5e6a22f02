"""What we tell authors is true: the linter lets every example on the page through, and the engine renders it."""

import re
from pathlib import Path

import pytest

from emails.guide import GROUPS, variables_page
from emails.letter import Look, Source
from emails.lint import lint
from emails.markup import DIRECTIVES
from emails.render import render
from emails.sandbox import FILTERS, VARIABLES, sample_values
from emails.theme import load_theme, theme_names
from emails.typeset import typeset

PAGE = Path(__file__).parents[2] / "docs" / "variables.md"
PREVIEW = "A preview line that is long enough to be a good one."
TAGS = re.findall(r"`([^`]*\{\{[^`]*)`", variables_page().replace("\\|", "|"))
BLOCKS = re.findall(r"(?:^    .*\n)+", variables_page(), re.MULTILINE)


def test_the_page_is_what_the_tables_say():
    assert PAGE.read_text("utf-8") == variables_page(), "run scripts/authors-page"


def test_every_value_and_every_filter_is_on_it():
    assert {variable.group for variable in VARIABLES} == set(GROUPS) - {"fields"}
    for variable in VARIABLES:
        assert f"`{{{{ {variable.name} }}}}`" in variables_page()
    for name in FILTERS.keys() - {"e"}:
        assert f"| {name}" in variables_page().replace("\\|", "|")


@pytest.mark.parametrize("example", [*TAGS, *(re.sub("^    ", "", block, flags=re.MULTILINE) for block in BLOCKS)])
def test_every_example_works(example):
    source = Source("md", "Hello", PREVIEW, example)
    assert [str(problem) for problem in lint(source)] == []
    letter = render(typeset(source, Look()), sample_values())
    assert "{%" not in letter.text
    if "raw" not in example:
        assert "{{" not in letter.text


def test_the_first_example_becomes_what_the_page_says():
    written, becomes = (block.strip() for block in BLOCKS[:2])
    letter = render(typeset(Source("md", "Hello", PREVIEW, written), Look()), sample_values())
    assert becomes in letter.text


def fenced(page: str, language: str) -> list[str]:
    text = PAGE.with_name(page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_lesson_in_the_guide_is_one():
    lesson, directives = fenced("lessons.md", "")
    assert "I have done it" in lesson
    for body in (lesson.rpartition("---\n")[2], directives):
        assert [str(problem) for problem in lint(Source("md", "Hello", PREVIEW, body))] == []


def test_the_guide_names_every_directive_and_all_that_is_withheld():
    text = PAGE.with_name("lessons.md").read_text("utf-8")
    assert [name for name in DIRECTIVES if name not in text] == []
    assert [
        name for name in ("carousel", "accordion", "hero", "navbar", "html-attributes", "include") if name not in text
    ] == []


def test_the_theme_in_the_guide_is_one(tmp_path):
    (tmp_path / "autumn").mkdir()
    _, settings = fenced("themes.md", "yaml")
    (tmp_path / "autumn" / "theme.yaml").write_text(settings)
    (tmp_path / "autumn" / "layout.mjml").write_text(fenced("themes.md", "xml")[0])
    look = Look("autumn", {}, "A course", str(tmp_path))
    html = typeset(Source("md", "Hello", PREVIEW, "[x](https://example.org)"), look).html
    assert "color: #7a4b12" in html


def test_the_guide_knows_every_theme_and_its_settings():
    text = PAGE.with_name("themes.md").read_text("utf-8")
    for name in theme_names():
        assert f"| `{name}` |" in text
        assert [setting for setting in load_theme(name).settings if f"`{setting}`" not in text] == []

"""Our own words in letters: every language says everything, with the same values, and letters of it are sound."""

import re

import pytest

from emails.letter import Look, Source
from emails.mirror import turned
from emails.render import render
from emails.sandbox import sample_values
from emails.system import NAMES, typeset_system
from emails.testing import lint_message
from emails.typeset import typeset
from emails.words import direction, languages, words_in
from tests.emails.specimen import PREVIEW, SPECIMEN, THEMES
from tests.emails.test_whole_messages import message

OTHERS = [language for language in languages() if language != "en"]
LOOK = Look("letter", {}, "Breathing Room")
VALUE = re.compile(r"\{\{\s*([\w.]+)")


def values_in(sentence: str) -> set[str]:
    return set(VALUE.findall(sentence)) - {"reader.name"}


def lesson_in(language: str, theme: str = "letter", body: str = SPECIMEN):
    return typeset(Source("md", "The kettle", PREVIEW, body, language), Look(theme, {}, "Breathing Room"))


def test_there_are_these():
    assert set(languages()) >= {"ar", "de", "en", "es", "fr"}


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_sentence_of_the_english_with_the_same_values(language):
    ours, theirs = words_in("en").sentences, words_in(language).sentences
    assert {group: set(each) for group, each in theirs.items()} == {group: set(each) for group, each in ours.items()}
    for group, sentences in ours.items():
        for name, sentence in sentences.items():
            assert values_in(theirs[group][name]) == values_in(sentence), (group, name)
            assert theirs[group][name] != sentence or name in {"note", "footnote", "colon"}, (group, name)
            assert not re.search(r"[<>&]", theirs[group][name].replace("&nbsp;", "")), (group, name)


@pytest.mark.parametrize("language", languages())
def test_what_inboxes_show_has_a_good_length(language):
    for name in NAMES:
        says = words_in(language).sentences[name]
        assert 40 <= len(says["preview"]) <= 110, name
        assert len(says["subject"].replace("{{ course.title }}", "Breathing Room")) <= 60, name


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", OTHERS)
def test_letters_in_every_language_pass_the_message_linter(language, theme):
    look = Look(theme, {}, "Breathing Room")
    for name in NAMES:
        compiled = typeset_system(name, language, look)
        found = [str(problem) for problem in lint_message(message(compiled, bulk=name == "completion"))]
        assert found == [], name
        assert f'<html lang="{language}" dir="{direction(language)}"' in compiled.html
    compiled = lesson_in(language, theme)
    assert [str(problem) for problem in lint_message(message(compiled, bulk=True))] == []


def test_a_lesson_speaks_the_courses_language_to_the_last_line():
    letter = render(lesson_in("de-AT", body="::: tip\nTee.\n:::\n\nx[^1]\n\n[^1]: Y"), sample_values())
    for part in (letter.html, letter.text):
        for words in (
            "Lektion 2 von 5",
            "Diesen Kurs verlassen",
            "weil Sie sich",
            "Als Nächstes:",
            "Tipp",
            "Pausieren",
        ):
            assert words in " ".join(part.split()), words
        assert "Leave this course" not in part
    assert "[Anm. 1]" in letter.text
    assert 'lang="en"' not in letter.html


def test_in_a_language_that_we_do_not_have_our_words_are_english_and_say_so():
    html = render(lesson_in("pl"), sample_values()).html
    assert '<html lang="pl" dir="ltr"' in html
    for words in ("Lesson 2 of 5", "Next:", "It comes on"):
        assert re.search(rf'<span lang="en" dir="ltr"[^>]*>{words}', html), words
    assert re.search(r'<p class="foot"[^>]* lang="en" dir="ltr"[^>]*><a [^>]*>Your page', html)
    assert '<html lang="en" dir="ltr"' in typeset_system("confirmation", "pl", LOOK).html
    assert 'lang="en-GB"' in typeset_system("confirmation", "en-GB", LOOK).html


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", ["ar", "he", "fa"])
def test_languages_from_right_to_left_begin_on_the_right(language, theme):
    html = lesson_in(language, theme).html
    assert f'<html lang="{language}" dir="rtl"' in html
    assert "direction:ltr" not in html
    assert "text-align:right" in html
    assert "text-align: left" not in html.replace("text-align:left;direction:rtl", "")
    assert not re.search(r"border-left: ?\d", html)
    assert "padding: 0 26px 0 0" in html or "padding: 0 22px 0 0" in html  # lists are indented from the right


def test_what_authors_align_themselves_stays_where_they_put_it():
    body = '<mj-section><mj-column><mj-text align="left">abc</mj-text><mj-text>def</mj-text></mj-column></mj-section>'
    html = typeset(Source("mjml", "S", PREVIEW, body, "ar"), LOOK).html
    assert re.search(r"text-align:left;[^>]*>(<p[^>]*>)?\s*abc", html)
    assert re.search(r"text-align:right;[^>]*>(<p[^>]*>)?\s*def", html)


@pytest.mark.parametrize(
    ("style", "other"),
    [
        ("padding: 0 0 0 26px", "padding: 0 26px 0 0"),
        ("margin:1px 2px 3px 4px;color:red", "margin:1px 4px 3px 2px;color:red"),
        ("border-left: 3px solid", "border-right: 3px solid"),
        ("text-align: left; float:right", "text-align: right; float:left"),
        ("border-radius: 1px 2px 3px 4px", "border-radius: 2px 1px 4px 3px"),
        ("padding: 8px 12px", "padding: 8px 12px"),
        (".left { padding-left: 22px !important; }", ".left { padding-right: 22px !important; }"),
    ],
)
def test_a_style_is_turned_over_and_back(style, other):
    assert turned(style) == other
    assert turned(other) == style


@pytest.mark.parametrize("theme", THEMES)
def test_joined_letters_are_not_torn_and_do_not_lean(theme):
    html = lesson_in("ar", theme).html.replace("letter-spacing: 0.4em", "")  # the dots of progress
    assert "letter-spacing" not in html
    assert not re.search(r"font-style: ?italic", html)

"""From an author's source to a stored compilation."""

import re

import pytest

from emails.errors import Unpublishable
from emails.letter import Compiled, Format, Look, Source
from emails.render import render
from emails.sandbox import sample_values
from emails.system import NAMES, typeset_system
from emails.typeset import COMPILER, typeset

LOOK = Look("letter", {}, "Breathing Room")
PREVIEW = "Nobody else can make you happy, and that is good news for both of you."
LESSON = """\
Dear {{ reader.name | fallback("friend") }}, read [this page](https://example.org/a?b=1&c=2).

{% if lesson.number < 3 %}

It is early.

{% endif %}

::: button {{ links.done }}
I have done it
:::
"""


def made(body: str, form: Format = "md", **options: object) -> Compiled:
    source = Source(form, "Your own weather", PREVIEW, body, **options)  # type: ignore[arg-type]
    return typeset(source, LOOK)


def values(**changes: str | int) -> dict[str, dict[str, str | int]]:
    """The sample values with some replaced: values(reader__name="Bo")."""
    filled = sample_values()
    for name, value in changes.items():
        group, _, field = name.partition("__")
        filled[group][field] = value
    return filled


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def visible(html: str) -> str:
    body = html[html.index("<body") :]
    return re.sub(r"<!--.*?-->|<[^>]*>", " ", body, flags=re.DOTALL)


def test_a_lesson_keeps_the_readers_tags_and_nothing_else():
    compiled = made(LESSON)
    assert '{{ reader.name | fallback("friend") }}' in compiled.html
    assert 'href="{{ links.done }}"' in compiled.html
    assert "{% if lesson.number < 3 %}" in compiled.html
    assert "[[" not in compiled.html + compiled.text
    assert "mtq" not in compiled.html + compiled.text
    assert compiled.links == ("https://example.org/a?b=1&c=2",)
    assert compiled.compiler == COMPILER


def test_the_same_source_gives_the_same_bytes():
    assert made(LESSON) == made(LESSON)


def test_line_ends_and_control_characters_make_no_difference():
    assert made(LESSON.replace("\n", "\r\n").replace("It is", "It\x00\u202e\ud800 is")) == made(LESSON)


def test_the_themes_styles_stand_in_the_elements():
    html = made("A paragraph with [a link](https://example.org/a).").html
    assert '<p style="margin: 0 0 20px">A paragraph' in html
    assert '<a href="https://example.org/a" style="color: #b8452b; text-decoration: underline">' in html


def test_what_a_reader_gets_depends_on_their_values():
    compiled = made(LESSON)
    early = render(compiled, values(reader__name="<Bo>", lesson__number=1))
    late = render(compiled, values(reader__name="", lesson__number=4))
    assert "Dear &lt;Bo&gt;," in early.html
    assert "Dear <Bo>," in early.text
    assert "Dear friend," in late.html
    assert "It is early." in early.html
    assert "It is early." in early.text
    assert "It is early." not in late.html + late.text
    assert "\n\n\n" not in late.text
    assert "Lesson 4 of 5" in late.html
    assert "Lesson 4 of 5" in late.text


def test_the_head_is_whole():
    html = render(made(LESSON, language="de"), values()).html
    assert html.startswith('<!doctype html><html lang="de" dir="ltr"')
    assert "<title>Your own weather</title>" in html
    assert '<meta name="color-scheme" content="light dark">' in html
    assert 'role="article" lang="de"' in html
    assert "prefers-color-scheme: dark" in html
    assert html.count("<title>") == 1


def test_the_preheader_stands_first_and_hides_without_white():
    html = render(made(LESSON), values()).html
    body = html[html.index("<body") :]
    assert body.index(PREVIEW) < body.index("Breathing Room")
    assert "color:#ffffff;line-height:1px" not in html


def test_subject_and_preview_may_hold_tags():
    source = Source("md", "{{ reader.name }}: a & b", "For {{ reader.name }} <3 and everybody who is patient.", "x")
    letter = render(typeset(source, LOOK), values(reader__name="A & B"))
    assert letter.subject == "A & B: a & b"
    assert "<title>A &amp; B: a &amp; b</title>" in letter.html
    assert "For A &amp; B &lt;3 and" in letter.html


def test_both_parts_say_who_why_and_how_to_leave():
    letter = render(made(LESSON), values())
    for part in (letter.html, letter.text):
        for needed in (
            "/unsubscribe/SAMPLE",
            "/me/SAMPLE",
            "/read/SAMPLE",
            "/me/SAMPLE/next",
            "Quiet Lane 4",
            "Robin Hale",
        ):
            assert needed in part
        assert "You get this letter because you signed up for" in part
        assert "Tuesday at 09:00" in part


def test_nothing_is_promised_where_nothing_comes():
    letter = render(made(LESSON), values(next_lesson__date="", links__next_now="", sender__postal_address=""))
    for part in (letter.html, letter.text):
        assert "Next:" not in part
        assert "next lesson now" not in part
        assert "Robin Hale, <" not in part


@pytest.mark.parametrize("form", ["md", "mjml"])
def test_the_text_part_says_what_the_html_says(form):
    body = (
        LESSON
        if form == "md"
        else "<mj-section><mj-column><mj-text><p>Dear {{ reader.name }},</p><p>Read this.</p></mj-text>"
        "</mj-column></mj-section>"
    )
    letter = render(made(body, form), values())
    shown = words(visible(letter.html).replace(PREVIEW, ""))
    written = set(words(letter.text))
    assert sum(word in written for word in shown) / len(shown) >= 0.85
    assert max(map(len, letter.text.splitlines())) <= 78
    assert not re.search(r"<\w|&\w+;|\{\{|\{%", letter.text)


def test_mjml_sections_get_the_theme():
    compiled = made("<mj-section><mj-column><mj-text>A {{ reader.name }}</mj-text></mj-column></mj-section>", "mjml")
    assert "Lesson {{ lesson.number }} of {{ lesson.count }}" in compiled.html
    assert "A {{ reader.name }}" in compiled.html


DOCUMENT = (
    "<mjml><mj-head><mj-title>Other</mj-title></mj-head><mj-body><mj-section>"
    "<mj-column><mj-text>{}</mj-text></mj-column></mj-section></mj-body></mjml>"
)


def test_a_whole_document_is_taken_as_it_is_with_a_way_out_added():
    letter = render(made(DOCUMENT.format("Hello"), "mjml"), values())
    assert "Lesson 2 of 5" not in letter.html
    assert letter.html.count("/unsubscribe/SAMPLE") == 1
    assert letter.text.count("/unsubscribe/SAMPLE") == 1
    assert "<title>Your own weather</title>" in letter.html


def test_a_document_with_its_own_way_out_gets_no_second_one():
    letter = render(made(DOCUMENT.format('<a href="{{ links.unsubscribe }}">Leave</a>'), "mjml"), values())
    assert letter.html.count("/unsubscribe/SAMPLE") == 1
    assert letter.text.count("/unsubscribe/SAMPLE") == 1


def test_a_document_without_a_head_gets_one():
    body = "<mjml><mj-body><mj-section><mj-column><mj-text>x</mj-text></mj-column></mj-section></mj-body></mjml>"
    assert "<title>Your own weather</title>" in made(body, "mjml").html


def test_pictures_of_the_course_get_their_addresses():
    compiled = made("![A sea](images/sea.png)", media={"images/sea.png": "https://example.org/media/1"})
    assert 'src="https://example.org/media/1"' in compiled.html
    assert 'alt="A sea"' in compiled.html
    assert re.search(r'<img[^>]* width="\d+"', compiled.html)


def test_a_course_chooses_its_colours_and_logo():
    settings = {"accent": "#123456", "accent_dark": "#abcdef", "logo": "https://example.org/logo.png"}
    html = typeset(Source("md", "S", PREVIEW, "[x](https://example.org)"), Look("letter", settings, "A & B")).html
    assert "color: #123456" in html
    assert "#abcdef !important" in html
    assert 'src="https://example.org/logo.png"' in html
    assert 'alt="A &amp; B"' in html


@pytest.mark.parametrize(
    ("look", "sentence"),
    [
        (Look("leter"), "There is no theme `leter`. (There are: letter)"),
        (Look("../letter"), "There is no theme `../letter`."),
        (Look("letter", {"acent": "#123456"}), "The theme `letter` has no setting `acent`."),
        (Look("letter", {"accent": "red;}"}), "`accent` must be a colour such as #b8452b, not `red;}`."),
        (Look("letter", {"logo": "javascript:x"}), "`logo` must be an https address, or nothing"),
    ],
)
def test_a_look_that_cannot_be_used_is_refused(look, sentence):
    with pytest.raises(Unpublishable) as refused:
        typeset(Source("md", "S", PREVIEW, "x"), look)
    assert sentence.removesuffix(" (There are: letter)") in str(refused.value)


def test_a_course_title_with_braces_is_only_a_title():
    html = typeset(Source("md", "S", PREVIEW, "x"), Look("letter", {}, "{{ 7 * 7 }} {% x")).html
    assert '{{ "{" }}{ 7 * 7 }}' in html


def test_errors_forbid_publishing_and_keep_their_lines():
    with pytest.raises(Unpublishable) as refused:
        made("a\n\n{{ reader.nam }}", first_line=7)
    assert [problem.line for problem in refused.value.problems] == [9]


def test_a_letter_that_fails_with_some_values_is_not_published():
    with pytest.raises(Unpublishable, match="cannot be personalised"):
        made("{{ reader.name + 1 }}")


def test_a_letter_that_gmail_would_cut_is_not_published():
    with pytest.raises(Unpublishable, match="Gmail cuts off"):
        made("word " * 30_000)


@pytest.mark.parametrize("name", NAMES)
def test_system_letters_have_one_way_to_answer(name):
    compiled = typeset_system(name, "en-GB", LOOK)
    letter = render(compiled, values())
    answer = {"confirmation": "/confirm/SAMPLE", "sign_in": "/me/in/SAMPLE"}.get(name, "/me/SAMPLE")
    assert letter.html.count("mt-button") - letter.html.count(".mt-button") == 1
    for part in (letter.html, letter.text):
        assert answer in part
        assert "Quiet Lane 4" in part
    assert letter.subject.strip()
    assert max(map(len, letter.text.splitlines())) <= 78
    shown = words(visible(letter.html))
    assert sum(word in set(words(letter.text)) for word in shown) / len(shown) >= 0.85
    assert ("/unsubscribe/" in letter.text) == (name in {"completion", "already_in"})


def test_a_confirmation_shows_nothing_that_a_stranger_could_have_typed():
    compiled = typeset_system("confirmation", "en", LOOK)
    assert "reader." not in compiled.subject + compiled.html + compiled.text


def test_there_are_no_other_system_letters():
    with pytest.raises(ValueError, match="no system letter"):
        typeset_system("../lesson", "en", LOOK)


@pytest.mark.parametrize("number", [2, 4])
def test_conditions_around_sections_hold_as_the_guide_of_mjml_writes_them(number):
    section = "<mj-section><mj-column><mj-text>Only at first.</mj-text></mj-column></mj-section>"
    body = f"<mj-raw>{{% if lesson.number < 3 %}}</mj-raw>{section}<mj-raw>{{% endif %}}</mj-raw>"
    given = sample_values()
    given["lesson"]["number"] = number
    letter = render(typeset(Source("mjml", "S", PREVIEW, body), LOOK), given)
    assert ("Only at first." in letter.html) == (number == 2)
    assert ("Only at first." in letter.text) == (number == 2)

"""Template tags arrive wherever a person would put them, and words and pictures' descriptions arrive unchanged."""

import subprocess
import sys
from html import escape
from html.parser import HTMLParser

import pytest

from emails.letter import Look, Rendered, Source
from emails.lint import lint
from emails.render import render
from emails.sandbox import sample_values
from emails.typeset import typeset

PREVIEW = "A preview line that is long enough to be a good one."
HEAD = "<mj-attributes><mj-all color='#222222' /></mj-attributes>"


def document(body: str, head: str = HEAD) -> Source:
    text = f"<mjml><mj-head>{head}</mj-head><mj-body>{body}</mj-body></mjml>"
    return Source("mjml", "A document", PREVIEW, text, alone=True)


def section(inside: str) -> str:
    return f"<mj-section><mj-column>{inside}</mj-column></mj-section>"


def read(html: str) -> list[tuple[str, dict[str, str | None]]]:
    """The start tags as a browser reads them."""

    class Tags(HTMLParser):
        found: list[tuple[str, dict[str, str | None]]] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.found = [*self.found, (tag, dict(attrs))]

    parser = Tags()
    parser.feed(html)
    return parser.found


def filled(body: str) -> Rendered:
    return render(typeset(document(body), Look()), sample_values())


TEXT = section("<mj-text>x</mj-text>")
IN_PLACE = [
    section("<mj-text>Hi {{ reader.name | fallback('friend') }}!</mj-text>"),
    section("<mj-text>{% if lesson.number < 3 %}a{% elif lesson.number > 4 %}b{% else %}c{% endif %}</mj-text>"),
    section("<mj-text><p>{% if lesson.number < 3 and reader.name %}a{% endif %}</p></mj-text>"),
    f"{{% if lesson.number < 3 %}}{TEXT}{{% else %}}{TEXT}{{% endif %}}",
    f"<mj-wrapper>{{% if lesson.number < 3 %}}{TEXT}{{% endif %}}</mj-wrapper>",
    "<mj-section>{% if lesson.number < 3 %}<mj-column><mj-text>x</mj-text></mj-column>{% endif %}</mj-section>",
    section("{% if lesson.number < 3 %}<mj-text>x</mj-text>{% endif %}<mj-spacer />"),
    section("<mj-raw>{% if lesson.number < 3 %}<p>x</p>{% endif %}</mj-raw>"),
    section("<mj-table><tr>{% if lesson.number < 3 %}<td>x</td>{% endif %}</tr></mj-table>"),
    section("<mj-button href='#'>{{ lesson.number }} of {{ lesson.count }}</mj-button>"),
    section("<mj-text>{% for item in items %}<p>{{ item.name }}</p>{% endfor %}</mj-text>"),
    f"{{% for item in items %}}{TEXT}{{% endfor %}}",
    section("<mj-text>{{ FirstName }} {% set x = 1 %} {% verbatim %}</mj-text>"),
]


@pytest.mark.parametrize("body", IN_PLACE)
def test_tags_stand_in_the_html_as_they_were_written_and_in_order(body):
    html = typeset(document(body), Look()).html
    tags = [piece.split("%}")[0] + "%}" for piece in body.split("{%")[1:]]
    places = []
    for tag in tags:
        places.append(html.index("{%" + tag, places[-1] + 1 if places else 0))
    assert places == sorted(places)
    assert html.count("{{") == body.count("{{")


ADDRESSES = [
    ("""{{ links.done }}?a='x'""", "https://example.org/me/SAMPLE/done?a='x'"),
    ("""{{ links["done"] }}""", "https://example.org/me/SAMPLE/done"),
    ("""https://a.b/?n={{ reader.name | fallback("x") | urlencode }}&b=1""", "https://a.b/?n=Ana&b=1"),
    ("""https://a.b/{{ "x" }}/{{ 'y' }}""", "https://a.b/x/y"),
    ("""{% if lesson.number < 3 %}{{ links.done }}{% else %}https://a.b{% endif %}""", None),
    ("""https://a.b/?x={{ reader.name | fallback('a "b"') }}""", "https://a.b/?x=Ana"),
    ("""https://a.b/{# a "note" #}c""", "https://a.b/c"),
]


@pytest.mark.parametrize(("address", "arrives"), ADDRESSES)
@pytest.mark.parametrize("element", ['<mj-button href="{}">x</mj-button>', '<mj-text><a href="{}">x</a></mj-text>'])
def test_tags_with_quotes_work_inside_an_address_in_quotes(address, arrives, element):
    letter = filled(section(element.replace("{}", address)))
    links = [attributes.get("href") for tag, attributes in read(letter.html) if tag == "a"]
    assert links == [arrives or "https://example.org/me/SAMPLE/done"]


@pytest.mark.parametrize("name", ["alt", "title"])
def test_tags_work_in_words_about_a_picture(name):
    words = '{{ reader.name | fallback("you") }}\'s {% if lesson.number < 3 %}sea{% endif %}'
    letter = filled(section(f'<mj-image src="https://a.b/c" {name}="{words}" />'))
    assert [each.get(name) for tag, each in read(letter.html) if tag == "img"] == ["Ana's sea"]


def test_braces_that_are_no_tags_are_printed():
    body = section("<mj-text>{% raw %}{{ like this }} {% and %} {# so #}{% endraw %} { a } &#123;{ b }}</mj-text>")
    assert "{{ like this }} {% and %} {# so #} { a } &#123;{ b }}" in filled(body).html
    image = section('<mj-image src="https://a.b/c" alt="&#123;{ reader.name }}" />')
    assert 'alt="{{ reader.name }}"' in filled(image).html


def test_a_style_may_hold_what_looks_like_a_tag():
    head = "<mj-style>@media all{.a{color:red}}</mj-style><mj-style>.b {color: {{ reader.name }}}</mj-style>"
    html = render(typeset(document(TEXT, head), Look()), sample_values()).html
    assert "@media all{.a{color:red}}" in html
    assert ".b {color: Ana}" in html


WORDS = [
    "👍🏽 👨‍👩‍👧‍👦 🏳️‍🌈", "a\u00a0b\u202fc", "“q” 'a' «b»", "say &quot;hi&quot; &amp; go", "שלום עולם",
    "مرحبا", "a\u200db\u200e",
    "e\u0301 é ñ", "5 < 6 > 4", "a &lt;b&gt; c", "tab\tin", "\\n \\u{1F600} \\'", "中文 日本語",
    "½ € ™ &trade;", "x" * 300,
]  # fmt: skip


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("name", ["alt", "title"])
def test_descriptions_and_titles_arrive_unchanged(words, name):
    meant = read(f'<img alt="{words}">')[0][1]["alt"]
    for element in (
        f'<mj-image src="https://a.b/c" {name}="{words}" />',
        f'<mj-text><img {name}="{words}" width="1" src="https://a.b/c"></mj-text>',
    ):
        html = filled(section(element)).html
        assert [each.get(name) for tag, each in read(html) if tag == "img"] == [meant]


def test_the_same_source_gives_the_same_bytes_in_every_process():
    code = (
        "import hashlib; from emails.letter import Look; from emails.typeset import typeset;"
        "import tests.emails.test_survival as t;"
        "print(hashlib.sha256(''.join(typeset(t.document(b), Look()).html for b in t.IN_PLACE).encode()).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(runs) == 1


WORDS_IN_MARKDOWN = "👨\u200d👩\u200d👧 a\u00a0b “q” \"dq\" 'sq' & مرحبا שלום"


@pytest.mark.parametrize(
    "body",
    [
        "![{}](https://a.b/c)",
        "::: image https://a.b/c\n{}\n:::",
        "::: video https://a.b/v https://a.b/c\n{}\n:::",
        "words ![{}](https://a.b/c) words",
        "```mjml\n<MJ-IMAGE SRC='https://a.b/c' ALT=\"{}\"/>\n```",
    ],
)
def test_descriptions_in_markdown_arrive_unchanged(body):
    written = escape(WORDS_IN_MARKDOWN) if "ALT" in body else WORDS_IN_MARKDOWN
    source = Source("md", "Hello", PREVIEW, body.replace("{}", written))
    letter = render(typeset(source, Look()), sample_values())
    assert [each.get("alt") for tag, each in read(letter.html) if tag == "img"] == [WORDS_IN_MARKDOWN]


def test_a_picture_in_markdown_keeps_its_title():
    source = Source("md", "Hello", PREVIEW, '![x](https://a.b/c "👍 {{ reader.name }} \'s")')
    letter = render(typeset(source, Look()), sample_values())
    assert [each.get("title") for tag, each in read(letter.html) if tag == "img"] == ["👍 Ana 's"]


def test_what_mj_attributes_say_of_a_picture_counts():
    head = "<mj-attributes><mj-image alt='👍 {{ reader.name }}' title='“q”' /></mj-attributes>"
    source = document(section("<mj-image src='https://a.b/c' /><mj-image src='https://a.b/d' alt='' />"), head)
    pictures = [each for tag, each in read(render(typeset(source, Look()), sample_values()).html) if tag == "img"]
    assert [(each["alt"], each["title"]) for each in pictures] == [("👍 Ana", "“q”"), ("", "“q”")]
    assert lint(source) == ()


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("- a\n{% if lesson.number < 3 %}\n- b\n{% endif %}\n- c", "- a\n\n- b\n\n- c\n"),
        ("1. a\n{% if lesson.number < 3 %}\n2. b\n{% endif %}\n3. c", "1. a\n\n2. b\n\n3. c\n"),
        ("{% if lesson.number > 3 %}\n- a\n{% else %}\n- b\n{% endif %}", "- b\n"),
        ("Hello\n{% if lesson.number < 3 %}\nmore\n{% endif %}", "Hello  more"),
    ],
)
def test_a_choice_stands_between_the_items_of_a_list(body, shown):
    letter = render(typeset(Source("md", "Hello", PREVIEW, body), Look()), sample_values())
    assert shown in letter.text
    assert letter.html.count("<li") == letter.html.count("</li>") == shown.count("- ") + shown.count(". ")


@pytest.mark.parametrize("name", ["mj-accordion", "mj-carousel", "mj-hero", "mj-navbar"])
def test_what_few_programs_show_is_warned_of_in_a_document_and_refused_in_a_lesson(name):
    inside = f"<{name}></{name}>"
    text = f"<mjml><mj-body>{inside if name == 'mj-hero' else section(inside)}</mj-body></mjml>"
    alone, lesson = (lint(Source("mjml", "Hello", PREVIEW, text, alone=each)) for each in (True, False))
    assert [str(each) for each in alone if f"`<{name}>` cannot be relied on" in each.message]
    assert [each for each in lesson if each.message == f"`<{name}>` is not available here."]

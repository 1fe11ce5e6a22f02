"""The linter says what is wrong, where, and what to do."""

import pytest

from course.errors import Problem
from emails.letter import Format, Source
from emails.lint import lint

PREVIEW = "A preview line that is long enough to be a good one."


def problems(body: str, *, form: Format = "mjml", subject: str = "Hello", preview: str = PREVIEW) -> list[Problem]:
    return list(lint(Source(form, subject, preview, body, first_line=10)))


def column(inside: str) -> str:
    return f"<mj-section><mj-column>{inside}</mj-column></mj-section>"


def said(body: str, **options: str) -> str:
    return "\n".join(map(str, problems(body, **options)))


SOUND = [
    "<mj-raw>{% if lesson.number < 3 %}</mj-raw>" + column("<mj-text>x</mj-text>") + "<mj-raw> {% endif %} </mj-raw>",
    column("<mj-text>Hello {{ reader.name | fallback('friend') }}</mj-text>"),
    column('<mj-image src="https://example.org/a.png" alt="" width="100px" /><mj-divider />'),
    "{% if lesson.number < 3 %}" + column("<mj-text>a<br>b</mj-text>") + "{% endif %}",
    "<mj-wrapper>" + column('<mj-button href="{{ links.done }}">Done</mj-button>') + "</mj-wrapper>",
    "<mjml><mj-head><mj-attributes><mj-class name='x' color='red'><mj-text color='red' /></mj-class></mj-attributes>"
    f"<mj-style>p > a {{ color: red }}</mj-style></mj-head><mj-body>{column('<mj-table><tr><td>x</mj-table>')}"
    "</mj-body></mjml>",
    column('<mj-text><a href="mailto:a@example.org">a</a> <a href="#top">b</a> 3 < 4 &amp; 5 > 4</mj-text>'),
]


@pytest.mark.parametrize("body", SOUND)
def test_sound_mjml_has_no_errors(body):
    assert [str(problem) for problem in problems(body) if problem.severity == "error"] == []


BROKEN = [
    ("<mj-section>\n  <mj-colum>\n", "11:3: `<mj-colum>` is no MJML element. (did you mean `<mj-column>`?)"),
    (column("<mj-txt>x</mj-txt>"), "10:24: `<mj-txt>` is no MJML element. (did you mean `<mj-text>`?)"),
    (column("<mj-zzzzzz />"), "10:24: `<mj-zzzzzz>` is no MJML element."),
    ("<mj-text>x</mj-text>", "10:1: `<mj-text>` cannot stand in `<mj-body>`."),
    (column(column("<mj-text>x</mj-text>")), "10:24: `<mj-section>` cannot stand in `<mj-column>`."),
    (column("<p>x</p>"), "10:24: `<p>` cannot stand in `<mj-column>`. (put it in `<mj-text>`, or in `<mj-raw>`)"),
    (column("loose"), "10:24: Text cannot stand in `<mj-column>`: “loose”."),
    (column("<mj-carousel />"), "10:24: `<mj-carousel>` is not available here."),
    ("<mj-raw>{% if reader.name %}</mj-raw>", "10:9: `{% if reader.name %}` has no `{% endif %}`."),
    (
        "<mj-raw>{% if reader.name %}a</mj-raw><mj-raw>{% endif %}</mj-raw>",
        "It does not end in `<mj-raw>`, where it begins",
    ),
    ("<mjml><mj-raw>x</mj-raw><mj-body></mj-body></mjml>", "10:7: `<mj-raw>` cannot stand in `<mjml>`."),
    (column("<mj-navbar />"), "10:24: `<mj-navbar>` is not available here."),
    (column("<mj-accordion />"), "10:24: `<mj-accordion>` is not available here."),
    (
        "<mj-hero></mj-hero>",
        "10:1: `<mj-hero>` is not available here. (it needs tricks that many mail programs do not know)",
    ),
    ("<mjml><mj-head></mj-head></mjml>", "10:1: This document has no `<mj-body>`."),
    (column('<mj-include path="/etc/passwd" />'), "10:24: `<mj-include>` is not available here."),
    (column("<mj-text color='12'>x</mj-text>"), "10:33: `color` cannot be `12`. (a colour looks like #b8452b)"),
    (column("<mj-text align='middle'>x</mj-text>"), "10:33: `align` cannot be `middle`."),
    (column("<mj-text padding='1 two'>x</mj-text>"), "10:33: `padding` cannot be `1 two`."),
    (column("<mj-image width='wide' alt='' src='https://a.b/c' />"), "10:34: `width` cannot be `wide`."),
    (column("<mj-text css-class='ü'>x</mj-text>"), "10:33: `css-class` cannot be `ü`."),
    (column("<mj-image src='http://a.b/c' alt='' />"), "10:34: `http://a.b/c` cannot be used in a mail."),
    (column("<mj-image src='c.png' alt='' />"), "10:34: `c.png` is no full address."),
    (column("<mj-image src='' alt='' />"), "10:34: `src` is empty."),
    (column("<mj-text><a href='javascript:x'>x</a></mj-text>"), "10:36: `javascript:x` cannot be used in a mail."),
    (column("<mj-text><a href='{{ reader.name }}'>x</a></mj-text>"), "`{{ reader.name }}` cannot begin a link."),
    (column("<mj-text><script>x</script></mj-text>"), "10:33: `<script>` cannot be in a mail."),
    (column("<mj-text><form></form></mj-text>"), "10:33: `<form>` cannot be in a mail."),
    (column("<mj-text><b onclick='x'>x</b></mj-text>"), "10:36: `onclick` cannot be in a mail"),
    (column("<mj-text><b style='background: url(x)'>x</b></mj-text>"), "Styles cannot load or run anything: `url(`."),
    (column("<mj-text><b {{ reader.name }}>x</b></mj-text>"), "10:36: Tags cannot stand between attributes."),
    (column("<mj-text {{ reader.name }}>x</mj-text>"), "10:33: Tags cannot stand between attributes."),
    (column("<mj-text color='{{ reader.name }}'>x</mj-text>"), "10:33: Tags cannot stand in `color`."),
    (column("<mj-text><mj-button>x</mj-button></mj-text>"), "10:33: `<mj-button>` cannot stand in `<mj-text>`."),
    ("<mj-section><mj-column>", "10:13: `<mj-column>` is opened here and never closed."),
    ("<mj-section></mj-section></mj-section>", "10:26: `</mj-section>` closes something that is not open."),
    ("<mj-section><mj-column", "10:13: `<mj-column` opens a tag here that is never closed."),
    (column("{% if reader.name %}") + "{% endif %}", "`{% endif %}` stands in another element than its beginning."),
    (
        column("{% if reader.name %}") + "{% endif %}",
        "10:24: It does not end in `<mj-column>`, where it begins: `{% if",
    ),
    ("<mjml>{{ reader.name }}<mj-body></mj-body></mjml>", "10:7: Tags cannot stand in `<mjml>`."),
    ("<mjml><mj-head><mj-style>@import 'x';</mj-style></mj-head></mjml>", "Styles cannot load or run anything"),
    ("<mj-section>" * 70, "The elements are nested more than 60 deep."),
    ("<mj-raw></mj-raw>" * 2100, "The text has more than 2,000 elements."),
    ("x" * 300_000, "The text is longer than 256 KiB."),
    ("", "10:1: The letter is empty."),
]


@pytest.mark.parametrize(("body", "sentence"), BROKEN)
def test_broken_mjml_is_named_with_its_place(body, sentence):
    assert sentence in said(body)
    assert any(problem.severity == "error" for problem in problems(body))


HARMLESS = [
    (
        "<mjml><mj-head><mj-style inline='inline'>a:hover, p { top: 0 }</mj-style></mj-head><mj-body></mj-body></mjml>",
        "10:16: `a:hover, p` cannot be written into elements. (leave `inline` out: it can stay in a style sheet)",
    ),
    (
        column("<mj-social><mj-social-element name='x' href='https://a.b'>x</mj-social-element></mj-social>"),
        "10:35: This icon would be fetched from MJML's own server. (give `src` a picture of your own)",
    ),
    (column("<mj-text><font color='#aaa'>x</font></mj-text>"), "10:33: `#aaaaaa` on `#ffffff` is hard to read"),
    ("<mjml><mj-body></mj-body></mjml>", "10:1: This document has no link for leaving the course; a footer with one"),
    (
        column("<mj-text color='#999'>x</mj-text>"),
        "10:24: `#999999` on `#ffffff` is hard to read: contrast 2.8 to 1. (4.5 is the least; #767676 would do)",
    ),
    (
        "<mj-section background-color='navy'><mj-column><mj-text>x</mj-text></mj-column></mj-section>",
        "10:48: `#22252e` on `#000080` is hard to read",
    ),
    (
        column("<mj-button background-color='#f0a000' color='white' href='https://a.b'>x</mj-button>"),
        "10:24: `#ffffff` on `#f0a000` is hard to read",
    ),
    (
        column("<mj-text>a <span style='color: rgb(200, 200, 200)'>b</span></mj-text>"),
        "10:35: `#c8c8c8` on `#ffffff` is hard to read",
    ),
    (
        "<mjml><mj-head><mj-attributes><mj-class name='pale' color='#bbb' /></mj-attributes></mj-head><mj-body>"
        + column("<mj-text mj-class='pale'>x</mj-text>")
        + "</mj-body></mjml>",
        "`#bbbbbb` on `#ffffff` is hard to read",
    ),
    (column("<mj-text colour='red'>x</mj-text>"), "10:33: `<mj-text>` takes no `colour`. (did you mean `color`?)"),
    (column("<mj-image src='https://a.b/c' />"), "10:24: This image has no `alt`."),
    (column("<mj-text><img src='https://a.b/c'></mj-text>"), "10:33: This image has no `alt`."),
    (
        column("<mj-text><img src='https://a.b/c' alt=''></mj-text>"),
        "10:33: This image has no `width`: `https://a.b/c`.",
    ),
]


@pytest.mark.parametrize(("body", "sentence"), HARMLESS)
def test_what_does_no_harm_is_a_warning(body, sentence):
    assert sentence in said(body)
    assert all(problem.severity == "warning" for problem in problems(body))


TAGS = [
    (
        "a\nb {{ reader.nam }}",
        "11:3: There is no value `reader.nam`. (did you mean `reader.name`? There are: reader.name,",
    ),
    ("{{ reader }}", "10:1: There is no value `reader`. (did you mean `reader.name`?"),
    ("{{ links['dune'] }}", "There is no value `links.dune`."),
    ("{{ links[reader.name] }}", "There is no value `links[…]`."),
    ("{{ reader.name.upper }}", "There is no value `reader.name.upper`."),
    ("{{ reader.name | shout }}", "There is no filter `shout`."),
    ("{{ reader.name | loer }}", "There is no filter `loer`. (did you mean `lower`?"),
    ("{{ reader.name is mapping }}", "There is no test `is mapping`."),
    ("x {{ reader.name", "10:3: `{{` opens a tag here that is never closed. (close it with `}}`"),
    ("x {{{ reader.name }}}", "10:3: `{{{` has too many braces: two open a tag. (values are put out as `{{ reader"),
    ("{% if reader.name", "10:1: `{%` opens a tag here that is never closed."),
    ("{# note", "10:1: `{#` opens a tag here that is never closed."),
    ("\n{% if reader.name %}a", "11:1: `{% if reader.name %}` has no `{% endif %}`."),
    ("a\n{% endif %}", "11:1: `{% endif %}` stands here without its `{% if %}`. (take it out)"),
    ("{{ reader.name | }}", "10:1: This tag cannot be understood"),
    ("{{ }}", "10:1: This tag cannot be understood"),
    ("{% for x in reader.name %}{% endfor %}", "10:1: There is no statement `{% for %}`."),
    ("{{ 'a' * 99999999 }}", "10:1: Tags cannot do this here (mul)."),
    ("{{ reader.name() }}", "10:1: Tags cannot do this here (call)."),
    ("{% autoescape false %}{% endautoescape %}", "Tags cannot do this here"),
    ("{% include 'x' %}", "There is no statement `{% include %}`."),
    ("{{ " + "(" * 400 + "1" + ")" * 400 + " }}", "10:1: The tags are nested too deeply."),
    ("{{ '" + "x" * 1100 + "' }}", "10:1: A tag is longer than 1,000 characters."),
]


@pytest.mark.parametrize(("text", "sentence"), TAGS)
@pytest.mark.parametrize("form", ["md", "mjml"])
def test_a_wrong_tag_is_named_with_its_line_in_both_formats(text, sentence, form):
    assert sentence in said(text, form=form)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("a\n\n::: buton https://x.y\nz\n:::\n", "12:5: There is no directive `buton`. (There are: button, callout,"),
        ("a\n\n::: button\nz\n:::\n", "12:1: A button needs a label and an address."),
        ("a\n\n::: button https://x.y\n:::\n", "12:1: A button needs a label and an address."),
        ("::: image\nz\n:::\n", "10:1: An image needs an address."),
        ("::: video https://x.y\nz\n:::\n", "10:1: A video needs its address and a picture’s."),
        ("a\n\n::: note\nz\n", "12:1: `::: note` is opened here and never closed. (close it with `:::`)"),
        ("a\n:::\n", "11:1: `:::` closes a directive here, and none is open."),
        (
            "::: columns\n::: tip\nz\n:::\n:::\n",
            "11:1: `::: tip` would end `columns`: what is outside needs more colons.",
        ),
        (":::: columns\nz\n:::\n::::\n", "12:1: `:::` does not close `:::: columns`: it has fewer colons."),
        ("a\n```mjml\n<mj-text>x</mj-text>\n", "11:1: “```mjml” is opened here and never closed."),
        ("a\n\n![](https://example.org/a.png)", "12:5: The image `https://example.org/a.png` has no description."),
        ("a\n\n[x](http://example.org)", "12:5: `http://example.org` cannot be used in a mail. (write https://)"),
        ("a\n\nb [x](page.html)", "12:7: `page.html` is no full address."),
        ("a\n\n[x](<{{ reader.name }}>)", "12:6: `{{ reader.name }}` cannot begin a link."),
        ("```mjml\n<mj-txt>x</mj-txt>\n```", "11:1: `<mj-txt>` is no MJML element."),
        ("a <b>b</b>", "10:3: `<b>` is shown to readers as it stands."),
        ("[x](ab.html) and\nsalt [y](b.html)", "11:10: `b.html` is no full address."),
        ("[x](ftp://a.b)\n\n[y](ftp://a.b)", "10:5: `ftp://a.b` cannot be used in a mail."),
    ],
)
def test_broken_markdown_is_named_with_its_line(body, sentence):
    assert sentence in said(body, form="md")


@pytest.mark.parametrize(
    ("subject", "sentence"),
    [
        ("", "In the subject: it is empty."),
        ("x" * 151, "In the subject: it is longer than 150 characters."),
        ("a\r\nBcc: x@example.org", "In the subject: it must be one line of plain text."),
        ("=?utf-8?q?x?=", "In the subject: it must be one line of plain text."),
        ("a\ud800", "In the subject: it must be one line of plain text."),
        ("{{ foo }}", "In the subject: There is no value `foo`."),
        ("{{ reader.name", "In the subject: `{{` opens a tag here that is never closed."),
    ],
)
def test_subjects_are_checked(subject, sentence):
    assert sentence in said("text", form="md", subject=subject)


def test_preview_lines_are_advised_not_refused():
    remarks = problems("text", form="md", preview="short") + problems("text", form="md", preview="Hello")
    assert [remark.severity for remark in remarks] == ["warning", "warning"]
    assert "it has 5" in str(remarks[0])
    assert "it says what the subject says" in str(remarks[1])


def test_warnings_come_after_errors_and_do_not_hide_them():
    body = column("<mj-text color='red' color='blue'><b>x <img src='http://a.b' alt=''></mj-text>") + "</b>"
    severities = [problem.severity for problem in problems(body)]
    assert severities == sorted(severities)
    assert "`color` stands here twice; the first one counts." in said(body)
    assert "`<b>` is opened here and never closed." in said(body)


@pytest.mark.parametrize(
    "body",
    [
        column("<mj-text color='#333'>x <b style='background: linear-gradient(red, blue)'>y</b></mj-text>"),
        column("<mj-button href='https://a.b'>dressed by the theme</mj-button>"),
        column("<mj-text color='#ffffff' container-background-color='#000'>x</mj-text>"),
        f"<mj-wrapper background-url='https://a.b/c'>{column('<mj-text color=white>x</mj-text>')}</mj-wrapper>",
        column("<mj-text color='rebeccapurple'>x</mj-text>"),
    ],
)
def test_colours_that_can_be_read_or_cannot_be_known_get_no_remark(body):
    assert "hard to read" not in said(body)


def test_fonts_from_elsewhere_are_left_out_with_a_warning():
    body = "<mjml><mj-head><mj-font name='X' href='https://fonts.example/x' /></mj-head><mj-body></mj-body></mjml>"
    assert ("warning", "Fonts from elsewhere are left out.") in [(p.severity, p.message) for p in problems(body)]


def test_pictures_of_the_course_are_known_by_their_path():
    source = Source("md", "Hello", PREVIEW, "![Sea](images/sea.png)\n\n![Sky](images/sky.png)")
    missing = "\n".join(map(str, lint(source)))
    assert "`images/sea.png` is no full address." in missing
    known = Source("md", "Hello", PREVIEW, source.body, media={"images/sea.png": "https://example.org/media/1"})
    assert [problem.line for problem in lint(known)] == [3]
    assert "pictures of this course: images/sea.png" in str(lint(known)[0])


def test_a_development_address_may_be_plain_http():
    assert said("[x](http://127.0.0.1:8000/me)", form="md") == ""


def test_places_hold_behind_tags_and_comments():
    body = "{# two\nlines #}" + column("<mj-text>{{ reader.name }}<i {{ reader.name }}></i></mj-text>")
    assert "11:61: Tags cannot stand between attributes." in said(body)


def test_nobody_gets_more_than_a_hundred_remarks():
    assert len(problems("{{ " * 5000)) == 100


def test_places_hold_for_windows_line_ends():
    assert "12:1: There is no value `nobody.here`" in said("a\r\n\r\n{{ nobody.here }}", form="md")

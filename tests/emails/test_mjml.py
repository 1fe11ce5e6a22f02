"""What MRML gets to see, and what it never sees."""

import pytest
from mjml import mjml2html

from emails.mjml import Node, inner_html, normal_form
from emails.parsing import Reader
from emails.places import Place
from emails.tags import Vault


def tree(source: str) -> Node:
    return Reader(source, Place()).read()


def normal(source: str) -> tuple[str, Vault]:
    vault = Vault(source)
    root = tree(vault.protect(source, Place()))
    return normal_form(next(child for child in root.children if isinstance(child, Node)), vault), vault


def through_mrml(inside: str) -> str:
    """The HTML of one column, with everything turned back."""
    source = f"<mjml><mj-body><mj-section><mj-column>{inside}</mj-column></mj-section></mj-body></mjml>"
    clear, vault = normal(source)
    assert clear.isascii()
    return vault.restore(mjml2html(clear, fonts={}))


@pytest.mark.parametrize(
    "alt",
    ["👍🏽 👨‍👩‍👧", "a\u00a0b", "“quoted” 'and'", "שלום עולם", "line\nbreak", "ö &amp; &lt;b&gt;", "", "\u200d\u200f"],
)
def test_alternative_texts_arrive_unchanged(alt):
    html = through_mrml(f'<mj-image src="https://example.org/a.png" alt="{alt}" />')
    assert f' alt="{alt}"'.replace("'", "&#x27;") in html


@pytest.mark.parametrize(
    "text",
    [
        "a &gt; b",
        "&nbsp;a&#160;b",
        "<b>ü</b> 👍",
        "a<br />b",
        "{{ reader.name }}",
        "→&gt; x",
        "{% if lesson.number < 3 %}x{% endif %}",
    ],
)
def test_texts_arrive_unchanged(text):
    assert f">{text}<" in through_mrml(f"<mj-text>{text}</mj-text>")


@pytest.mark.parametrize(
    ("written", "arrives"),
    [
        ("→> x", "→&gt; x"),
        ("3 < 4 & 5", "3 &lt; 4 &amp; 5"),
        ("a<br>b<hr>c", "a<br />b<hr />c"),
        ("a<!-- note -->b", "ab"),
        ("<b>a", "<b>a</b>"),
        ("a</i>b", "ab"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<B CLASS=x>a</B>", '<b class="x">a</b>'),
        ("<![CDATA[a < b]]>", "a &lt; b"),
        ("<img src='a' alt>", '<img src="a" alt="" />'),
        ("a</br>b", "ab"),
        ("<img src='a'>", '<img src="a" />'),
        ("a<meta charset='x'><link href='b'>c", "ac"),
    ],
)
def test_html_is_made_well_formed(written, arrives):
    root = tree(f"<mj-text>{written}</mj-text>")
    assert inner_html(root.children[0]) == arrives


def test_a_tag_in_an_address_keeps_its_quotes():
    html = through_mrml('<mj-button href="{{ links.done | fallback("x") }}">Go</mj-button>')
    assert 'href="{{ links.done | fallback("x") }}"' in html


def test_tags_between_sections_and_columns_pass_through():
    html = through_mrml("{% if reader.name %}<mj-text>x</mj-text>{% endif %}")
    assert html.index("{% if reader.name %}") < html.index(">x<") < html.index("{% endif %}")


def test_defaults_in_the_head_keep_their_names_and_hold_nothing():
    clear, _ = normal(
        "<mjml><mj-head><mj-attributes><mj-class name='a' color='red' /><mj-text padding='0 4px' />"
        "</mj-attributes></mj-head></mjml>"
    )
    assert '<mj-class name="a" color="red"></mj-class><mj-text padding="0px 4px"></mj-text>' in clear


@pytest.mark.parametrize(
    ("written", "made"), [("0", "0px"), ("0 10px 0", "0px 10px 0px"), ("10px", "10px"), ("0%", "0%")]
)
def test_a_bare_zero_in_paddings_gets_a_unit(written, made):
    assert f'padding="{made}"' in normal(f'<mj-text padding="{written}">x</mj-text>')[0]


def test_the_first_of_two_attributes_counts():
    assert 'color="red"' in normal('<mj-text color="red" color="blue">x</mj-text>')[0]


def test_letters_that_mrml_cannot_carry_do_not_reach_it():
    assert "ü" not in normal('<mj-text css-class="ü">x</mj-text>')[0]


def test_an_unfinished_style_is_named():
    reader = Reader("<mj-style>a { color: red }", Place())
    reader.read()
    assert "`<mj-style>` is opened here and never closed." in str(reader.problems[0])


def test_styles_can_end_neither_their_element_nor_the_template():
    vault = Vault()
    style = tree("<mj-style>a { } <!-- --> @media{#x{color:red}}</mj-style>").children[0]
    assert isinstance(style, Node)
    clear = normal_form(style, vault)
    assert vault.restore(clear) == '<mj-style>a { }   @media{{ "{" }}#x{color:red}}</mj-style>'


def test_an_image_without_a_description_gets_an_empty_one():
    assert ' alt=""' in through_mrml('<mj-image src="https://example.org/a.png" />')


def test_attributes_that_mjml_does_not_know_are_left_out():
    assert "colour" not in normal('<mj-text colour="red">x</mj-text>')[0]


def test_an_icon_is_known_by_its_name_and_needs_no_description_beside_its_label():
    html = through_mrml(
        '<mj-social><mj-social-element name="facebook" href="https://example.org/{{ course.slug }}">Share'
        "</mj-social-element></mj-social>"
    )
    assert "background:#3b5998" in html
    assert 'href="https://www.facebook.com/sharer/sharer.php?u=https://example.org/{{ course.slug }}"' in html
    assert 'alt=""' in html


@pytest.mark.parametrize("name", ["full-width", "fluid-on-mobile"])
def test_a_flag_that_says_false_is_left_out(name):
    element = "mj-section" if name == "full-width" else "mj-image"
    assert name not in normal(f'<{element} {name}="false" />')[0]


def test_the_last_of_two_classes_counts_as_in_mjml():
    head = "<mj-class name='a' color='red' /><mj-class name='b' color='blue' />"
    source = (
        f"<mjml><mj-head><mj-attributes>{head}</mj-attributes></mj-head><mj-body><mj-section><mj-column>"
        "<mj-text mj-class='a b'>x</mj-text></mj-column></mj-section></mj-body></mjml>"
    )
    clear, vault = normal(source)
    assert "color:blue" in vault.restore(mjml2html(clear, fonts={}))


def test_text_between_components_is_left_out_and_tags_between_them_are_not():
    html = through_mrml("loose {% if reader.name %} words<mj-text>x</mj-text>{% endif %}")
    assert "loose" not in html
    assert "words" not in html
    assert html.index("{% if reader.name %}") < html.index(">x<") < html.index("{% endif %}")


def test_an_icon_without_a_label_has_no_room_for_one():
    labelled = through_mrml("<mj-social><mj-social-element name='github'>a</mj-social-element></mj-social>")
    bare = through_mrml("<mj-social><mj-social-element name='github'> </mj-social-element></mj-social>")
    assert labelled.count("<span") == 1
    assert "<span" not in bare


def test_a_button_has_its_title():
    html = through_mrml('<mj-button href="https://example.org" title="“Read” &amp; 👍">Go</mj-button>')
    assert 'target="_blank" title="“Read” &amp; 👍"' in html

"""Styles are written into the elements, because many mail programs read no style sheet."""

from emails.mjml import Node, inner_html
from emails.parsing import Reader
from emails.places import Place
from emails.styles import inline_styles


def dressed(sheet: str, html: str) -> str:
    source = f"<mjml><mj-head><mj-style inline='inline'>{sheet}</mj-style></mj-head><mj-text>{html}</mj-text></mjml>"
    document = next(node for node in Reader(source, Place()).read().elements() if node.name == "mjml")
    inline_styles(document)
    assert not any(node.name == "mj-style" for node in document.elements())
    return inner_html(next(node for node in document.elements() if node.name == "mj-text"))


def test_elements_and_classes_are_dressed_and_classes_win():
    sheet = ".a { color: red; } p, li { color: blue; margin: 0 } p.b { margin: 1px }"
    assert dressed(sheet, '<p class="a">x</p><p class="b">y</p><ul><li>z</li></ul>') == (
        '<p class="a" style="color: red; margin: 0">x</p><p class="b" style="color: blue; margin: 1px">y</p>'
        '<ul><li style="color: blue; margin: 0">z</li></ul>'
    )


def test_an_elements_own_style_wins():
    assert dressed("p { color: red; margin: 0 }", '<p style="color: blue">x</p>') == (
        '<p style="color: blue; margin: 0">x</p>'
    )


def test_selectors_that_are_not_simple_are_left_alone():
    assert dressed("p > a { color: red } a:hover { color: red }", "<p><a>x</a></p>") == "<p><a>x</a></p>"


def test_a_document_without_a_head_stays_as_it_is():
    root = Reader("<mjml><mj-body></mj-body></mjml>", Place()).read()
    document = root.children[0]
    assert isinstance(document, Node)
    inline_styles(document)
    assert [child.name for child in document.children if isinstance(child, Node)] == ["mj-body"]

"""Whatever selector stands in a whole document's inline sheet, its rules reach what they fit."""

import pytest

from emails.inlining import selectors_of, take_sheets, write_styles
from emails.mjml import Node
from emails.parsing import Reader
from emails.places import Place


def document(source: str) -> Node:
    return next(node for node in Reader(source, Place()).read().elements() if node.name == "mjml")


WRITTEN = [
    ("p { color: red }", "<p>x</p>", '<p style="color:red">x</p>'),
    (
        ".a { color: red } p, li { margin: 0 }",
        '<p class="a b">x</p>',
        '<p class="a b" style="margin:0;color:red">x</p>',
    ),
    ("p.b { margin: 1px } p { margin: 0 }", '<p class="b">x</p>', '<p class="b" style="margin:1px">x</p>'),
    ("p { color: red; margin: 0 }", '<p style="color: blue">x</p>', '<p style="margin:0;color:blue">x</p>'),
    ("p { color: red !important }", '<p style="color: blue">x</p>', '<p style="color:red">x</p>'),
    (
        "p { color: red !important }",
        "<p style='color: blue !important'>x</p>",
        '<p style="color:blue !important">x</p>',
    ),
    ("/* a */ p { color: red /* b */ }", "<p>x</p>", '<p style="color:red">x</p>'),
    ("div p:first-child { top: 0 }", "<div><p>a</p><p>b</p></div>", '<div><p style="top:0">a</p><p>b</p></div>'),
    ("br, img { top: 0 }", '<br><img src="a"/>', '<br style="top:0"><img src="a" style="top:0" />'),
    ("p { font-family: 'A B', C }", "<p>x</p>", '<p style="font-family:&quot;A B&quot;, C">x</p>'),
    (
        "p { background: url(data:a;b) }",
        '<p style="margin: 0;;">x</p>',
        '<p style="background:url(data:a;b);margin:0">x</p>',
    ),
    ("p { color: red }", '<p style="font-family:&#x27;A&#x27;">x</p>', "<p style=\"color:red;font-family:'A'\">x</p>"),
]


@pytest.mark.parametrize(("sheet", "made", "expected"), WRITTEN)
def test_rules_reach_what_they_fit(sheet, made, expected):
    assert write_styles(made, sheet) == expected


def test_ancestors_count_whatever_a_browser_would_put_between_them():
    made = '<table class="card"><tbody><tr><td><a href="x">y</a></td></tr></tbody></table>'
    assert '<a href="x" style="color:red">' in write_styles(made, ".card td > a[href] { color: red }")


@pytest.mark.parametrize(
    "sheet",
    [
        "a:hover { color: red }",
        "@media screen { p { color: red } }",
        "p:: { color: red }",
        "p::before { top: 0 }",
        "p {",
        "}",
    ],
)
def test_what_cannot_be_written_into_elements_changes_nothing(sheet):
    assert write_styles("<p><a>x</a></p>", sheet) == "<p><a>x</a></p>"


def test_comments_styles_and_the_bytes_between_tags_stay_as_they_are():
    made = "<!--[if mso]><p><![endif]--><style>p > a { }</style>a < b\n <P Class=x>y</P> &amp; </b>"
    assert write_styles(made, "p.x { top: 0 }") == made.replace("<P Class=x>", '<P Class=x style="top:0">')


def test_sheets_leave_the_head_and_only_those_that_are_inline():
    tree = document("<mjml><mj-head><mj-style inline='inline'>p{}</mj-style><mj-style>a{}</mj-style></mj-head></mjml>")
    assert take_sheets(tree) == "p{}"
    assert [node.name for node in tree.elements()] == ["mjml", "mj-head", "mj-style"]
    assert take_sheets(document("<mjml><mj-body></mj-body></mjml>")) == ""


def test_each_rule_is_known_by_its_selector():
    sheet = "a, b { top: 0 } a:: { top: 0 } @media x { p { top: 0 } }"
    rules = {written: len(selectors) for written, selectors, _ in selectors_of(sheet)}
    assert rules == {"a, b": 2, "a::": 0, "@media": 0}

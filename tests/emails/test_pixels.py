"""What MRML draws otherwise than MJML does is told to it in words that it understands."""

import re

import pytest

from emails.letter import Look, Source
from emails.typeset import typeset

PREVIEW = "A preview line that is long enough to be a good one."


def drawn(body: str, head: str = "") -> str:
    """The body of a document that stands alone, without Outlook's comments."""
    document = f"<mjml><mj-head>{head}</mj-head><mj-body>{body}</mj-body></mjml>"
    html = typeset(Source("mjml", "A document", PREVIEW, document, alone=True), Look()).html
    return re.sub(r"<!--.*?-->", "", html[html.index("<body") :], flags=re.DOTALL)


def section(inside: str, attributes: str = "") -> str:
    return f"<mj-section {attributes}><mj-column>{inside}</mj-column></mj-section>"


IMAGE = "<mj-image src='https://example.org/a.png' alt='' />"
THIRD = "<mj-section><mj-column width='33.33333333333333%'>{}</mj-column></mj-section>"
WIDTHS = [
    (section(IMAGE), 550),
    (THIRD.format(IMAGE), 149),  # MJML cuts 199.99999 pixels down to 199
    ("<mj-section>" + f"<mj-column>{IMAGE}</mj-column>" * 3 + "</mj-section>", 150),
    ("<mj-section>" + f"<mj-column>{IMAGE}</mj-column>" * 7 + "</mj-section>", 35),
    (f"<mj-section><mj-raw>x</mj-raw><mj-column>{IMAGE}</mj-column></mj-section>", 550),
    (f"<mj-section><mj-group width='50%'><mj-column width='40%'>{IMAGE}</mj-column></mj-group></mj-section>", 70),
    (section(IMAGE, "padding='0 20px' border='2px solid red'"), 506),
    (section(IMAGE, "padding='0 1px 0 3px' padding-left='10px' border-left='4px solid red'"), 535),
    (f"<mj-wrapper padding='0 30px'>{section(IMAGE)}</mj-wrapper>", 490),
    (f"<mj-section><mj-column padding='5px' inner-border='1px solid red'>{IMAGE}</mj-column></mj-section>", 538),
    (section("<mj-image src='https://example.org/a.png' alt='' width='900px' padding='0' />"), 600),
    (section("<mj-image src='https://example.org/a.png' alt='' width='90px' />"), 90),
]


@pytest.mark.parametrize(("body", "width"), WIDTHS)
def test_pictures_are_as_wide_as_mjml_makes_them(body, width):
    assert re.findall(r'<img[^>]* width="(\d+)"', drawn(body))[0] == str(width)


def test_defaults_and_classes_count_for_a_pictures_width():
    head = "<mj-attributes><mj-image padding='0' /><mj-class name='s' width='44px' /></mj-attributes>"
    assert ' width="600"' in drawn(section(IMAGE), head)
    assert ' width="44"' in drawn(section(IMAGE.replace("src", "mj-class='s' src")), head)


def test_the_body_has_the_defaults_that_are_given_it():
    html = drawn(section(IMAGE), "<mj-attributes><mj-body background-color='#eeeeee' width='500px' /></mj-attributes>")
    assert html.startswith('<body style="word-spacing:normal;background-color:#eeeeee;">')
    assert "max-width:500px" in html


def test_what_a_class_says_of_children_reaches_them():
    head = "<mj-attributes><mj-class name='a'><mj-text color='#aa0000' /></mj-class></mj-attributes>"
    body = "<mj-section><mj-column mj-class='a'><mj-text>x</mj-text></mj-column></mj-section>"
    assert "color:#aa0000" in drawn(body, head)
    assert "color:#00aa00" in drawn(body.replace("<mj-text>", "<mj-text color='#00aa00'>"), head)


def test_icons_keep_what_is_said_of_icons():
    head = "<mj-attributes><mj-social-element color='#aa0000' /></mj-attributes>"
    body = section("<mj-social color='#00aa00'><mj-social-element name='github'>x</mj-social-element></mj-social>")
    assert "color:#aa0000" in drawn(body, head)
    assert "color:#00aa00" in drawn(body)


def test_an_icon_may_stand_behind_its_label():
    icon = "<mj-social-element name='github' icon-position='{}' css-class='x'>Words</mj-social-element>"
    right = drawn(section(f"<mj-social>{icon.format('right')}</mj-social>"))
    left = drawn(section(f"<mj-social>{icon.format('left')}</mj-social>"))
    assert right.index("Words") < right.index("<img")
    assert left.index("Words") > left.index("<img")


@pytest.mark.parametrize(
    ("attributes", "separate"),
    [
        ("cellspacing='5'", True),
        ("border='1px solid red'", False),
        ("border='1px solid red' cellspacing='2'", True),
        ("", False),
    ],
)
def test_a_tables_cells_are_apart_where_there_is_space_between_them(attributes, separate):
    table = drawn(section(f"<mj-table {attributes}><tr><td>x</td></tr></mj-table>"))
    table = table[table.index("table-layout") :]
    assert ("border-collapse:separate" in table) is separate


def test_a_picture_has_the_borders_of_its_sides():
    html = drawn(section(IMAGE.replace("src", "border-left='7px solid #aa0000' src")))
    assert "border:0;border-left:7px solid #aa0000;" in html
    assert ' width="543"' in html


@pytest.mark.parametrize(("border", "width"), [("border-left='5px solid red'", 245), ("border='1px solid red'", 248)])
def test_a_buttons_label_leaves_room_for_the_borders(border, width):
    html = drawn(section(f"<mj-button href='#' width='300px' {border}>x</mj-button>"))
    assert f"text-transform:none;width:{width}px;" in html


def test_columns_of_a_group_share_it_in_whole_percents_and_keep_their_own():
    auto = drawn("<mj-section><mj-group>" + "<mj-column></mj-column>" * 3 + "</mj-group></mj-section>")
    assert auto.count("width:33%;") == 3
    own = drawn("<mj-section><mj-group><mj-column width='33.33%'></mj-column></mj-group></mj-section>")
    assert "width:33.33%;" in own


def test_a_column_of_a_group_that_names_pixels_keeps_its_share():
    group = "<mj-section><mj-group><mj-column width='200px'></mj-column><mj-column></mj-column></mj-group></mj-section>"
    assert re.search(r"width:33\.3\d+%|width:33%", drawn(group))
    odd = drawn("<mj-section padding='0 7px'><mj-group><mj-column width='200px'></mj-column></mj-group></mj-section>")
    assert re.search(r";width:34\.1\d+%", odd)


def test_inner_corners_are_round_without_outer_ones():
    column = "<mj-column inner-border-radius='9px' border='1px solid red'><mj-text>x</mj-text></mj-column>"
    html = drawn(f"<mj-section>{column}</mj-section>")
    assert re.search(r'<table[^>]*style="[^"]*border:1px solid red;[^"]*border-collapse:separate', html)


def test_corners_are_the_sections_own_not_the_windows():
    html = drawn(
        section("<mj-text>x</mj-text>", "full-width='full-width' background-color='#aa0000' border-radius='9px'")
    )
    outer = html[: html.index("<tbody>")]
    assert "border-radius" not in outer
    assert "border-radius:9px" in html


def test_a_width_without_a_unit_is_in_pixels():
    assert "mj-column-px-250" in drawn("<mj-section><mj-column width='250'></mj-column></mj-section>")


@pytest.mark.parametrize("wrapper", ["<mj-wrapper>", "<mj-wrapper full-width='full-width' background-color='red'>"])
def test_tags_and_raw_pieces_stand_between_a_wrappers_sections(wrapper):
    one, two = (section(f"<mj-text>{word}</mj-text>") for word in ("one", "two"))
    body = (
        f"{wrapper}{{% if reader.name %}}{one}{{% endif %}}<mj-raw><hr></mj-raw>{two}{{{{ reader.name }}}}</mj-wrapper>"
    )
    html = drawn(body)
    places = [html.index(each) for each in ("{% if", ">one<", "{% endif %}", "<hr />", ">two<", "{{ reader.name }}")]
    assert places == sorted(places)
    assert "mtq" not in html


def test_rows_for_outlook_are_whole_around_what_stands_between_sections():
    one = section("<mj-text>one</mj-text>")
    body = f"<mj-wrapper>{{% if reader.name %}}{one}{{% endif %}}{one}</mj-wrapper>"
    document = f"<mjml><mj-body>{body}</mj-body></mjml>"
    html = typeset(Source("mjml", "A document", PREVIEW, document, alone=True), Look()).html
    rows = "".join(re.findall(r"<!--\[if mso \| IE\]>(.*?)<!\[endif\]-->", html))
    without = "".join(
        re.findall(r"<!--\[if mso \| IE\]>(.*?)<!\[endif\]-->", re.sub(r"\{% if.*?\{% endif %\}", "", html))
    )
    for made in (rows, without):
        assert all(made.count(f"<{name}") == made.count(f"</{name}>") for name in ("table", "tr", "td"))


def test_inline_styles_reach_what_the_engine_makes():
    head = "<mj-style inline='inline'>.card { top: 0 } .card div a { left: 0 !important }</mj-style>"
    html = drawn(section("<mj-text><a href='#' style='left: 1px'>x</a></mj-text>", "css-class='card'"), head)
    assert re.search(r'<div class="card" style="top:0;', html)
    assert '<a href="#" style="left:0">' in html

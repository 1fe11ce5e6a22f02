"""What authors are told about elements, attributes, nesting, closing: the place, the sentence, what to do."""

import pytest

from emails.letter import Source
from emails.lint import lint

PREVIEW = "A preview line that is long enough to be a good one."

ELEMENTS = [
    ("<mj-txt>x</mj-txt>", "3:1: `<mj-txt>` is no MJML element. (did you mean `<mj-text>`?)"),
    ("\t<mj-botton href='https://a.b'>x</mj-botton>", "3:2: `<mj-botton>` is no MJML element."),
    ("<mj-img src='https://a.b/c' />", "3:1: `<mj-img>` is no MJML element. (did you mean `<mj-image>`?)"),
    ("<mj-colunm></mj-colunm>", "3:1: `<mj-colunm>` is no MJML element. (did you mean `<mj-column>`?)"),
    ("<mj-devider/>", "3:1: `<mj-devider>` is no MJML element. (did you mean `<mj-divider>`?)"),
    ("<mj-spacer/><mj-spacr/>", "3:13: `<mj-spacr>` is no MJML element. (did you mean `<mj-spacer>`?)"),
    ("<MJ-TEXTS>x</MJ-TEXTS>", "3:1: `<mj-texts>` is no MJML element. (did you mean `<mj-text>`?)"),
    ("<mj-social><mj-social-link>x</mj-social-link></mj-social>", "3:12: `<mj-social-link>` is no MJML element."),
    ("<mjtext>x</mjtext>", "3:1: `<mjtext>` is no MJML element. (did you mean `<mj-text>`?)"),
    ("<mj-list><mj-li>x</mj-li></mj-list>", "3:1: `<mj-list>` is no MJML element."),
    ("👨\u200d👩\u200d👧 <mj-qr-code/>", "3:1: Text cannot stand in `<mj-column>`: “👨\u200d👩\u200d👧”."),
    ("<mj-container>x</mj-container>", "3:1: `<mj-container>` is no MJML element."),
]

ATTRIBUTES = [
    ("<mj-text colour='red'>x</mj-text>", "3:10: `<mj-text>` takes no `colour`. (did you mean `color`?)"),
    ("<mj-text\n  align='left'\n  font-colour='red'>x</mj-text>", "5:3: `<mj-text>` takes no `font-colour`."),
    ("<mj-button url='https://a.b'>x</mj-button>", "3:12: `<mj-button>` takes no `url`. (did you mean `href`?)"),
    ("<mj-image source='https://a.b/c' alt='' />", "3:11: `<mj-image>` takes no `source`. (did you mean `src`?)"),
    ("<mj-divider border-colour='red' />", "3:13: `<mj-divider>` takes no `border-colour`."),
    ("<mj-spacer hieght='3px' />", "3:12: `<mj-spacer>` takes no `hieght`. (did you mean `height`?)"),
    ("<mj-text class='x'>x</mj-text>", "3:10: `<mj-text>` takes no `class`. (did you mean `css-class`?)"),
    ("<mj-text style='color:red'>x</mj-text>", "3:10: `<mj-text>` takes no `style`."),
    ("<mj-text id='x'>x</mj-text>", "3:10: `<mj-text>` takes no `id`."),
    ("<mj-button onclick='x' href='https://a.b'>x</mj-button>", "3:12: `<mj-button>` takes no `onclick`."),
    ("<mj-image src='https://a.b/c' alt='' link='https://a.b' />", "3:38: `<mj-image>` takes no `link`."),
    ("<mj-text data-x='1'>x</mj-text>", "3:10: `<mj-text>` takes no `data-x`."),
    ("<mj-text 😀='1'>x</mj-text>", "3:10: `<mj-text>` takes no `😀`."),
]

NESTING = [
    ("<mj-section></mj-section>", "3:1: `<mj-section>` cannot stand in `<mj-column>`."),
    ("<mj-wrapper></mj-wrapper>", "3:1: `<mj-wrapper>` cannot stand in `<mj-column>`. (it belongs in `<mj-body>`)"),
    ("<mj-column></mj-column>", "3:1: `<mj-column>` cannot stand in `<mj-column>`."),
    ("<mj-text><mj-text>x</mj-text></mj-text>", "3:10: `<mj-text>` cannot stand in `<mj-text>`. (only HTML can)"),
    ("<mj-social-element name='x'>x</mj-social-element>", "3:1: `<mj-social-element>` cannot stand in `<mj-column>`."),
    ("<mj-body></mj-body>", "3:1: `<mj-body>` cannot stand in `<mj-column>`. (it belongs in `<mjml>`)"),
    ("<mj-head></mj-head>", "3:1: `<mj-head>` cannot stand in `<mj-column>`. (it belongs in `<mjml>`)"),
    ("<mj-style>p{}</mj-style>", "3:1: `<mj-style>` cannot stand in `<mj-column>`. (it belongs in `<mj-head>`)"),
    ("words", "3:1: Text cannot stand in `<mj-column>`: “words”. (put it in `<mj-text>`)"),
    ("<p>x</p>", "3:1: `<p>` cannot stand in `<mj-column>`. (put it in `<mj-text>`, or in `<mj-raw>`)"),
    ("<mj-group></mj-group>", "3:1: `<mj-group>` cannot stand in `<mj-column>`. (it belongs in `<mj-section>`)"),
    ("<mj-attributes></mj-attributes>", "3:1: `<mj-attributes>` cannot stand in `<mj-column>`."),
    ("<mjml></mjml>", "3:1: `<mjml>` cannot stand in `<mj-column>`. (it belongs at the top)"),
    ("<td>x</td>", "3:1: `<td>` cannot stand in `<mj-column>`. (put it in `<mj-text>`, or in `<mj-raw>`)"),
    ("<mj-image src='https://a.b/c' alt=''>words</mj-image>", "3:38: Nothing can stand in `<mj-image>`: “words”."),
    ("<mj-divider><mj-text>x</mj-text></mj-divider>", "3:13: Nothing can stand in `<mj-divider>`: `<mj-text>`."),
]

CLOSING = [
    ("<mj-text>x", "3:1: `<mj-text>` is opened here and never closed. (close it with `</mj-text>`)"),
    ("<mj-text>x</mj-button>", "3:1: `<mj-text>` is opened here and never closed. (close it with `</mj-text>`)"),
    ("</mj-text>", "3:1: `</mj-text>` closes something that is not open."),
    ("<mj-text>x</mj-text></mj-text>", "3:21: `</mj-text>` closes something that is not open."),
    ("<mj-text>x</mjtext>", "3:1: `<mj-text>` is opened here and never closed. (close it with `</mj-text>`)"),
    ("<mj-text>x<mj-text>", "3:1: `<mj-text>` is opened here and never closed. (close it with `</mj-text>`)"),
    ("<mj-text>x</mj-text", "3:1: `<mj-text>` is opened here and never closed. (close it with `</mj-text>`)"),
    ("<mj-button href='https://a.b>x</mj-button>", "3:1: `<mj-button` opens a tag here that is never closed."),
    ("<mj-text <b>x</mj-text>", "3:1: `<mj-text` opens a tag here that is never closed."),
    ("<mj-text><b>x</mj-text>", "3:10: `<b>` is opened here and never closed. (close it with `</b>`)"),
    ("<mj-text>x</b></mj-text>", "3:11: `</b>` closes something that is not open."),
    ("<mj-text><a href='https://a.b'>x</mj-text>", "3:10: `<a>` is opened here and never closed."),
    ("<mj-text><p>x</div></mj-text>", "3:14: `</div>` closes something that is not open."),
    ("<mj-column><mj-text>x</mj-text>", "2:3: `<mj-column>` is opened here and never closed."),
    ("<mj-text><table><tr><td>x</td></tr></mj-text>", "3:10: `<table>` is opened here and never closed."),
    ('<mj-text>a <a href="https://a.b"click</a></mj-text>', "3:12: `<a` opens a tag here that is never closed."),
    ("<mj-text>x</ mj-text>", "3:1: `<mj-text>` is opened here and never closed. (close it with `</mj-text>`)"),
]


def remarks(inside: str) -> list[str]:
    """The remarks about what stands on the third line, in a column."""
    body = f"<mj-section>\n  <mj-column>\n{inside}\n  </mj-column>\n</mj-section>"
    return [str(problem) for problem in lint(Source("mjml", "Hello", PREVIEW, body))]


@pytest.mark.parametrize(("inside", "remark"), [*ELEMENTS, *ATTRIBUTES, *NESTING, *CLOSING])
def test_the_remark_stands_at_its_place_and_says_what_is_wrong(inside, remark):
    said = remarks(inside)
    assert any(each.startswith(remark) for each in said), said

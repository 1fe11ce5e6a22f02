"""What authors are told about values, pictures without words, links, colours: the place, the sentence, what to do."""

import pytest

from emails.letter import Source
from emails.lint import lint

PREVIEW = "A preview line that is long enough to be a good one."

VALUES = [
    ("<mj-text color='#12'>x</mj-text>", "3:10: `color` cannot be `#12`. (a colour looks like #b8452b)"),
    ("<mj-text color='reddish blue'>x</mj-text>", "3:10: `color` cannot be `reddish blue`."),
    ("<mj-text align='middle'>x</mj-text>", "3:10: `align` cannot be `middle`."),
    ("<mj-text padding='10 px'>x</mj-text>", "3:10: `padding` cannot be `10 px`. (a length looks like 16px or 50%)"),
    ("<mj-text padding='1px 2px 3px 4px 5px'>x</mj-text>", "3:10: `padding` cannot be `1px 2px 3px 4px 5px`."),
    ("<mj-text font-size='big'>x</mj-text>", "3:10: `font-size` cannot be `big`. (a length looks like 16px or 50%)"),
    ("<mj-image src='https://a.b/c' alt='' width='wide' />", "3:38: `width` cannot be `wide`."),
    ("<mj-image src='https://a.b/c' alt='' width='100%%' />", "3:38: `width` cannot be `100%%`."),
    ("<mj-divider border-width='thick 1' />", "3:13: `border-width` cannot be `thick 1`."),
    ("<mj-text line-height='1,5'>x</mj-text>", "3:10: `line-height` cannot be `1,5`."),
    ("<mj-social mode='sideways'></mj-social>", "3:12: `mode` cannot be `sideways`."),
    ("<mj-text color='rgb(1,2'>x</mj-text>", "3:10: `color` cannot be `rgb(1,2`. (a colour looks like #b8452b)"),
    ("<mj-text padding='-'>x</mj-text>", "3:10: `padding` cannot be `-`. (a length looks like 16px or 50%)"),
    ("<mj-divider border-style='wavy' />", "3:13: `border-style` cannot be `wavy`."),
    ("<mj-text font-weight='fat'>x</mj-text>", "3:10: `font-weight` cannot be `fat`."),
    ("<mj-text text-transform='upper'>x</mj-text>", "3:10: `text-transform` cannot be `upper`."),
    ("<mj-text text-decoration='under'>x</mj-text>", "3:10: `text-decoration` cannot be `under`."),
    ("<mj-text font-style='slanted'>x</mj-text>", "3:10: `font-style` cannot be `slanted`."),
    ("<mj-text letter-spacing='wide'>x</mj-text>", "3:10: `letter-spacing` cannot be `wide`."),
    ("<mj-button border='red'>x</mj-button>", "3:12: `border` cannot be `red`."),
    ("<mj-button border-radius='round'>x</mj-button>", "3:12: `border-radius` cannot be `round`."),
    ("<mj-text padding-left='1px 2px'>x</mj-text>", "3:10: `padding-left` cannot be `1px 2px`."),
    ("<mj-text color='bleu'>x</mj-text>", "3:10: `color` cannot be `bleu`. (a colour looks like #b8452b)"),
    ("<mj-text\n\t align='left'\n\t color='greyish'>x</mj-text>", "5:3: `color` cannot be `greyish`."),
]

ALT = [
    ("<mj-spacer /><mj-image src='https://a.b/c' />", "3:14: This image has no `alt`."),
    ("\t<mj-image src='https://a.b/c' />", "3:2: This image has no `alt`."),
    ("\n\n<mj-image src='https://a.b/c' title='x' />", "5:1: This image has no `alt`."),
    ("<mj-text>👍 <img src='https://a.b/c' width='9'></mj-text>", "3:12: This image has no `alt`."),
    ("<mj-text><a href='#'><img src='https://a.b/c' width='9'></a></mj-text>", "3:22: This image has no `alt`."),
    ("<mj-image src='https://a.b/c' />", "3:1: This image has no `alt`."),
    ("<mj-image\n  src='https://a.b/c'\n  width='10px' />", "3:1: This image has no `alt`."),
    ("<mj-text><img src='https://a.b/c' width='9'></mj-text>", "3:10: This image has no `alt`."),
    ("<mj-text>\n <p>x <img width='3' src='https://a.b/c'/></p></mj-text>", "4:7: This image has no `alt`."),
    ("<mj-table><tr><td><img src='https://a.b/c' width='9'></td></tr></mj-table>", "3:19: This image has no `alt`."),
    ("<mj-raw><img src='https://a.b/c' width='9'></mj-raw>", "3:9: This image has no `alt`."),
    ("<mj-image src='https://a.b/c' Title='x' />", "3:1: This image has no `alt`."),
    ("<mj-image src='https://a.b/c' alt='' /><mj-image src='https://a.b/d' />", "3:40: This image has no `alt`."),
]

LINKS = [
    ("<mj-text><a href='http://a.b'>x</a></mj-text>", "3:13: `http://a.b` cannot be used in a mail. (write https://)"),
    ("<mj-button href='http://a.b'>x</mj-button>", "3:12: `http://a.b` cannot be used in a mail. (write https://)"),
    ("<mj-image src='http://a.b/c' alt='' />", "3:11: `http://a.b/c` cannot be used in a mail. (write https://)"),
    ("<mj-image src='https://a.b/c' alt='' href='http://a.b' />", "3:38: `http://a.b` cannot be used in a mail."),
    ("<mj-text>\n  <a\n href='HTTP://A.B'>x</a></mj-text>", "5:2: `HTTP://A.B` cannot be used in a mail."),
    ("<mj-text><a href='ftp://a.b'>x</a></mj-text>", "3:13: `ftp://a.b` cannot be used in a mail."),
    ("<mj-text><a href='www.a.b'>x</a></mj-text>", "3:13: `www.a.b` is no full address. (write https://www.a.b)"),
    ("<mj-text><a href=''>x</a></mj-text>", "3:13: `href` is empty. (give it an address)"),
    ("<mj-text><a href='page.html'>x</a></mj-text>", "3:13: `page.html` is no full address."),
    ("<mj-text><a href='//a.b'>x</a></mj-text>", "3:13: `//a.b` is no full address."),
    ("<mj-text><a href='/x'>x</a></mj-text>", "3:13: `/x` is no full address."),
    ("<mj-text><a href='{{ reader.name }}'>x</a></mj-text>", "3:13: `{{ reader.name }}` cannot begin a link."),
    ("<mj-text><a href='file:///etc'>x</a></mj-text>", "3:13: `file:///etc` cannot be used in a mail."),
    ("<mj-text><a href='https://a b'>x</a></mj-text>", "3:13: `https://a b` is no full address."),
    ("<mj-text><a href='https://'>x</a></mj-text>", "3:13: `https://` is no full address."),
    (
        "<mj-text><a href='{% if reader.name %}http://a.b{% endif %}'>x</a></mj-text>",
        "3:13: `http://a.b{% endif %}` cannot be used in a mail. (write https://)",
    ),
    ("<mj-text><a href='https://a.b' HREF=http://a.b>x</a></mj-text>", "3:32: `href` stands here twice"),
    ("<mj-image alt='x' />", "3:1: This image has no `src`. (say where its picture is)"),
    ("<mj-button>x</mj-button>", "3:1: This button leads nowhere. (give it an `href`)"),
]

CONTRAST = [
    ("<mj-text color='#999'>x</mj-text>", "3:1: `#999999` on `#ffffff` is hard to read: contrast 2.8 to 1."),
    ("<mj-text color='silver'>x</mj-text>", "3:1: `#c0c0c0` on `#ffffff` is hard to read: contrast 1.8 to 1."),
    ("<mj-text color='pink'>x</mj-text>", "3:1: `#ffc0cb` on `#ffffff` is hard to read: contrast 1.5 to 1."),
    ("\n<mj-text\n color='gold'>x</mj-text>", "4:1: `#ffd700` on `#ffffff` is hard to read: contrast 1.4 to 1."),
    ("<mj-text color='white'>x</mj-text>", "3:1: `#ffffff` on `#ffffff` is hard to read: contrast 1.0 to 1."),
    ("<mj-text color='yellow'>x</mj-text>", "3:1: `#ffff00` on `#ffffff` is hard to read: contrast 1.0 to 1."),
    ("<mj-text color='#777'>x</mj-text>", "3:1: `#777777` on `#ffffff` is hard to read: contrast 4.4 to 1."),
    ("<mj-text color='khaki'>x</mj-text>", "3:1: `#f0e68c` on `#ffffff` is hard to read: contrast 1.2 to 1."),
    ("<mj-text color='hsl(0,0%,80%)'>x</mj-text>", "3:1: `#cccccc` on `#ffffff` is hard to read: contrast 1.6 to 1."),
    ("<mj-text container-background-color='#333'>x</mj-text>", "3:1: `#22252e` on `#333333` is hard to read"),
    ("<mj-text>👍\n\t<b style='COLOR: #BBB'>x</b></mj-text>", "4:2: `#bbbbbb` on `#ffffff` is hard to read"),
    ("<mj-text>a <span style='background:#222;color:#444'>x</span></mj-text>", "3:12: `#444444` on `#222222` is hard"),
    ("<mj-text><font color='#ccc'>x</font></mj-text>", "3:10: `#cccccc` on `#ffffff` is hard to read"),
    ("<mj-table><tr><td bgcolor='#000'>x</td></tr></mj-table>", "3:15: `#22252e` on `#000000` is hard to read"),
    (
        "<mj-button background-color='#ffe' color='white' href='https://a.b'>x</mj-button>",
        "3:1: `#ffffff` on `#ffffee`",
    ),
    (
        "<mj-text><div style='color:#aaa'><p><i>x</i></p></div></mj-text>",
        "3:10: `#aaaaaa` on `#ffffff` is hard to read",
    ),
]

# Words that are painted otherwise inside, or no words at all.
READABLE = [
    "<mj-text color='#999'></mj-text>",
    "<mj-text color='#999'><img src='https://a.b/c' width='9' alt='x'></mj-text>",
    "<mj-text color='#999'><p style='color:#222'>x</p></mj-text>",
    "<mj-text><div style='background-color:#000'><p style='color:#fff'>x</p></div></mj-text>",
    "<mj-text color='#ABCDEF80'>x</mj-text>",
    "<mj-text color='#767676'>x</mj-text>",
]


def remarks(inside: str) -> list[str]:
    """The remarks about what stands on the third line, in a column."""
    body = f"<mj-section>\n  <mj-column>\n{inside}\n  </mj-column>\n</mj-section>"
    return [str(problem) for problem in lint(Source("mjml", "Hello", PREVIEW, body))]


@pytest.mark.parametrize(("inside", "remark"), [*VALUES, *ALT, *LINKS, *CONTRAST])
def test_the_remark_stands_at_its_place_and_says_what_is_wrong(inside, remark):
    said = remarks(inside)
    assert any(each.startswith(remark) for each in said), said


@pytest.mark.parametrize("inside", READABLE)
def test_colours_of_words_that_can_be_read_are_no_matter(inside):
    assert [each for each in remarks(inside) if "hard to read" in each] == []

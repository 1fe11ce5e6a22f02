"""What authors are told about a letter as a whole: that it has no way out, that it is too heavy; and where."""

import pytest

from emails.errors import Unpublishable
from emails.letter import Look, Source
from emails.lint import lint
from emails.typeset import typeset

PREVIEW = "A preview line that is long enough to be a good one."
WITHOUT_A_WAY_OUT = [
    "<mj-text>x</mj-text>",
    '<mj-text><a href="https://a.b/unsubscribe">leave</a></mj-text>',
    "<mj-text>{{ links.unsubscribe }}</mj-text>",
    '<mj-button href="{{ links.pause }}">Pause</mj-button>',
    '<mj-button href="{{ links.reader_page }}">Mine</mj-button>',
    '<mj-text><a href="mailto:leave@a.b">leave</a></mj-text>',
    '<mj-image src="https://a.b/c" alt="unsubscribe" />',
    "<mj-table><tr><td>unsubscribe</td></tr></mj-table>",
    '<mj-text><!-- <a href="{{ links.unsubscribe }}"> --></mj-text>',
    '<mj-text>{# <a href="{{ links.unsubscribe }}"> #}</mj-text>',
    "<mj-raw><p>leave</p></mj-raw>",
    "<mj-spacer />",
]


def document(inside: str) -> str:
    """A whole document that begins on the second line."""
    return f"\n<mjml><mj-body><mj-section><mj-column>{inside}</mj-column></mj-section></mj-body></mjml>"


@pytest.mark.parametrize("inside", WITHOUT_A_WAY_OUT)
def test_a_document_without_a_way_out_is_named_and_gets_one(inside):
    source = Source("mjml", "Hello", PREVIEW, document(inside), first_line=5)
    remark = "6:1: This document has no link for leaving the course; a footer with one will be added."
    assert any(str(each).startswith(remark) for each in lint(source))
    compiled = typeset(source, Look())
    assert 'href="{{ links.unsubscribe }}"' in compiled.html
    assert "links.unsubscribe" in compiled.text


HEAVY = [
    "x" * 63,
    "é" * 31,
    "<b>x</b> ",
    "&amp;",
    "<p>word word</p>",
    "<br>",
    "<i>x</i><br>",
    "→→→",
    "😀",
    "{{ reader.name }} ",
    "<a href='https://a.b/c'>x</a>",
    "<span style='color:#333333'>x</span>",
]


def heavy(piece: str) -> str:
    """A body whose third line is an element too long for a letter, between two short ones."""
    piece += "word " * 24
    text = piece * (105 * 1024 // len(piece.encode()))
    return (
        "<mj-section><mj-column>\n<mj-text>a</mj-text>\n"
        f"  <mj-text>{text}</mj-text>\n<mj-text>b</mj-text></mj-column></mj-section>"
    )


@pytest.mark.parametrize("piece", HEAVY)
def test_a_letter_that_gmail_would_cut_is_refused_with_its_weight_and_its_longest_piece(piece):
    with pytest.raises(Unpublishable) as refused:
        typeset(Source("mjml", "Hello", PREVIEW, heavy(piece), first_line=7), Look())
    said = str(refused.value.problems[0])
    assert said.startswith("9:3: The letter takes ")
    assert "KiB; Gmail cuts off what is longer than 100." in said


@pytest.mark.parametrize(
    "inside", ["{}", "::: tip\n{}\n:::", "- a\n- {}", "> {}", "```mjml\n<mj-text>{}</mj-text>\n```"]
)
def test_in_markdown_the_longest_paragraph_is_named(inside):
    body = f"Dear reader,\n\n{inside.replace('{}', 'word ' * 22_000)}\n\nbye"
    with pytest.raises(Unpublishable) as refused:
        typeset(Source("md", "Hello", PREVIEW, body, first_line=7), Look())
    line = 7 + body[: body.index("word ")].count("\n")
    assert refused.value.problems[0].line in {line, line - 1}

"""The short ways through the Markdown parser lead where the long ones lead."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it.common.normalize_url import normalizeLink

from emails.letter import Look, Source
from emails.markup import MARKDOWN, ORDINARY
from emails.typeset import typeset

PREVIEW = "A preview line that is long enough to be a good one."


@given(st.from_regex(ORDINARY, fullmatch=True))
def test_an_ordinary_address_is_in_its_normal_form_already(url: str):
    assert MARKDOWN.normalizeLink(url) == normalizeLink(url) == url


@pytest.mark.parametrize("url", ["https://müller.de/ä", "HTTPS://A.B", "https://a.b/%zz", "https://a.b/x y", "a&b"])
def test_any_other_address_goes_the_parsers_way(url: str):
    assert MARKDOWN.normalizeLink(url) == normalizeLink(url)


@pytest.mark.parametrize("text", ["see //a.b/c", "x@y.example", "https://a.b", "mailto:x@y.example", "a//b, [x](y)"])
def test_addresses_in_running_text_are_found_as_ever(text: str):
    assert MARKDOWN.linkify is not None
    assert MARKDOWN.linkify.test(text) == super(type(MARKDOWN.linkify), MARKDOWN.linkify).test(text)


@pytest.mark.parametrize("slot", ["mt-body", "mt-footer"])
def test_a_themes_slots_are_nothing_in_a_lesson(slot: str):
    body = f"<mj-section><mj-column><mj-text>x <{slot}></{slot}></mj-text></mj-column></mj-section>"
    html = typeset(Source("mjml", "S", PREVIEW, body), Look()).html
    assert len(re.findall("links.unsubscribe", html)) == 1

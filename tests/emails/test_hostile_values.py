"""Whatever a reader is called, and a course, a sender and a house: in every theme and letter it is text."""

from datetime import UTC, datetime

import pytest

from emails.compile import Compiler
from emails.letter import Address, Headers, Look, Rendered, Source
from emails.mime import assemble
from emails.render import render
from emails.sandbox import sample_values
from emails.theme import theme_names

HOSTILE = "'\"><img src=x onerror=alert(1)><script>alert(1)</script>{{7*7}}{% if %}</title>\r\nBcc: x@example.org"
LETTERS = ("confirmation", "completion", "already_in", "sign_in", "alarm")


def hostile_values() -> dict[str, dict[str, str | int]]:
    values = sample_values()
    for group, field in (("reader", "name"), ("course", "title"), ("sender", "name"), ("sender", "postal_address"),
                         ("lesson", "subject"), ("next_lesson", "subject"), ("house", "name")):  # fmt: skip
        values[group][field] = HOSTILE
    return values


def assert_harmless(rendered: Rendered) -> None:
    assert "<script" not in rendered.html
    assert "<img src=x" not in rendered.html
    assert rendered.html.count("</title>") == 1
    assert "{{7*7}}" in rendered.html, "it does stand there, as it was written"
    assert "{{7*7}}" in rendered.text
    assert "\n" not in rendered.subject


@pytest.mark.parametrize("theme", theme_names())
def test_in_a_lesson(compiler: Compiler, theme: str):
    source = Source("md", "For {{ reader.name }}", "p" * 60, 'Dear {{ reader.name }}, [go](https://example.org "x").')
    rendered = render(compiler.compile(source, Look(theme, {}, HOSTILE)), hostile_values())
    assert_harmless(rendered)
    headers = Headers(
        sender=Address(HOSTILE, "ana@example.org"),
        recipient=Address(HOSTILE, "eve@example.org"),
        date=datetime.now(UTC),
        message_id="<a@example.org>",
        reply_to=None,
        unsubscribe_url="https://example.org/u",
        unsubscribe_mailto="mailto:x@example.org",
        list_id="a.example.org",
        feedback_id="f",
        bulk=True,
    )
    head = assemble(rendered, headers).partition(b"\r\n\r\n")[0].lower()
    assert b"\r\nbcc:" not in head
    assert head.count(b"\r\nto:") == 1


@pytest.mark.parametrize("name", LETTERS)
def test_in_our_own_letters(compiler: Compiler, name: str):
    assert_harmless(render(compiler.compile_system(name, "en", Look("letter", {}, HOSTILE)), hostile_values()))

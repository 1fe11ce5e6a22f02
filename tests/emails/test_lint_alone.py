"""A document that stands alone, as other programs write them, may hold what a lesson may not."""

import pytest

from emails.letter import Source
from emails.lint import lint

PREVIEW = "A preview line that is long enough to be a good one."


def column(inside: str) -> str:
    return f"<mj-section><mj-column>{inside}</mj-column></mj-section>"


ALONE = [
    ("<mj-hero><mj-text>x</mj-text></mj-hero>", ["warning"]),
    (column("<mj-image src='' alt='' />"), ["warning"]),
    (column("<mj-image src='http://a.b/c' alt='' />"), ["warning"]),
    (column("<mj-text><a href='javascript:x'>x</a></mj-text>"), ["error"]),
    (column("<mj-colum />"), ["error"]),
]


@pytest.mark.parametrize(("body", "severities"), ALONE)
def test_a_document_that_stands_alone_may_hold_what_a_lesson_may_not(body, severities):
    source = Source("mjml", "Hello", PREVIEW, f"<mjml><mj-body>{body}</mj-body></mjml>", alone=True)
    assert [problem.severity for problem in lint(source)] == severities


FOREIGN = [
    ("<mj-text>{{ FirstName }}</mj-text>", "warning", "There is no value `FirstName`."),
    ("<mj-text>{{ user.name }}</mj-text>", "warning", "There is no value `user.name`."),
    ("<mj-text>{{ reader.nam }}</mj-text>", "error", "There is no value `reader.nam`."),
    ("<mj-text>{% for x in y %}{{ x }}{% endfor %}</mj-text>", "warning", "There is no statement `{% for %}`."),
    ("<mj-text>{% verbatim %}</mj-text>", "warning", "There is no statement `{% verbatim %}`."),
    ("<mj-text>{{ x | shout }}</mj-text>", "warning", "There is no filter `shout`."),
    ("<mj-text>{{ x is strange }}</mj-text>", "warning", "There is no test `is strange`."),
    ("<mj-text>{% if x %}</mj-text>", "error", "`{% if x %}` has no `{% endif %}`."),
    ("<mj-text>{% for x in y %}</mj-text>", "error", "`{% for x in y %}` has no `{% endfor %}`."),
    ("loose", "warning", "Text cannot stand in `<mj-column>`: “loose”."),
    ("<mj-raw><link rel='x'></mj-raw>", "warning", "`<link>` cannot be in a mail."),
    ("<mj-raw><form></form></mj-raw>", "error", "`<form>` cannot be in a mail."),
    ("<mj-image src='' alt=''>words</mj-image>", "warning", "Nothing can stand in `<mj-image>`: “words”."),
]


@pytest.mark.parametrize(("inside", "severity", "message"), FOREIGN)
def test_what_another_system_would_understand_is_a_warning(inside, severity, message):
    source = Source("mjml", "Hello", PREVIEW, f"<mjml><mj-body>{column(inside)}</mj-body></mjml>", alone=True)
    assert (severity, message) in [(problem.severity, problem.message) for problem in lint(source)]


def test_a_component_at_the_top_is_drawn_there():
    source = Source("mjml", "Hello", PREVIEW, "<mjml><mj-body><mj-spacer colr='x' /></mj-body></mjml>", alone=True)
    remarks = [str(problem) for problem in lint(source)]
    assert remarks[0].startswith("1:16: `<mj-spacer>` cannot stand in `<mj-body>`.")
    assert "1:27: `<mj-spacer>` takes no `colr`." in remarks[1]


def test_what_everybody_is_told_overrides_what_a_button_would_have_been():
    everybody = "<mj-head><mj-attributes><mj-all color='#444444' /></mj-attributes></mj-head>"
    button = column("<mj-button href='https://a.org'>Go on</mj-button>")
    source = Source("mjml", "Hello", PREVIEW, f"<mjml>{everybody}<mj-body>{button}</mj-body></mjml>", alone=True)
    assert "`#444444` on `#414141` is hard to read: contrast 1.0 to 1." in [each.message for each in lint(source)]

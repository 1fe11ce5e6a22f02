"""What a letter's template may reach, and what it may not."""

import time

import pytest
from jinja2 import TemplateError

from emails.sandbox import VARIABLES, dots, environment, percent_of, sample_values

VALUES = {"reader": {"name": "Ana"}, "lesson": {"number": 2, "count": 5}}


def rendered(source: str, values: dict[str, dict[str, str | int]] | None = None, *, autoescape: bool = True) -> str:
    return environment(autoescape=autoescape).from_string(source).render(values or VALUES)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ reader.name }}", "Ana"),
        ('{{ reader.name | fallback("friend") }}', "Ana"),
        ("{{ reader.name | upper }} {{ reader.name | lower }}", "ANA ana"),
        ('{{ "ana maria" | capitalize }}', "Ana maria"),
        ('{{ "ana maria" | first_word }}', "ana"),
        ('{{ "" | first_word }}', ""),
        ('{{ " x " | trim }}', "x"),
        ('{{ "a b&c/d" | urlencode }}', "a%20b%26c%2Fd"),
        ("{% if lesson.number < 3 %}early{% endif %}", "early"),
        ("{{ lesson.count - lesson.number }} left", "3 left"),
        ("a\n", "a\n"),
    ],
)
def test_values_filters_and_choices(source, expected):
    assert rendered(source) == expected


def test_an_empty_name_falls_back():
    assert rendered('Dear {{ reader.name | fallback("friend") }}', {"reader": {"name": "  "}}) == "Dear friend"


@pytest.mark.parametrize("name", ["<script>", '"><img onerror=x>', "a & b"])
def test_a_value_is_escaped_in_html_whatever_filter_it_passes(name):
    for source in (
        "{{ reader.name }}",
        "{{ reader.name | upper }}",
        "{{ reader.name | e }}",
        "{{ reader.name | trim }}",
    ):
        out = rendered(source, {"reader": {"name": name}})
        assert "<" not in out
        assert '"' not in out


def test_plain_text_is_not_escaped():
    assert rendered("{{ reader.name }}", {"reader": {"name": "A & B"}}, autoescape=False) == "A & B"


def test_a_value_is_never_a_template():
    assert rendered("{{ reader.name }}", {"reader": {"name": "{{ 7 * 7 }}"}}) == "{{ 7 * 7 }}"


@pytest.mark.parametrize(
    "source",
    [
        "{{ reader.nam }}",
        "{{ nobody }}",
        "{{ range(9) }}",
        "{{ lipsum() }}",
        "{{ cycler }}",
        "{{ joiner }}",
        "{{ namespace() }}",
        "{{ reader.__class__ }}",
        "{{ reader.name.__class__.__mro__ }}",
        "{{ '<b>' | safe }}",
        "{{ reader.name | attr('__class__') }}",
        "{{ reader.update({'name': 'x'}) }}",
        "{{ reader.name is callable }}",
        "{{ 'a'.join }}",
        "{{ reader.items }}",
        "{{ reader['items'] }}",
        "{{ self._TemplateReference__context }}",
    ],
)
def test_everything_else_is_out_of_reach(source):
    with pytest.raises(TemplateError):
        rendered(source)


@pytest.mark.parametrize(
    "source",
    [
        '{{ "x" * 10**9 }}',
        "{{ 9**9**9 }}",
        '{{ "x" * 1000000000 }}',
        '{{ 1000000000 * "x" }}',
        '{{ "x" * 10000 * 10000 }}',
        '{% set a = "xxxxxxxxxx" %}' + "{% set a = a ~ a %}" * 30 + "{{ a }}",
        '{% for a in "aaaaaaaaaa" %}' * 9 + "{% endfor %}" * 9,
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        '{{ "%1000000000d" % 1 }}',
        '{{ "{:>1000000000}".format(1) }}',
        '{{ "a".center(1000000000) }}',
        "{{ [1] * 100000000 }}",
        "{{ 1 if 2**(2**40) else 2 }}",
    ],
)
def test_what_grows_or_runs_on_is_refused_before_it_begins(source):
    began = time.process_time()
    with pytest.raises(TemplateError):
        rendered(source)
    assert time.process_time() - began < 0.5


def test_a_theme_may_count_how_far_the_reader_is():
    assert rendered("{{ 100 * lesson.number // lesson.count }} {{ '*' * lesson.number }}") == "40 **"


def test_every_variable_has_a_group_a_field_a_sample_and_a_sentence():
    samples = sample_values()
    assert len({variable.name for variable in VARIABLES}) == len(VARIABLES)
    for variable in VARIABLES:
        assert variable.name == f"{variable.group}.{variable.field}"
        assert samples[variable.group][variable.field] == variable.sample
        assert variable.says


@pytest.mark.parametrize(
    ("number", "count", "percent", "marks"),
    [(1, 5, 20, "●○○○○"), (5, 5, 100, "●●●●●"), (3, 13, 23, ""), (0, 0, 0, ""), (7, 5, 100, "")],
)
def test_progress_is_a_number_or_a_row_of_dots(number, count, percent, marks):
    assert percent_of(number, count) == percent
    assert dots(number, count) == marks

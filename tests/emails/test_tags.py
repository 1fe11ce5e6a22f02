"""Tags go into the vault and come out as they were."""

import time

import pytest

from emails.places import Place
from emails.tags import Vault, bare_tags


def protected(text: str, **options: bool) -> tuple[Vault, str]:
    vault = Vault(text)
    return vault, vault.protect(text, Place(), **options)


@pytest.mark.parametrize(
    "text",
    [
        "Dear {{ reader.name }},",
        '<a href="{{ links.done | fallback("x") }}">',
        "{% if lesson.number < 3 %}a{% else %}b{% endif %}",
        "{{ reader.name | fallback('}} not the end') }}!",
        "{%- if reader.name -%}x{%- endif -%}",
        "no tags at all",
    ],
)
def test_a_tag_is_one_plain_word_and_comes_back_unchanged(text):
    vault, words = protected(text)
    assert "{" not in words
    assert vault.restore(words) == text


def test_words_never_occur_in_the_text_itself():
    vault, words = protected("mtq0z is not a tag, {{ reader.name }} is")
    assert vault.restore(words) == "mtq0z is not a tag, {{ reader.name }} is"


def test_comments_go():
    assert protected("a{# {{ secret }} #}b")[1] == "ab"


def test_a_raw_block_prints_its_braces():
    vault, words = protected("{% raw %}{{ name }} {% if %}{% endraw %}")
    assert vault.restore(words) == '{{ "{" }}{ name }} {{ "{" }}% if %}'
    assert vault.tags() == []


def test_a_value_with_braces_is_a_literal():
    vault = Vault()
    assert vault.restore(vault.literal("{{ x }} {% y %} {# z #} {ok}")).count('{{ "{" }}') == 3


def test_entities_inside_tags_are_undone_where_the_source_is_mjml():
    vault, words = protected("{% if lesson.number &lt; 3 %}{{ reader.name | fallback(&quot;x&quot;) }}", mjml=True)
    assert vault.restore(words) == '{% if lesson.number < 3 %}{{ reader.name | fallback("x") }}'


def test_every_tag_knows_its_line_and_column():
    vault, _ = protected("one\n  {{ reader.name }}\n{% if x")
    assert [(tag.kind, tag.place.line, tag.place.column) for tag in vault.tags()] == [
        ("output", 2, 3),
        ("stray", 3, 1),
    ]


def test_statements_are_told_from_what_prints():
    vault, words = protected("{% if reader.name %} {% endif %}")
    assert vault.is_statements(words)
    assert not vault.is_statements(words + " x")
    assert not vault.is_statements(vault.protect("{{ reader.name }}", Place()))
    assert not vault.is_statements("")


def test_a_tag_is_as_wide_as_its_value_usually_is():
    vault, words = protected("{{ lesson.number }}")
    assert vault.width(words) == 2
    assert vault.width(vault.protect("{% if lesson.number < 3 %}", Place())) == 0
    assert vault.width(vault.protect("{{ house.name }}", Place())) == 12
    assert vault.width(vault.keep("abc")) == 3


@pytest.mark.parametrize("opening", ["{#", "{% raw %}", "{{ '", "{%"])
def test_many_openings_that_nobody_closes_are_found_in_a_moment(opening):
    began = time.process_time()
    vault, _ = protected(opening * 10_000)
    assert time.process_time() - began < 2
    assert {tag.kind for tag in vault.tags()} <= {"stray", "statement"}


def test_a_printed_brace_and_the_tag_behind_it_do_not_become_one():
    vault = Vault()
    protected = vault.protect("{% raw %}{{{% endraw %}{{ reader.name }}", Place())
    assert vault.restore(protected) == '{{ "{" }}{{ "{" }}{{ reader.name }}'


def test_what_is_kept_is_unpacked_and_tags_stay_words():
    vault = Vault()
    tag = vault.protect("{{ reader.name }}", Place())
    packed = vault.keep(f"<p>{tag}{vault.keep('x')}{vault.literal('{{')}</p>")
    unpacked = vault.unpack(packed)
    assert unpacked.startswith(f"<p>{tag}x")
    assert vault.restore(unpacked) == vault.restore(packed)


def test_a_template_is_tried_out_by_its_tags_alone():
    assert bare_tags("a { b {{ x }} c {% if y %}d{% endif %}}") == "{{ x }}{% if y %}{% endif %}"
    assert bare_tags("a {{ x b") == "a {{ x b"

"""Personalising: readers' values are text and never anything else."""

import pytest
from markupsafe import Markup

from emails.errors import Unrenderable
from emails.letter import Compiled
from emails.render import OUTPUT_LIMIT, render
from emails.sandbox import sample_values


def compiled(subject="", html="", text=""):
    return Compiled(subject=subject, html=html, text=text, links=(), compiler="meantime-1")


def named(name):
    return {"reader": {"name": name}}


def test_each_part_gets_its_values():
    rendered = render(
        compiled("Hello {{ reader.name }}", "<p>{{ reader.name }}</p>", "Dear {{ reader.name }}\n"), named("Ana")
    )
    assert rendered.subject == "Hello Ana"
    assert rendered.html == "<p>Ana</p>"
    assert rendered.text == "Dear Ana\n"


@pytest.mark.parametrize("name", ["{{7*7}}", "{% raw %}", "<script>x</script>", '"><img onerror=a>', "a & b"])
def test_a_name_is_literal_in_text_and_escaped_in_html(name):
    rendered = render(compiled(html='<p title="{{ reader.name }}">', text="{{ reader.name }}"), named(name))
    assert rendered.text == name
    inside = rendered.html.removeprefix('<p title="').removesuffix('">')
    assert not set('<>"').intersection(inside)
    assert Markup(inside).unescape() == name


def test_a_subject_is_one_clean_line_without_escaping():
    template = compiled(subject=" {{ reader.name }}\n  & you ")
    assert render(template, named("Ana\r\nBcc: x@y\u2028\u202e")).subject == "Ana Bcc: x@y & you"
    assert "=?" not in render(template, named("=?utf-8?q?Ana=0D=0ABcc=3A?=")).subject


def test_numbers_are_compared_and_put_out():
    template = compiled(
        text="{% if lesson.number < lesson.count %}{{ lesson.number }} of {{ lesson.count }}{% endif %}"
    )
    assert render(template, {"lesson": {"number": 2, "count": 5}}).text == "2 of 5"


def test_every_value_that_templates_may_use_can_be_rendered():
    values = sample_values()
    names = [f"{group}.{field}" for group, fields in values.items() for field in fields]
    text = render(compiled(text="\n".join(f"{{{{ {name} }}}}" for name in names)), values).text
    assert len(text.splitlines()) == len(names)


@pytest.mark.parametrize(
    "source",
    [
        "{{ reader.nmae }}",
        "{{ stranger.name }}",
        "{{ reader.name",
        "{{ 1 / 0 }}",
        "{{ reader.name + 1 }}",
        "{{ reader.name.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{% for x in range(9) %}{% endfor %}",
        "{{ reader.update({'name': 'x'}) }}",
        "{{ lipsum() }}",
        "{{ reader.name | nosuchfilter }}",
        "{% include 'other' %}",
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "{{ '%999999999999d' | format(1) }}",
    ],
)
def test_a_template_that_cannot_be_filled_says_so(source):
    for template in (compiled(subject=source), compiled(html=source), compiled(text=source)):
        with pytest.raises(Unrenderable):
            render(template, named("Ana"))


def test_a_letter_that_grows_without_measure_is_stopped():
    with pytest.raises(Unrenderable, match="million"):
        render(compiled(text="{{ reader.name }}" * 101), named("x" * (OUTPUT_LIMIT // 100)))
    assert render(compiled(text="{{ reader.name }}" * 100), named("x" * (OUTPUT_LIMIT // 100)))


@pytest.mark.parametrize("value", [Markup("<b>"), None, 1.5, True, ["a"], b"bytes"])
def test_only_plain_strings_and_whole_numbers_are_values(value):
    with pytest.raises(Unrenderable, match=r"reader\.name"):
        render(compiled(html="{{ reader.name }}"), named(value))


def test_rendering_leaves_the_values_alone_and_repeats_itself():
    values = sample_values()
    template = compiled("{{ course.title }}", "<p>{{ reader.name }}</p>", "{{ links.unsubscribe }}")
    assert render(template, values) == render(template, values)
    assert values == sample_values()


def test_a_field_that_this_reader_has_not_is_empty_and_one_that_they_have_is_text():
    template = compiled(html='{{ fields.city | fallback("<afar>") }}{% if fields.city %}!{% endif %}{{ fields.x }}')
    assert render(template, {"fields": {"city": "<Porto>"}}).html == "&lt;Porto&gt;!"
    assert render(template, {}).html == "&lt;afar&gt;"

"""The press: what it prints is what the long way gives, whatever the template says and the values hold."""

import email
import re
from dataclasses import replace
from datetime import UTC, datetime
from email import policy

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from emails.envelope import content
from emails.errors import Unrenderable
from emails.letter import Address, Compiled, Headers, Message, Rendered
from emails.mime import assemble
from emails.press import print_message
from emails.render import OUTPUT_LIMIT, render

HEADERS = Headers(
    sender=Address("Robin Hale", "robin@example.org"),
    recipient=Address("Ana", "ana@example.com"),
    date=datetime(2027, 3, 28, 9, tzinfo=UTC),
    message_id="<abc.123@example.org>",
)
# What a line of quoted-printable could stumble over, at its end, its beginning, and in its middle.
AWKWARD = (
    *("", " ", ".", "..", "=", "=20", "\n", "\r", "\r\n", "\t", " \n", ".\n", "\0", "> ", "<&>\"'", "--=_"),
    *(
        "Ö",
        "👩‍👧",
        "\ud800",
        "\u2028",
        "x" * 75,
        "y" * 76,
        "x" * 74 + " \n",
        "z" * 75 + ".",
        "word " * 20,
        "https://example.org/" + "t" * 70,
    ),
)
WORDS = st.one_of(st.sampled_from(AWKWARD), st.text(max_size=90), st.text(st.sampled_from(" .=\r\na0Ö"), max_size=170))
VALUES = st.fixed_dictionaries(
    {
        "reader": st.fixed_dictionaries({"name": WORDS}),
        "lesson": st.fixed_dictionaries({"number": st.integers(0, 9), "count": st.integers(0, 9)}),
        "fields": st.dictionaries(st.sampled_from(["city", "dog"]), WORDS),
    }
)
STATIC = WORDS.map(lambda text: text.replace("{", "("))
TAGS = st.sampled_from(
    (
        "{{ reader.name }}",
        "{{ reader['name'] }}",
        "{{ reader.name | upper | trim }}",
        "{{ reader.name | fallback('=20 .') }}",
        "{{ reader.name | e }}",
        "{{ lesson.number }}",
        "{{ lesson.number | dots(lesson.count) }}",
        "{{ fields.city }}",
        "{{ fields.dog ~ '\\r' }}",
        "{{ '\\n' }}",
        "{{ '\\r' }}",
        "{{ '<b>' if lesson.number > 3 else reader.name }}",
        "{{ 'a' ~ 1 }}",
        "{{ reader.nmae if lesson.number == 7 }}",
        "{% raw %}{{ reader.name }}{% endraw %}",
        "{# nothing #}",
    )
)


def block(inside):
    """An {% if %} around what there is, with and without another branch."""
    tests = st.sampled_from(("reader.name", "lesson.number is odd", "not fields.city", "fields.dog is defined"))
    plain = st.tuples(tests, inside).map("{{% if {0[0]} %}}{0[1]}{{% endif %}}".format)
    forked = st.tuples(tests, inside, inside).map("{{% if {0[0]} %}}{0[1]}{{% else -%}}{0[2]}{{% endif %}}".format)
    return st.one_of(st.lists(inside, max_size=5).map("".join), plain, forked)


TEMPLATES = st.lists(st.recursive(st.one_of(STATIC, TAGS), block, max_leaves=12), max_size=8).map("".join)


def compiled(html="", text="", subject="Make room"):
    return Compiled(subject, html, text, (), "test")


def printed(template, values):
    return print_message(template, values, HEADERS).data


def read(data):
    """Both parts, text first, as the standard library reads them."""
    message = email.message_from_bytes(data, policy=policy.default)
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert all(not part.defects for part in message.walk())
    return [part.get_payload(decode=True) for part in message.iter_parts()]


def outcome(make):
    """What comes out: the headers and both parts, or the sentence about what is wrong."""
    try:
        data = make()
    except Unrenderable as error:
        return str(error)
    return data.partition(b"\r\n\r\n")[0], read(data)


@settings(deadline=None, max_examples=100)
@given(html=TEMPLATES, text=TEMPLATES, subject=TEMPLATES, values=VALUES)
@example("a\r{{ '\\n' }}", "a\r{{ '\\n' }}", "S", {"reader": {"name": "\r"}, "lesson": {}, "fields": {}})
@example("{{ reader.name }}\nb", "{{ reader.name }}\nb", "S", {"reader": {"name": "a\r"}, "lesson": {}, "fields": {}})
@example("{{ reader.name }}.b", "x{{ reader.name }}.", "S", {"reader": {"name": "\n"}, "lesson": {}, "fields": {}})
@example("", "a\n" + "word " * 20 + "\n{{ reader.name }} =20\nb", "S", {"reader": {"name": "word " * 20}})
def test_it_prints_what_the_long_way_gives(html, text, subject, values):
    template = compiled(html, text, subject)
    short = outcome(lambda: printed(template, values))
    assert short == outcome(lambda: assemble(render(template, values), HEADERS))


@settings(deadline=None, max_examples=60)
@given(html=TEMPLATES, text=TEMPLATES, values=VALUES)
@example("." * 300, "." * 300, {"reader": {"name": ""}})
@example("{{ reader.name }}", "{{ reader.name }}", {"reader": {"name": "a" * 75 + "."}})
@example("{{ reader.name }}", "\n{{ reader.name }}\n", {"reader": {"name": "."}})
@example("{{ reader.name }} \n", "Dear {{ reader.name }} \n", {"reader": {"name": "Ana"}})
def test_no_line_is_long_or_odd_or_begins_with_a_dot(html, text, values):
    values = {**values, "lesson": {"number": 1, "count": 2}, "reader": {**values["reader"], "nmae": ""}}
    data = printed(compiled(html, text), values)
    assert max(map(len, data.split(b"\r\n"))) <= 76
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\0|^\.|[ \t]\r\n", data, re.MULTILINE)
    assert data.isascii()
    assert content(Message("a@example.org", "b@example.org", data)) == data


def test_a_value_is_escaped_in_html_and_only_there():
    template = compiled('<a title="{{ reader.name }}">{{ reader.name | upper }}</a>', "{{ reader.name }}")
    text, html = read(printed(template, {"reader": {"name": '"><b>&{{x}}'}}))
    assert text == b'"><b>&{{x}}\r\n'
    assert html == b'<a title="&#34;&gt;&lt;b&gt;&amp;{{x}}">&#34;&gt;&lt;B&gt;&amp;{{X}}</a>\r\n'


def test_lines_of_the_text_are_broken_again_around_a_long_name():
    text = "Dear {{ reader.name }}, this line was short enough before.\n\n> And {{ reader.name }}.\nEnd"
    written = read(printed(compiled(text=text), {"reader": {"name": "Maria de la Concepción y " * 4}}))[0].decode()
    assert max(map(len, written.split("\r\n"))) <= 78
    assert " ".join(written.split()).startswith("Dear Maria de la Concepción y Maria")
    assert written.endswith("y .\r\nEnd\r\n")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ reader.nmae }}", "nmae"),
        ("{{ stranger.name }}", "no attribute .name."),
        ("{{ reader.name", "end of print statement|unexpected end"),
        ("{{ reader.name + 1 }}", "str"),
        ("{% for x in reader %}{% endfor %}", "cannot do this"),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "never comes to an end"),
    ],
)
def test_a_template_that_cannot_be_filled_says_so(source, said):
    for template in (compiled(html=source), compiled(text=source), compiled(subject=source)):
        with pytest.raises(Unrenderable, match=said):
            printed(template, {"reader": {"name": "Ana"}})


def test_a_value_that_is_no_plain_text_is_refused():
    with pytest.raises(Unrenderable, match=r"reader\.name is list"):
        printed(compiled(html="{{ reader.name }}"), {"reader": {"name": ["a"]}})


def test_a_letter_that_grows_without_measure_is_stopped():
    long = {"reader": {"name": "x" * (OUTPUT_LIMIT // 100)}}
    for part in ("html", "text"):
        with pytest.raises(Unrenderable, match="million"):
            printed(compiled(**{part: "{{ reader.name }}" * 101}), long)
        assert printed(compiled(**{part: "{{ reader.name }}" * 100}), long)


def test_the_digest_tells_mails_apart_and_the_same_mail_has_the_same():
    template, ana = compiled("<p>{{ reader.name }}</p>", "{{ reader.name }}"), {"reader": {"name": "Ana"}}
    first = print_message(template, ana, HEADERS)
    assert first == print_message(template, ana, HEADERS)
    others = [
        print_message(template, {"reader": {"name": "Eva"}}, HEADERS),
        print_message(template, ana, replace(HEADERS, message_id="<other@example.org>")),
        print_message(replace(template, text="{{ reader.name }} "), ana, HEADERS),
        print_message(replace(template, subject="Make more room"), ana, HEADERS),
    ]
    assert len({each.digest for each in (first, *others)}) == 5


def test_nothing_to_say_is_two_empty_lines():
    assert read(printed(compiled(), {})) == [b"\r\n", b"\r\n"]
    assert assemble(Rendered("S", "", ""), HEADERS).count(b"\r\n\r\n\r\n") == 2

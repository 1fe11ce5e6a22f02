# ruff: noqa: E501  # a table is read by the line
"""What may stand at the head of a lesson, and where exactly we say that something may not."""

from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import SourceError
from course.folder import Asks, parse_course, parse_lesson
from course.schedule.waits import Wait
from tests.course.courses import lesson


def complaints(text: str, name: str = "01-one.md") -> list[str]:
    with pytest.raises(SourceError) as caught:
        parse_lesson(text, name)
    return [str(problem) for problem in caught.value.problems]


def test_every_key_of_the_design_is_understood():
    text = lesson(
        'preview: "Why: because"',
        "status: draft",
        "hour: 18:30",
        "useless_after: 2027-03-28",
        "asks: {done: I have done it, fallback: 5 days}",
        body="# Hello\n\nText.\n",
    )
    read = parse_lesson(text, "01-one.md")
    assert (read.key, read.subject, read.preview, read.status) == ("one", "One", "Why: because", "draft")
    assert read.wait == Wait("days", 1)
    assert read.hour == time(18, 30)
    assert read.useless_after == date(2027, 3, 28)
    assert read.asks == Asks("I have done it", 5)
    assert read.body == "# Hello\n\nText.\n"
    assert text.splitlines()[read.body_line - 1] == "# Hello"
    assert read.source == text


def test_a_lesson_is_published_unless_it_says_otherwise():
    assert parse_lesson(lesson(), "01-one.md").status == "published"


@pytest.mark.parametrize(("name", "form"), [("a.md", "md"), ("a.mjml", "mjml")])
def test_the_format_is_told_by_the_name(name, form):
    assert parse_lesson(lesson(), name).format == form


def test_a_gate_without_a_fallback_waits_for_ever():
    assert parse_lesson(lesson("asks: {done: Yes}"), "a.md").asks == Asks("Yes", None)


def test_windows_line_ends_are_kept_in_the_source_and_gone_from_the_body():
    text = lesson("preview: p", body="One\nTwo\n").replace("\n", "\r\n")
    read = parse_lesson(text, "a.md")
    assert read.source == text
    assert read.body == "One\nTwo\n"
    assert read.body_line == 7


def test_a_byte_order_mark_is_no_obstacle():
    assert parse_lesson("\ufeff" + lesson(), "a.md").key == "one"


def test_three_dashes_in_the_body_are_a_rule_and_no_fence():
    assert parse_lesson(lesson(body="One\n\n---\n\nTwo\n"), "a.md").body == "One\n\n---\n\nTwo\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Hello", "01-one.md:1:1: A lesson begins with a line `---` and its keys. (nothing may stand before it)"),
        ("\n---\nid: a\n---\n", "01-one.md:1:1: A lesson begins with a line `---` and its keys. (nothing may stand before it)"),
        ("----\nid: a\n---\n", "01-one.md:1:1: A lesson begins with a line `---` and its keys. (nothing may stand before it)"),
        ("---\nid: a\n", "01-one.md:1:1: The keys that begin here never end. (close them with a second line `---`)"),
        ("---\n---\nText", "01-one.md:2:1: `id` is missing."),
        (lesson("subjct: x"), "01-one.md:5:1: `subjct` is no key here. (did you mean `subject`?)"),
        (lesson("pace: 2"), "01-one.md:5:1: `pace` is no key here. (known here: id, subject, preview, status, wait, hour, useless_after, asks)"),
        (lesson("id: two"), "01-one.md:5:1: `id` stands twice. (first on line 2)"),
        (lesson("status: ready"), "01-one.md:5:9: `ready` is none of draft, published."),
        (lesson("status: publish"), "01-one.md:5:9: `publish` is none of draft, published. (did you mean `published`?)"),
        (lesson("hour: noon"), '01-one.md:5:7: `noon` is no time of day. (write it as "09:00")'),
        (lesson("useless_after: tomorrow"), "01-one.md:5:16: `tomorrow` is no date. (write it as 2027-03-28)"),
        (lesson("asks: I did"), "01-one.md:5:7: Keys are expected under this one. (write `asks: {…}` or indent them below)"),
        (lesson("asks: {fallback: 5 days}"), "01-one.md:5:1: `done` is missing."),
        (lesson("asks: {done: Yes, fallback: 5}"), '01-one.md:5:29: `5` is no length of time. (write it as "5 days")'),
        (lesson("asks: {done: Yes, fallback: 36 hours}"), '01-one.md:5:29: This takes whole days, from 1 to 365. (write it as "5 days")'),
        (lesson("preview: {{ reader.name }}, hello"), "01-one.md:5:27: This does not fit the lines before it. (check the indentation, and the quotes)"),
        (lesson("preview: {{ reader.name }}"), "01-one.md:5:11: A key is one word. (a value that begins with { or [ goes into quotes)"),
        (lesson(body=""), "01-one.md:6:1: There is no text here. (write one, or set `status: draft`)"),
        (lesson("wait: soon").replace("wait: 1 day\n", ""), '01-one.md:4:7: "soon" is not a wait; write immediately, 90 minutes, 6 hours, 2 days, 1 week, on 2027-03-28 or next monday.'),
        (lesson("useless_after: 2027-01-01").replace("1 day", "on 2027-01-02"), "01-one.md:5:16: This lesson comes on 2027-01-02, when it is already useless."),
        (lesson().replace("One", "'" + "x" * 201 + "'"), "01-one.md:3:10: This has 201 characters; 200 are the most."),
        (lesson(body="x" * 300 * 1024), "01-one.md: This lesson has 300 KiB; 256 KiB are the most."),
    ],
)  # fmt: skip
def test_each_mistake_is_named_with_its_place(text, complaint):
    assert complaint in complaints(text)


def test_a_template_tag_in_quotes_is_a_subject():
    text = lesson().replace("One", '"{{ reader.name }}, hello"')
    assert parse_lesson(text, "a.md").subject == "{{ reader.name }}, hello"


def test_a_draft_may_be_without_text():
    assert parse_lesson(lesson("status: draft", body=""), "a.md").body == ""


def test_several_problems_come_together_in_the_order_of_the_lines():
    text = lesson("hour: 25", "stats: draft").replace("id: one", "id: One!")
    assert [each.split(": ")[0] for each in complaints(text)] == ["01-one.md:2:5", "01-one.md:5:7", "01-one.md:6:1"]


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("ab:-#'\"{}[]&*!|>%@`\\ \n\t\r,?~0é\ufeff\x85\u2028"), max_size=60))
def test_whatever_stands_in_the_keys_the_answer_is_a_lesson_or_problems_with_places(keys):
    for read in (lambda: parse_lesson(f"---\n{keys}\n---\nText", "a.md"), lambda: parse_course(keys)):
        try:
            read()
        except SourceError as error:
            assert error.problems
            assert all(problem.line and problem.column for problem in error.problems)

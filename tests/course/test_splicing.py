"""Editing single keys of a file: they change, and every other byte stays."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import SourceError
from course.folder import parse_lesson, set_body, set_keys
from course.folder.frontmatter import any_sheet
from course.folder.splicing import plain
from tests.course.courses import FIRST


def says(text: str):
    return plain(any_sheet(text, "").root)


@pytest.mark.parametrize(
    ("before", "values", "after"),
    [
        # changing
        ("a: 1\nb: two # why\nc: 3\n", {"b": "three"}, "a: 1\nb: three # why\nc: 3\n"),
        ("a:    'x'   # c\n", {"a": "it's"}, "a:    'it''s'   # c\n"),
        ('a: "x"\n', {"a": "y"}, 'a: "y"\n'),
        ("a: x\n", {"a": "y: z"}, 'a: "y: z"\n'),
        ("a: x\n", {"a": "two\nlines"}, 'a: "two\\nlines"\n'),
        ("a: 'x'\n", {"a": "two\nlines"}, 'a: "two\\nlines"\n'),
        ("a: yes\nb: 2027-01-01\n", {"a": "no", "b": "2027-01-02"}, "a: no\nb: 2027-01-02\n"),
        ("a: x\n", {"a": "no"}, 'a: "no"\n'),
        ("a: 9:00\n", {"a": "10:00"}, 'a: "10:00"\n'),
        ("a:\nb: 1\n", {"a": "x"}, "a: x\nb: 1\n"),
        ("a: |\n  long\n  text\n\n# c\nb: 1\n", {"a": "short"}, "a: short\n\n# c\nb: 1\n"),
        ("a: >-\n  long\n  text\nb: 1\n", {"b": "2"}, "a: >-\n  long\n  text\nb: 2\n"),
        ("a: long\n  text\nb: 1\n", {"a": "short"}, "a: short\nb: 1\n"),
        ("a:\n  - x\n  - y # c\n# d\nb: 1\n", {"a": ("z",)}, "a: [z] # c\n# d\nb: 1\n"),
        ("a:\n- x\n- y\nb: 1\n", {"a": ("z", "1")}, 'a: [z, "1"]\nb: 1\n'),
        ("a: # c\n  - x\nb: 1\n", {"a": ("z",)}, "a: # c\n  [z]\nb: 1\n"),
        ("a: [x]\n", {"a": ()}, "a: []\n"),
        ("{a: 1, b: 2}\n", {"a": "why?"}, '{a: "why?", b: 2}\n'),
        ("{a: 1, b: 2}\n", {"a": "x, y"}, '{a: "x, y", b: 2}\n'),
        # adding
        ("", {"a": "x"}, "a: x\n"),
        ("# only a comment", {"a": "x"}, "# only a comment\na: x\n"),
        ("---\n", {"a": "x"}, "---\na: x\n"),
        ("a: 1 # c\n# d\n", {"b": "x"}, "a: 1 # c\nb: x\n# d\n"),
        ("a: 1", {"b": "x"}, "a: 1\nb: x"),
        ("a: |\n  text\n", {"b": "x"}, "b: x\na: |\n  text\n"),
        ("  a: 1\n", {"b": "x"}, "  a: 1\n  b: x\n"),
        ("{}\n", {"b": "x"}, "{b: x}\n"),
        ("{a: 1}\n", {"b": "x"}, "{a: 1, b: x}\n"),
        ("a: 1\n", {"b": ("x", "y")}, "a: 1\nb: [x, y]\n"),
        # removing
        ("a: 1\nb: 2 # c\nc: 3\n", {"b": None}, "a: 1\nc: 3\n"),
        ("a: 1\nb:\n  - 2\n  - 3\n# c\n", {"b": None}, "a: 1\n# c\n"),
        ("a: 1\nb: |\n  2\n\nc: 3\n", {"b": None}, "a: 1\n\nc: 3\n"),
        ("{a: 1, b: 2, c: 3}\n", {"a": None}, "{b: 2, c: 3}\n"),
        ("{a: 1, b: 2}\n", {"b": None}, "{a: 1}\n"),
        ("{a: 1, # c\n b: 2}\n", {"b": None}, "{a: 1, # c\n }\n"),
        ("{a: 1}\n", {"a": None}, "{}\n"),
        ("{a: 1, # c\n}\n", {"a": None}, "{ # c\n}\n"),
        ("a: 1\n", {"b": None}, "a: 1\n"),
        # below another key
        ("s: {h: 1, z: x}\n", {"s.h": "2"}, "s: {h: 2, z: x}\n"),
        ("s: {h: 1}\n", {"s.z": "x"}, "s: {h: 1, z: x}\n"),
        ("s: {h: 1, z: x}\n", {"s.z": None}, "s: {h: 1}\n"),
        ("s:\n  h: x # c\n  z: 1\nt: 1\n", {"s.h": "y"}, "s:\n  h: y # c\n  z: 1\nt: 1\n"),
        ("s:\n  h: x # c\nt: 1\n", {"s.z": "y"}, "s:\n  h: x # c\n  z: y\nt: 1\n"),
        ("s:\n  h: x # c\nt: 1\n", {"s.h": None}, "s:\n  {} # c\nt: 1\n"),
        ("s: { # c\n }\nt: 1\n", {"s.h": "x"}, "s: {h: x # c\n }\nt: 1\n"),
        ("s:\nt: 1\n", {"s.h": "x"}, "s: {h: x}\nt: 1\n"),
        ("t: 1\n", {"s.h": "x", "s.z": ("a", "b")}, "t: 1\ns: {h: x, z: [a, b]}\n"),
        ("t: 1\n", {"s.h": None}, "t: 1\n"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_only_the_named_keys_change(before, values, after, newline):
    assert set_keys(before.replace("\n", newline), values) == (
        after.replace("\n", newline) if "\n" in before else after
    )


def test_in_a_lesson_only_the_front_matter_is_edited():
    text = "\ufeff---\nid: a # c\nsubject: A\n---\nsubject: B\n---\n"
    assert set_keys(text, {"subject": "C", "hour": "9:00"}) == (
        '\ufeff---\nid: a # c\nsubject: C\nhour: "9:00"\n---\nsubject: B\n---\n'
    )


def test_a_lesson_can_be_made_from_nothing():
    keys = {"id": "one", "subject": "Yes: one", "wait": "on 2027-03-28", "asks.done": "Yes", "asks.fallback": "5 days"}
    text = set_body(set_keys("---\n---\n", keys), "Hello.\n")
    lesson = parse_lesson(text, "a.md")
    assert (lesson.key, lesson.subject, str(lesson.wait), lesson.body) == (
        "one",
        "Yes: one",
        "on 2027-03-28",
        "Hello.\n",
    )
    assert lesson.asks is not None


def test_what_does_not_change_leaves_the_text_alone():
    text = "a:   '1'\nb: [ x,y ]\n"
    assert set_keys(text, {"a": "1", "b": ("x", "y"), "c": None}) == text


@pytest.mark.parametrize("text", ["a: [", "a: 1\na: 2\n", "? [a]\n: 1\n"])
def test_what_cannot_be_read_is_not_edited(text):
    with pytest.raises(SourceError):
        set_keys(text, {"a": "x"})


def test_a_layout_that_we_cannot_edit_is_refused_and_not_damaged():
    with pytest.raises(SourceError, match="`b` is laid out in a way that we cannot edit"):
        set_keys("? a\n: 1\n", {"b": "x"})
    with pytest.raises(SourceError, match="`a` holds no keys"):
        set_keys("a: 1\n", {"a.b": "x"})


def test_a_body_takes_the_line_ends_of_its_file():
    assert set_body(FIRST, "One\r\nTwo\rThree\n") == FIRST.replace("Hello.\n", "One\nTwo\nThree\n")
    assert set_body(FIRST.replace("\n", "\r\n"), "One\nTwo\n").endswith("---\r\nOne\r\nTwo\r\n")
    assert set_body("---\nid: a\n---", "One") == "---\nid: a\n---\nOne"
    assert set_body(FIRST, "").endswith("---\n")


TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("ab 1:-#'\"{}[]&*!|>%@`\\\n\r\t,?~=.…é\x85\xa0\u2028\ufeff\U0001f642"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=30,
)
NAMES = st.sampled_from(["id", "subject", "preview", "wait", "hour", "status"])
VALUES = st.one_of(TEXTS, st.none(), st.lists(TEXTS, max_size=3).map(tuple))
STYLES = st.sampled_from([None, "'", '"', "|", ">"])


@st.composite
def front_matters(draw):
    """Keys as PyYAML writes them in one of its styles, with comments, in either line end, in block or flow."""
    keys = draw(st.dictionaries(NAMES, st.one_of(TEXTS, st.lists(TEXTS, max_size=3)), max_size=5))
    written = yaml.safe_dump(
        keys,
        default_style=draw(STYLES),
        default_flow_style=draw(st.booleans()),
        allow_unicode=draw(st.booleans()),
        sort_keys=False,
        width=draw(st.sampled_from([20, 1000])),
    )
    comment = draw(st.sampled_from(["", "# a comment\n", "\n\n"]))
    ending = draw(st.sampled_from(["", "# the end\n", "\n"]))
    return f"{comment}{written}{ending}".replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@settings(deadline=None)
@given(front_matters(), NAMES, VALUES)
def test_after_any_edit_exactly_that_key_says_something_else(keys, name, value):
    text = f"---\n{keys}---\nThe body.\n---\n"
    before = says(text)
    edited = set_keys(text, {name: value})
    wanted = {key: said for key, said in before.items() if key != name}
    assert {key: said for key, said in says(edited).items() if key != name} == wanted
    assert says(edited).get(name) == (list(value) if isinstance(value, tuple) else value)
    assert edited.endswith("---\nThe body.\n---\n")


COURSES = [
    'slug: a\ntitle: T # c\nschedule: {hour: "09:00", skip: [2027-01-01]} # s\n# x\nsender:\n  name: R # r\n\n# foot\n',
    '{"slug": "a", "schedule": {"hour": "09:00"}, "sender": {}}',
    "schedule:\n    # first\n    hour: 09:00\n    weekdays:\n    - mon\n    cap:\n"
    "sender: {\n  name: R, # c\n  }\ntitle: >-\n  a\n",
]
PATHS = ["title", "ends", "schedule.hour", "schedule.weekdays", "schedule.cap", "sender.name", "theme_settings.accent"]


@settings(deadline=None)
@given(
    st.sampled_from(COURSES), st.lists(st.tuples(st.sampled_from(PATHS), VALUES.filter(lambda v: v != "")), max_size=5)
)
def test_edits_of_nested_keys_follow_each_other_and_lose_no_comment(text, edits):
    for path, value in edits:
        name, _, below = path.partition(".")
        edited = set_keys(text, {path: value})
        found = says(edited).get(name)
        found = (found or {}).get(below) if below else found
        assert found == (list(value) if isinstance(value, tuple) else value)
        assert {key: said for key, said in says(edited).items() if key != name} == {
            key: said for key, said in says(text).items() if key != name
        }
        if value is not None:
            assert [mark for mark in ("# c", "# s", "# x", "# r", "# foot", "# first") if mark in text] == [
                mark for mark in ("# c", "# s", "# x", "# r", "# foot", "# first") if mark in edited
            ]
        text = edited


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_every_text_can_be_written_over_every_simple_line_and_the_neighbours_stay(old, new):
    subject = yaml.safe_dump(old, default_style='"')
    text = f"# head\nid: a # c\nsubject: {subject}wait: 1 day # d\n\n# foot\n"
    edited = set_keys(text, {"subject": new})
    assert says(edited) == {"id": "a", "subject": new, "wait": "1 day"}
    assert edited.startswith("# head\nid: a # c\nsubject: ")
    assert edited.endswith("wait: 1 day # d\n\n# foot\n")
    assert set_keys(edited, {"subject": new}) == edited

# ruff: noqa: E501  # a table is read by the line
"""What may stand in a course.yaml, and where exactly we say that something may not."""

from datetime import date, time, timedelta

import pytest

from course.errors import SourceError
from course.folder import Sender, parse_course
from tests.course.courses import COURSE


def complaints(text: str) -> list[str]:
    with pytest.raises(SourceError) as caught:
        parse_course(text)
    return [str(problem) for problem in caught.value.problems]


def schedule(line: str):
    return parse_course(f"slug: a\ntitle: A\nschedule:\n  {line}\n").rules


def test_a_short_course_gets_the_usual_rules():
    course = parse_course("slug: a\ntitle: A\n")
    assert course.rules.hour == time(9)
    assert course.rules.timezone == "UTC"
    assert course.rules.weekdays == frozenset(range(7))
    assert course.rules.quiet == (time(21), time(8))
    assert course.rules.gap == timedelta(hours=18)
    assert course.ends
    assert course.theme == "letter"
    assert course.sender == Sender("A")
    assert course.reader_may == {"hour", "timezone", "pace", "pause", "next_now"}


def test_every_key_of_the_design_is_understood():
    course = parse_course(
        "slug: long-one\ntitle: Ünïcode\nsummary: >-\n  Two\n  lines\nlanguage: pt-BR\ntheme: letter\n"
        'theme_settings: {accent: "#b8452b"}\nends: no\n'
        "sender: {name: Robin, email: robin@example.org, reply_to: answers@example.org}\n"
        'schedule: {hour: "10:30", timezone: America/New_York, weekdays: [mon, wednesday, fri-sun],\n'
        '  skip: [2027-01-01, 2027-12-24..2027-12-26], quiet: "22:00-06:00", gap: 12 hours, cap: 2}\n'
        "reader_may: [hour, next_now]\n"
    )
    assert course.summary == "Two lines"
    assert course.language == "pt-BR"
    assert course.theme_settings == {"accent": "#b8452b"}
    assert not course.ends
    assert course.sender == Sender("Robin", "robin@example.org", "answers@example.org")
    assert course.rules.weekdays == {0, 2, 4, 5, 6}
    assert course.rules.skip == (
        (date(2027, 1, 1), date(2027, 1, 1)),
        (date(2027, 12, 24), date(2027, 12, 26)),
    )
    assert course.rules.quiet == (time(22), time(6))
    assert course.rules.gap == timedelta(hours=12)
    assert course.rules.cap == 2
    assert course.reader_may == {"hour", "next_now"}


@pytest.mark.parametrize("written", ["09:00", "9:00", '"09:00"', "'9:00'"])
def test_an_hour_means_the_same_with_and_without_quotes(written):
    assert schedule(f"hour: {written}").hour == time(9)


@pytest.mark.parametrize(
    ("written", "ends"), [("no", False), ("yes", True), ("False", False), ("on", True), ('"no"', False)]
)
def test_ends_takes_every_word_for_yes_and_no(written, ends):
    assert parse_course(f"slug: a\ntitle: A\nends: {written}\n").ends is ends


def test_norwegian_is_a_language_and_no_refusal():
    assert parse_course("slug: a\ntitle: A\nlanguage: no\n").language == "no"


def test_a_number_may_be_a_title():
    assert parse_course("slug: a\ntitle: 1984\n").title == "1984"


def test_quiet_gap_and_cap_can_be_none():
    assert schedule("quiet: none").quiet is None
    assert schedule("gap: none").gap == timedelta()
    assert schedule("cap: none").cap is None
    assert schedule("cap: ~").cap is None


@pytest.mark.parametrize("written", ["[mon, tue]", "mon, tue", "[Monday, tuesday]", "mon-tue", "[mon – tue]"])
def test_open_days_are_read_as_people_write_them(written):
    assert schedule(f"weekdays: {written}").weekdays == {0, 1}


def test_a_list_of_rights_needs_no_brackets():
    assert parse_course("slug: a\ntitle: A\nreader_may: hour, pace\n").reader_may == {"hour", "pace"}


def test_a_single_skipped_day_needs_no_list():
    assert schedule("skip: 2027-01-01").skip == ((date(2027, 1, 1), date(2027, 1, 1)),)


def test_reader_may_is_all_or_none_in_a_word():
    assert parse_course("slug: a\ntitle: A\nreader_may: none\n").reader_may == frozenset()
    assert len(parse_course("slug: a\ntitle: A\nreader_may: all\n").reader_may) == 5


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("tite: x", "course.yaml:3:1: `tite` is no key here. (did you mean `title`?)"),
        ("title: B", "course.yaml:3:1: `title` stands twice. (first on line 2)"),
        ("ends: maybe", "course.yaml:3:7: `maybe` is neither yes nor no."),
        ("language: english", "course.yaml:3:11: `english` is no language. (write a tag such as `en` or `pt-BR`)"),
        ("summary: ''", "course.yaml:3:10: This is empty."),
        ("summary: [a]", "course.yaml:3:10: One value is expected here. (a value that begins with { or [ goes into quotes)"),
        ("summary: a: b", "course.yaml:3:11: A colon and a space cannot stand in a bare value. (put the value into quotes)"),
        ("summary: 'a", "course.yaml:3:10: A quote opens here and never closes."),
        ("summary: @a", "course.yaml:3:10: A value cannot begin with this character. (put it into quotes)"),
        ("\tsummary: a", "course.yaml:3:1: A tab cannot stand here. (use spaces)"),
        ("  summary: a", "course.yaml:3:10: A colon and a space cannot stand in a bare value. (put the value into quotes)"),
        ("summary", "course.yaml:3:1: There is no key here. (write `key: value`)"),
        ("sender: [a", "course.yaml:3:9: This [ is never closed, or a comma is missing in it."),
        ("sender: {a", "course.yaml:3:9: This { is never closed, or a comma is missing in it."),
        ("sender: Robin", "course.yaml:3:9: Keys are expected under this one. (write `sender: {…}` or indent them below)"),
        ("sender: {email: robin}", "course.yaml:3:17: An address has an @ in it, as in ana@example.org."),
        ('sender: {name: "a\\nb"}', "course.yaml:3:16: This must fit on one line. (use `>-` or quotes to fold it)"),
        ("theme_settings: {accent: '#red'}", "course.yaml:3:26: `#red` is no colour. (write it as \"#b8452b\")"),
        ("theme_settings:\n  accent: #b8452b", "course.yaml:4:10: `accent` is missing."),
        ("reader_may: [hours]", "course.yaml:3:14: `hours` is none of hour, timezone, pace, pause, next_now, all, none. (did you mean `hour`?)"),
        ("? [a]\n: b", "course.yaml:3:3: A key is one word. (a value that begins with { or [ goes into quotes)"),
        ("summary: &x a", "course.yaml:3:10: Anchors and aliases (& and *) are not used here."),
        ("summary: *x", "course.yaml:3:10: Anchors and aliases (& and *) are not used here."),
        ("summary: !!python/object:os.system a", "course.yaml:3:10: The tag tag:yaml.org,2002:python/object:os.system is not used here."),
        ("summary: " + "[" * 40, "course.yaml:3:21: This is nested too deeply."),
        ("---\na: b", "course.yaml:3:1: A second document begins here. (keep one)"),
        ('summary: "\\q"', "course.yaml:3:12: A backslash has no meaning here. (use single quotes)"),
        ("summary: \x07", "course.yaml:3:10: The character U+0007 cannot stand in a text. (remove it)"),
        ('summary: "\\x07"', "course.yaml:3:10: This holds a control character. (remove it)"),
        ('summary: "\\UFFFFFFFF"', "course.yaml:1:1: A number in these keys is out of any range."),
        ("summary: " + "a" * 2001, "course.yaml:3:10: This has 2001 characters; 2000 are the most."),
    ],
)  # fmt: skip
def test_each_mistake_is_named_with_its_place(line, complaint):
    assert complaint in complaints(f"slug: a\ntitle: A\n{line}\n")


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("hours: 9:00", "4:3: `hours` is no key here. (did you mean `hour`?)"),
        ("hour: 540", '4:9: `540` is no time of day. (write it as "09:00")'),
        ("hour: 24:00", '4:9: `24:00` is no time of day. (write it as "09:00")'),
        ("hour: 22:00", "4:9: The hour 22:00 lies in the quiet hours. (choose another hour)"),
        ("hour: 07:59", "4:9: The hour 07:59 lies in the quiet hours. (choose another hour)"),
        ("quiet: 08:00-20:00", "4:10: The hour 09:00 lies in the quiet hours. (choose another hour)"),
        ("quiet: 08:00-08:00", "4:10: These quiet hours begin when they end. (write none if no hour is quiet)"),
        ("quiet: night", '4:10: `night` is no span of hours. (write "21:00-08:00", or none)'),
        ("timezone: Europe/Berln", "4:13: `Europe/Berln` is no time zone. (did you mean `Europe/Berlin`?)"),
        ("timezone: ../etc/passwd", "4:13: `../etc/passwd` is no time zone. (write it as Europe/Berlin)"),
        ("weekdays: [mon, tur]", "4:19: `tur` is no weekday. (write mon, tue, wed, thu, fri, sat or sun)"),
        ("weekdays: [mondy]", "4:14: `mondy` is no weekday. (did you mean `monday`?)"),
        ("weekdays: []", "4:13: No day of the week is open. (name one at least)"),
        ("skip: {a: b}", "4:9: One value is expected here. (a value that begins with { or [ goes into quotes)"),
        ("skip: [2027-02-30]", "4:10: There is no 2027-02-30 in the calendar."),
        ("skip: [28.3.2027]", "4:10: `28.3.2027` is no date. (write it as 2027-03-28)"),
        ("skip: [2027-01-02..2027-01-01]", "4:10: This range ends before it begins. (write 2027-01-01..2027-01-02)"),
        ("skip: [2027-01-01..2029-01-01]", "4:10: This range is longer than a year."),
        ("gap: 18", '4:8: `18` is no length of time. (write it as "18 hours")'),
        ("gap: 40 days", "4:8: A gap longer than 31 days stands in the way of every wait."),
        ("cap: 0", "4:8: `0` is no number from 1 to 99."),
    ],
)  # fmt: skip
def test_each_mistake_in_the_schedule_is_named_with_its_place(line, complaint):
    assert complaints(f"slug: a\ntitle: A\nschedule:\n  {line}\n") == [f"course.yaml:{complaint}"]


def test_a_gap_may_be_wide_and_quiet_hours_end_exactly_at_their_end():
    assert schedule("hour: 08:00").hour == time(8)
    assert schedule("gap: 2 days").gap == timedelta(days=2)


def test_several_problems_come_together_in_the_order_of_the_lines():
    text = "title: A\nends: maybe\nschedule: {hour: 25:00}\nthme: letter\n"
    assert [each.split(": ")[0] for each in complaints(text)] == [
        "course.yaml:1:1",  # no slug
        "course.yaml:2:7",
        "course.yaml:3:18",
        "course.yaml:4:1",
    ]


@pytest.mark.parametrize("slug", ["A", "a_b", "-a", "a-", "a" * 65, "ä", "a/b", "..", "''"])
def test_a_slug_is_small_letters_digits_and_hyphens(slug):
    assert complaints(f"slug: {slug}\ntitle: A\n")[0].startswith("course.yaml:1:7: ")


def test_a_slug_that_is_nearly_right_gets_a_proposal():
    assert complaints("slug: Breathing Room\ntitle: A\n")[0].endswith("(for example `breathing-room`)")


@pytest.mark.parametrize("text", ["", "# nothing\n", "~\n", "---\n"])
def test_an_empty_file_misses_its_title_and_slug(text):
    assert len(complaints(text)) == 2


def test_a_list_is_no_course():
    assert complaints("- a\n") == ["course.yaml:1:1: Keys are expected here. (write `key: value`)"]


def test_a_file_without_end_is_refused():
    assert complaints("slug: a\n" + "# x\n" * 20_000) == ["course.yaml:1:1: The keys are longer than 64 KiB."]


@pytest.mark.parametrize("wrap", [lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n")])
def test_byte_order_marks_and_windows_line_ends_change_nothing_but_the_kept_text(wrap):
    course = parse_course(wrap(COURSE))
    assert course.source == wrap(COURSE)
    assert course.rules == parse_course(COURSE).rules
    assert complaints(wrap(COURSE + "tite: x\n")) == ["course.yaml:7:1: `tite` is no key here. (did you mean `title`?)"]
    assert complaints(wrap("slugg: small\ntitle: A\n"))[0].startswith("course.yaml:1:1: ")

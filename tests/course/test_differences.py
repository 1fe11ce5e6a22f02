"""What differs between two states of a course's files."""

from dataclasses import replace
from pathlib import Path

import pytest

from course.folder import CourseSource, parse_course, parse_lesson, read_folder, set_body, set_keys
from course.folder.differences import TEXT, Change, Differences, Renamed, differences
from tests.course.courses import COURSE, lesson, small_course


@pytest.fixture
def course(tmp_path: Path) -> CourseSource:
    return read_folder(small_course(tmp_path / "small"))


def numbered(*keys: str) -> CourseSource:
    """A course whose lessons have these ids, in this order, each in a file named after its id."""
    lessons = tuple(parse_lesson(lesson().replace("id: one", f"id: {key}"), f"{key}.md") for key in keys)
    return replace(parse_course(COURSE), lessons=lessons)


def with_lesson(course: CourseSource, at: int, text: str) -> CourseSource:
    lessons = list(course.lessons)
    lessons[at] = parse_lesson(text, lessons[at].file_name)
    return replace(course, lessons=tuple(lessons))


def test_a_course_does_not_differ_from_itself_nor_by_comments_quotes_and_line_ends(course):
    assert not differences(course, course)
    first = course.lessons[0].source
    assert not differences(course, with_lesson(course, 0, first.replace("id: first", "id: 'first' # the id")))
    assert not differences(course, with_lesson(course, 0, first.replace("\n", "\r\n")))


def test_changed_keys_are_named_with_both_values(course):
    text = set_body(set_keys(course.lessons[1].source, {"wait": "3 days", "hour": "10:00"}), "New.\n")
    assert differences(course, with_lesson(course, 1, text)).changed == {
        "second": (
            Change("wait", "2 days", "3 days"),
            Change("hour", "", "10:00"),
            Change(TEXT, "See ![a dot](images/dot.png)\n", "New.\n"),
        )
    }


def test_keys_of_the_course_are_named_with_dots(course):
    text = set_keys(course.source, {"schedule.weekdays": ("mon", "tue"), "sender.name": None, "ends": "no"})
    after = replace(parse_course(text), lessons=course.lessons, media=course.media)
    assert differences(course, after).course == (
        Change("sender.name", "Robin", ""),
        Change("schedule.weekdays", "", "mon, tue"),
        Change("ends", "", "no"),
    )


def test_lessons_added_and_removed_are_named_by_id():
    found = differences(numbered("a", "b"), numbered("b", "c"))
    assert found == Differences(added=("c",), removed=("a",))


def test_another_file_name_with_the_same_id_is_a_rename_and_another_ending_a_change(course):
    first, second = course.lessons
    moved = replace(course, lessons=(parse_lesson(first.source, "01-hello.mjml"), second))
    found = differences(course, moved)
    assert found.renamed == (Renamed("first", "01-first.md", "01-hello.mjml"),)
    assert found.changed == {"first": (Change("format", "md", "mjml"),)}
    assert not found.moved


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        ("abcd", "abcd", ""),
        ("abcd", "dabc", "d"),
        ("abcd", "bcda", "a"),
        ("abcd", "xacbdy", "b"),
        ("abcd", "ad", ""),
        ("ab", "ba", "a"),
        ("abcdef", "defabc", "abc"),
    ],
)
def test_as_few_lessons_as_possible_count_as_moved(before, after, moved):
    found = differences(numbered(*before), numbered(*after)).moved
    assert (len(found), set(found) <= set(before)) == (len(moved), True)
    assert [key for key in after if key in before and key not in found] == [
        key for key in before if key in after and key not in found
    ]


def test_pictures_are_compared_by_their_bytes(course):
    picture = course.media[0]
    other = replace(picture, path="images/other.png")
    assert differences(course, replace(course, media=())).media_removed == ("images/dot.png",)
    assert differences(course, replace(course, media=(picture, other))).media_added == ("images/other.png",)
    changed = replace(course, media=(replace(picture, data=picture.data + b"\0"),))
    assert differences(course, changed).media_changed == ("images/dot.png",)

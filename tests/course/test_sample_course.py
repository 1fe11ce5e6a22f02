"""The course that everybody sees first: it reads without a complaint, and keeps the house's manners."""

import re
from datetime import time
from pathlib import Path

import pytest

import course
from course.folder import LessonSource, inspect_folder, read_folder, write_folder
from course.folder.source import READER_RIGHTS
from course.schedule.waits import IMMEDIATELY
from tests.course.courses import tree

SAMPLE = Path(course.__file__).parent / "samples" / "breathing-room"
BREATHING_ROOM = read_folder(SAMPLE)

each_lesson = pytest.mark.parametrize("lesson", BREATHING_ROOM.lessons, ids=lambda lesson: lesson.key)


def test_it_has_neither_errors_nor_warnings():
    assert inspect_folder(SAMPLE)[1] == ()


def test_it_is_a_welcome_three_lessons_and_a_goodbye_with_a_few_days_between():
    assert len(BREATHING_ROOM.lessons) == 5
    first, *others = BREATHING_ROOM.lessons
    assert first.wait == IMMEDIATELY
    assert all(lesson.wait.kind == "days" and 1 <= lesson.wait.amount <= 3 for lesson in others)
    assert all(lesson.status == "published" for lesson in BREATHING_ROOM.lessons)


def test_its_schedule_leaves_everything_to_the_reader():
    rules = BREATHING_ROOM.rules
    assert (rules.hour, rules.timezone, rules.quiet) == (time(9), "Europe/Berlin", (time(21), time(8)))
    assert len(rules.weekdays) == 7
    assert BREATHING_ROOM.reader_may == set(READER_RIGHTS)


@each_lesson
def test_a_letter_is_of_a_length_that_one_reads_standing(lesson: LessonSource):
    assert 350 <= len(re.findall(r"[^\W\d_]+(?:’[^\W\d_]+)?", lesson.body)) <= 600


@each_lesson
def test_a_letter_never_raises_its_voice(lesson: LessonSource):
    assert "!" not in lesson.subject + lesson.preview + lesson.body


@each_lesson
def test_a_letter_ends_with_one_exercise(lesson: LessonSource):
    assert lesson.body.count("::: exercise Exercise: ") == 1


@each_lesson
def test_a_preview_line_is_no_second_subject(lesson: LessonSource):
    assert 40 <= len(lesson.preview) <= 110
    assert lesson.subject.lower() not in lesson.preview.lower()


@each_lesson
def test_a_letter_is_typeset_with_real_quotation_marks(lesson: LessonSource):
    prose = re.sub(r"\{\{.*?\}\}", "", lesson.body)
    assert not re.search(r"[\"']", prose)


def test_it_is_exported_as_it_is_kept(tmp_path):
    write_folder(BREATHING_ROOM, tmp_path / "copy")
    assert tree(tmp_path / "copy") == tree(SAMPLE)

"""What can never happen is said before it is published."""

import pytest

from course.errors import SourceError
from course.prospects import prospects
from tests.factories import MONDAY, course_source, lesson, publish_course


def said(*lessons, **schedule):
    return [str(each) for each in prospects(course_source(*lessons, **schedule), MONDAY)]


def test_a_course_that_can_happen_is_told_nothing():
    assert said("welcome: immediately", "trust: 2 days", lesson("feast", "on 2027-03-28")) == []


def test_a_lesson_that_no_day_is_open_for_is_an_error_and_is_not_published(session):
    closed = {"skip": "[2027-01-01..2027-12-31, 2028-01-01..2028-12-31]"}
    assert "Nobody would ever get this lesson" in said("trust: 1 day", **closed)[0]
    with pytest.raises(SourceError, match=r"01-trust\.md:5:1"):
        publish_course(session, "trust: 1 day", **closed)


def test_dates_that_have_passed_are_warnings():
    passed = said(lesson("feast", "on 2026-12-24"), lesson("offer", "1 day", useless_after="2026-12-31"))
    assert sorted(line.partition(": ")[2][:22] for line in passed) == [
        "2026-12-24 has passed,",
        "It is useless since 20",
    ]


def test_a_draft_may_say_what_it_likes():
    assert said("welcome: immediately", lesson("feast", "on 2026-12-24", status="draft")) == []

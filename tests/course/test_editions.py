"""Editions: made, copied, filled from a folder and read back as one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from course.editions import (
    Author,
    create_course,
    discard_draft,
    draft_lessons,
    edition_source,
    find_course,
    find_draft,
    find_place,
    find_published,
    open_draft,
    replace_draft,
)
from course.errors import NotFound, Refused
from course.folder import Media
from course.models import EditionState, Lesson, Revision
from course.models import Media as MediaRow
from course.sequence import published_sequence
from tests.factories import MONDAY, course_source, lesson, publish_course

ROBIN = Author("Robin", MONDAY)
DOT = Media("images/dot.png", b"\x89PNG dot", "image/png")


def test_a_new_course_is_a_draft_that_nobody_sees(session):
    course = create_course(session, course_source("a", "b"), ROBIN)
    draft = find_draft(session, course)
    assert (draft.number, draft.state, find_published(session, course)) == (1, EditionState.DRAFT, None)
    with pytest.raises(NotFound, match="not published"):
        published_sequence(session, course.id)
    with pytest.raises(Refused, match="small already"):
        create_course(session, course_source("a"), ROBIN)
    assert find_course(session, "small").id == course.id
    with pytest.raises(NotFound):
        find_course(session, "none")


def test_an_edition_gives_back_what_went_in(session):
    source = replace(course_source("a", lesson("b", hour="18:00", body="Ünïcode ✓\r\n")), media=(DOT,))
    course = create_course(session, source, ROBIN)
    assert edition_source(find_draft(session, course)) == source


def test_a_draft_is_a_copy_of_what_is_published_and_is_opened_once(session):
    course = publish_course(session, "a", "b")
    draft = open_draft(session, course, MONDAY + timedelta(days=1))
    published = find_published(session, course)
    assert edition_source(draft) == edition_source(published)
    assert (draft.number, open_draft(session, course, MONDAY).id) == (2, draft.id)
    places = [place.publication_id for place in published.lessons]
    assert [place.publication_id for place in draft.lessons] == places


def test_a_folder_replaces_the_draft_and_lessons_are_matched_by_id(session):
    course = create_course(session, replace(course_source("a", "b", "c"), media=(DOT,)), ROBIN)
    before = {place.lesson.key: (place.lesson_id, place.revision_id) for place in find_draft(session, course).lessons}
    draft = replace_draft(session, course, course_source("c", "a", lesson("new")), ROBIN)
    after = {place.lesson.key: (place.lesson_id, place.revision_id) for place in draft.lessons}
    assert [each.source.key for each in draft_lessons(draft)] == ["c", "a", "new"]
    assert (after["a"], after["c"]) == (before["a"], before["c"])
    assert draft.media == []
    assert draft.saves == 2


def test_a_lesson_that_comes_back_is_the_same_lesson(session):
    course = create_course(session, course_source("a", "b"), ROBIN)
    replace_draft(session, course, course_source("a"), ROBIN)
    replace_draft(session, course, course_source("a", "b"), ROBIN)
    assert session.scalar(select(func.count()).select_from(Lesson)) == 2
    assert session.scalar(select(func.max(Revision.number))) == 2


def test_a_picture_is_kept_once_however_many_editions_show_it(session):
    source = replace(course_source("a"), media=(DOT, replace(DOT, path="images/again.png")))
    course = create_course(session, source, ROBIN)
    replace_draft(session, course, source, ROBIN)
    assert session.scalar(select(func.count()).select_from(MediaRow)) == 1


def test_a_draft_is_thrown_away_only_where_something_is_published(session):
    course = create_course(session, course_source("a"), ROBIN)
    discard_draft(session, course)
    assert find_draft(session, course) is not None
    other = publish_course(session, "a", slug="other")
    open_draft(session, other, MONDAY)
    discard_draft(session, other)
    discard_draft(session, other)
    assert find_draft(session, other) is None


def test_a_place_is_found_by_the_lessons_id(session):
    draft = open_draft(session, publish_course(session, "a"), MONDAY)
    assert find_place(draft, "a").file_name == "01-a.md"
    with pytest.raises(NotFound, match="no lesson z"):
        find_place(draft, "z")

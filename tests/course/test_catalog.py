"""What anybody may see of the courses."""

from dataclasses import replace

import pytest

from course.catalog import find_course, find_media, list_courses
from course.editions import Author, create_course, find_draft, open_draft
from course.errors import NotFound
from course.folder import Media
from course.publishing import pause_course
from tests.factories import MONDAY, course_source, lesson, publish_course, publish_draft

DOT = Media("images/dot.png", b"\x89PNG dot", "image/png")


def test_only_what_is_published_is_listed(session):
    publish_course(session, "a", slug="first")
    create_course(session, course_source("a", slug="draft-only"), Author("Robin", MONDAY))
    publish_course(session, "a", slug="second")
    assert [course.slug for course in list_courses(session)] == ["first", "second"]
    for slug in ("draft-only", "none"):
        with pytest.raises(NotFound):
            find_course(session, slug)


def test_a_course_shows_its_published_lessons_in_order(session):
    course = publish_course(session, "a: immediately", lesson("b", status="draft"), "c: 1 week")
    shown = find_course(session, "small")
    assert [(each.number, each.key, each.subject, each.wait) for each in shown.lessons] == [
        (1, "a", "About a", "immediately"),
        (2, "c", "About c", "1 week"),
    ]
    assert (shown.id, shown.title, shown.sender_name, shown.paused) == (course.id, "The small course", "Robin", False)
    pause_course(session, course, MONDAY)
    assert find_course(session, "small").paused


def test_a_draft_shows_nothing_of_itself(session):
    course = publish_course(session, "a")
    open_draft(session, course, MONDAY).source = "slug: small\ntitle: Not yet\n"
    assert find_course(session, "small").title == "The small course"


def test_a_picture_is_found_while_an_edition_holds_it(session):
    course = create_course(session, replace(course_source("a"), media=(DOT,)), Author("Robin", MONDAY))
    draft = find_draft(session, course)
    publish_draft(session, draft, MONDAY)
    digest = draft.media[0].digest
    assert find_media(session, digest) == ("image/png", DOT.data)
    with pytest.raises(NotFound):
        find_media(session, "0" * 64)
    draft.media.clear()
    session.flush()
    with pytest.raises(NotFound):
        find_media(session, digest)

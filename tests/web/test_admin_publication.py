"""Publishing at the desk: what would change, for whom, and the way back."""

import re
from datetime import UTC, datetime

from course import planning
from course.database import Database
from course.editions import find_course, find_draft
from course.folder import parse_course
from tests.factories import join
from tests.web.desk import COURSE, FLOUR, AtTheDesk, order
from tests.web.sample import deliver_next

PUBLISH = f"{COURSE}/publication"


def yaml_of(database: Database, slug: str = "slow-bread"):
    with database.reading() as session:
        draft = find_draft(session, find_course(session, slug))
        return parse_course(draft.source) if draft else None


def test_publishing_shows_what_differs_and_then_it_is_everybodys(ana: AtTheDesk, database: Database, bell):
    ana.send(FLOUR, FLOUR, subject="Flour, water, time")
    page = ana.see(PUBLISH)
    assert "<del>Flour and water</del>" in page and "<ins>Flour, water, time</ins>" in page
    assert "Published." in ana.follow(ana.send(PUBLISH, PUBLISH))
    assert "Flour, water, time" in ana.browser.get("/courses/slow-bread").text
    assert bell.rings == 1
    assert order(database) == []


def test_a_lesson_that_cannot_be_a_mail_is_named_with_its_line_and_nothing_is_published(ana: AtTheDesk):
    ana.follow(ana.send(FLOUR, FLOUR, body="Hello\n\n{{ reader.nmae }}"))
    answer = ana.send(PUBLISH, PUBLISH)
    assert answer.status_code == 422
    assert re.search(r"01-flour\.md</a>, line \d+", answer.text)
    assert "edition 1 is published" in answer.text


def test_a_draft_that_changed_after_it_was_looked_at_is_not_published(ana: AtTheDesk, bo: AtTheDesk):
    ana.send(FLOUR, FLOUR, subject="Ana’s subject")
    fields = ana.fields(PUBLISH, PUBLISH)
    bo.send(FLOUR, FLOUR, subject="Bo’s subject")
    answer = ana.browser.post(PUBLISH, data=fields)
    assert answer.status_code == 409
    assert "Bo’s subject" in answer.text
    assert "edition 1 is published" in answer.text


def test_a_publication_is_taken_back_while_its_window_is_open(ana: AtTheDesk, database: Database):
    ana.send(FLOUR, FLOUR, subject="Too early")
    ana.send(PUBLISH, PUBLISH)
    assert "Taken back" in ana.follow(ana.send(COURSE, f"{COURSE}/undo"))
    assert "Too early" not in ana.browser.get("/courses/slow-bread").text
    assert "Too early" in ana.see(COURSE)
    token = ana.fields("/admin/courses", "/admin/sign-out")
    assert "over" in ana.follow(ana.browser.post(f"{COURSE}/undo", data=token))


def test_a_draft_is_thrown_away_after_being_asked_unless_it_changed(ana: AtTheDesk, bo: AtTheDesk, database: Database):
    path = f"{COURSE}/discard"
    ana.send(FLOUR, FLOUR, subject="Never mind")
    fields = ana.fields(path, path)
    bo.send(FLOUR, FLOUR, subject="Mind")
    assert "so it was kept" in ana.follow(ana.browser.post(path, data=fields))
    ana.follow(ana.send(path, path))
    assert order(database) == []
    assert ana.browser.get(path).status_code == 404


def test_a_first_publication_needs_a_published_lesson(ana: AtTheDesk):
    ana.send("/admin/new-course", "/admin/courses", title="Tea", sender="Ana")
    path = "/admin/courses/tea/publication"
    assert ana.send(path, path).status_code == 422
    ana.send("/admin/courses/tea", "/admin/courses/tea/lessons", subject="Water")
    lesson = "/admin/courses/tea/lessons/water"
    ana.follow(ana.send(lesson, lesson, body="Boil it, then wait.", status="published", wait="immediately"))
    ana.follow(ana.send(path, path))
    assert "Tea" in ana.browser.get("/courses/tea").text


def test_before_publishing_the_page_says_what_readers_would_notice(ana: AtTheDesk, database: Database):
    with database.writing() as session:
        reader = join(session, find_course(session, "slow-bread"), "ida@example.org", datetime.now(UTC), name="Ida")
        deliver_next(session, reader, datetime.now(UTC))
        planning.advance(session, reader.id, datetime.now(UTC))
    patience = f"{COURSE}/lessons/patience"
    ana.send(patience, patience, subject="Patience, more of it")
    assert "Nobody’s dates move." in ana.see(PUBLISH)
    ana.send(patience, patience, wait="6 days")
    page = ana.see(PUBLISH)
    assert "1 reader notices something; nobody gets anything twice." in page
    assert re.search(r"1 reader: from \w{3} \d\d \w{3} to \w{3} \d\d \w{3}", page)
    assert "Ida" in page

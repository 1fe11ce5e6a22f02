"""What the desk says while a publication runs: who has finished, how far the work is, what had left at an undo."""

import re
from datetime import UTC, datetime

import pytest

from course import planning
from course.database import Database
from course.editions import find_course
from course.models import Enrollment, EnrollmentState
from tests.factories import begin, claim_lesson, do_chores, join, record_sent
from tests.web.desk import COURSE, FLOUR, AtTheDesk
from tests.web.sample import deliver_next

PUBLISH = f"{COURSE}/publication"
WORK = f"{COURSE}/work"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def finished(app, database: Database) -> int:
    """A reader who has had all three lessons."""
    with database.writing() as session:
        course = find_course(session, "slow-bread")
        do_chores(session, now())
        mine = join(session, course, "ida@example.org", now(), name="Ida")
        for _ in range(3):
            deliver_next(session, mine, now())
            planning.advance(session, mine.id, now())
        assert mine.state is EnrollmentState.COMPLETED
        return mine.id


def publish_butter(ana: AtTheDesk, **fields: str):
    butter = f"{COURSE}/lessons/butter"
    ana.send(butter, butter, status="published")
    ana.send(COURSE, f"{butter}/place", step="1")
    return ana.send(PUBLISH, PUBLISH, **fields)


def test_a_new_lesson_is_offered_to_those_who_have_finished_with_the_rule_of_how_it_is_spread(
    ana: AtTheDesk, finished: int, database: Database
):
    butter = f"{COURSE}/lessons/butter"
    ana.send(butter, butter, status="published")
    ana.send(COURSE, f"{butter}/place", step="1")
    page = ana.see(PUBLISH)
    assert "1 reader has finished the course and gets nothing new, unless you say so" in page
    assert "Send “Butter is a draft” to this reader as well" in page
    assert "at most 500 of them in any hour" in page
    ana.follow(ana.send(PUBLISH, PUBLISH, finished="yes"))
    with database.writing() as session:
        do_chores(session, now())
        assert session.get_one(Enrollment, finished).state is EnrollmentState.ACTIVE


def test_unticked_it_reaches_nobody_who_has_finished(ana: AtTheDesk, finished: int, database: Database):
    publish_butter(ana)
    with database.writing() as session:
        do_chores(session, now())
        assert session.get_one(Enrollment, finished).state is EnrollmentState.COMPLETED


def test_a_new_lesson_further_up_goes_to_them_only_if_it_is_ticked_too(ana: AtTheDesk, finished: int):
    butter = f"{COURSE}/lessons/butter"
    ana.send(butter, butter, status="published")
    page = ana.see(PUBLISH)
    assert "Send the lessons ticked above to this reader as well" in page


def test_where_nobody_has_finished_or_nothing_is_new_it_is_not_asked(ana: AtTheDesk, database: Database):
    ana.send(FLOUR, FLOUR, subject="Flour, water, time")
    assert "finished the course" not in ana.see(PUBLISH)


def test_the_work_behind_a_publication_is_shown_until_it_is_done(ana: AtTheDesk, finished: int, database: Database):
    with database.writing() as session:
        join(session, find_course(session, "slow-bread"), "ben@example.org", now())
    publish_butter(ana, finished="yes")
    for page in (ana.see(COURSE), ana.see(WORK)):
        bars = re.findall(r'<progress [^>]*max="(\d+)" value="(\d+)"', page)
        assert bars == [("1", "0"), ("1", "0")]
        assert "Readers’ dates follow what was changed" in page
        assert "Who has finished is brought back for what is new" in page
    with database.writing() as session:
        do_chores(session, now())
    assert "<progress" not in ana.see(COURSE)
    assert "Done: every reader’s date is up to date." in ana.see(WORK)


def test_an_undo_lists_the_texts_that_had_left(ana: AtTheDesk, database: Database):
    with database.writing() as session:
        do_chores(session, now())
        mine = join(session, find_course(session, "slow-bread"), "ben@example.org", now(), name="Ben")
    ana.send(FLOUR, FLOUR, subject="Flour, water, time")
    ana.send(PUBLISH, PUBLISH)
    with database.writing() as session:
        do_chores(session, now())
        mine = session.get_one(Enrollment, mine.id)
        claimed = claim_lesson(session, mine, now())
        assert begin(session, claimed, now())
        assert record_sent(session, claimed, now())
    page = ana.follow(ana.send(COURSE, f"{COURSE}/undo"))
    assert "Taken back." in page
    assert "Texts of edition 2 that had left already" in page
    assert "“Flour, water, time”: 1 reader" in page
    assert "Ben" in page
    assert ana.browser.get(f"{COURSE}/taken-back/7").status_code == 404
    assert "Nobody has a text that is new in this edition." in ana.see(f"{COURSE}/taken-back/1")

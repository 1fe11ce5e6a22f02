"""Right after a course goes on again, its replanning has not come to every row: what the rest made longer stays."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from course import wishes
from course.database import Database
from course.editions import find_course
from course.models import Enrollment
from course.publishing import pause_course, resume_course
from emails.testing import Rule, ScriptedServer
from tests import factories
from tests.worker.mailing import Mailing

HOUR = timedelta(hours=1)


@pytest.fixture
def mailing(database: Database, tmp_path: Path) -> Iterator[Mailing]:
    with ScriptedServer() as server:
        yield Mailing(database, server, tmp_path)


def test_a_wait_in_hours_that_a_rest_made_longer_is_kept_before_the_chore_comes(mailing: Mailing, database: Database):
    mailing.begin_course("welcome: immediately", "soon: 6 hours", readers=2)
    mailing.deliver()
    assert sorted(mailing.arrived) == ["r1", "r2"]
    with database.writing() as session:
        pause_course(session, find_course(session, "small"), mailing.clock.now())
    mailing.wait(5 * HOUR)
    with database.writing() as session:
        resume_course(session, find_course(session, "small"), "active", mailing.clock.now())
    mailing.wait(2 * HOUR)  # seven hours after the first, two of them active
    mailing.deliver()
    assert sorted(mailing.arrived) == ["r1", "r2"]
    assert mailing.states("soon") == ["planned", "planned"]
    mailing.wait(5 * HOUR)
    mailing.deliver()
    assert sorted(mailing.arrived) == ["r1", "r1", "r2", "r2"]


@pytest.mark.parametrize("whose", ["the reader's", "the course's"])
def test_the_days_of_a_pause_are_none_of_those_after_which_we_give_up(mailing: Mailing, database: Database, whose: str):
    mailing.begin_course("welcome: immediately", readers=1)
    mailing.server.script(Rule("rcpt", answer="451 4.7.1 Not yet", recipient="r1@", times=2))
    mailing.deliver()
    assert mailing.row(1).first_tried_at
    pause(mailing, database, whose)
    mailing.wait(168 * HOUR)
    mailing.deliver()  # a course's pause holds a row when its turn comes
    go_on(mailing, database, whose)
    for _ in range(30):
        mailing.wait(HOUR)
        mailing.deliver()
        assert mailing.states() != ["failed"]
    assert mailing.states() == ["sent"]


def pause(mailing: Mailing, database: Database, whose: str) -> None:
    with database.writing() as session:
        if whose == "the course's":
            pause_course(session, find_course(session, "small"), mailing.clock.now())
        else:
            wishes.pause(session, session.scalars(select(Enrollment)).one(), None, mailing.clock.now())


def go_on(mailing: Mailing, database: Database, whose: str) -> None:
    with database.writing() as session:
        if whose == "the course's":
            resume_course(session, find_course(session, "small"), "restart", mailing.clock.now())
            factories.do_chores(session, mailing.clock.now())
        else:
            wishes.resume(session, session.scalars(select(Enrollment)).one(), mailing.clock.now())

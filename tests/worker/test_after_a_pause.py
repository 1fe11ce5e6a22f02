"""Right after a course goes on again, its replanning has not come to every row: what the rest made longer stays."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from course.database import Database
from course.editions import find_course
from course.publishing import pause_course, resume_course
from emails.testing import ScriptedServer
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

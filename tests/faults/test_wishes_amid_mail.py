"""While mail is sent a day passes, and a text turns out to be broken. What people do meanwhile is in test_races.py."""

import os
from datetime import timedelta

import pytest

from emails.testing import Rule
from tests.broker import wait_until
from tests.faults.school import PATIENCE, School
from tests.faults.test_killed_workers import children

on_sqlite = pytest.mark.short_on("sqlite")


@on_sqlite
def test_a_day_that_passes_while_mails_are_on_their_way_doubles_and_doubts_nothing(school: School):
    school.connections = 4
    school.begin_course(school.readers)
    school.server.script(Rule("dot", delay=0.3))
    school.worker()
    school.ring()
    wait_until(school.begun, "some are on their way", PATIENCE)
    school.clock.move_to(school.clock.now() + timedelta(days=1))
    school.ring_until(lambda: school.states() == {"sent": school.readers}, "all are sent")
    assert len(school.journal()) == school.readers
    school.judge(set())


@on_sqlite
def test_a_text_that_cannot_be_rendered_fails_visibly_and_the_other_course_flows(school: School):
    school.begin_course(3, body="{{ nothing.here }}")
    school.begin_course(school.readers)
    school.worker()
    school.ring()
    school.wait_until_sent()
    assert school.states() == {"sent": school.readers, "failed": 3}
    school.judge(set(), failed=3)


@on_sqlite
def test_whoever_waits_at_a_screen_goes_before_those_who_send_lessons(school: School):
    school.begin_course(1)
    worker = school.worker()
    school.ring()
    school.wait_until_sent()
    ranks = [os.getpriority(os.PRIO_PROCESS, child) for child in children(worker)]
    assert max(ranks) > os.getpriority(os.PRIO_PROCESS, 0), "a higher number steps back"

"""The broker is a doorbell: killed, emptied, rung too often or not at all, it costs time and nothing else."""

import time
from pathlib import Path

import pytest
import redis

from course.database import Database
from emails.testing import Rule, ScriptedServer
from tests.broker import RunningBroker
from tests.faults.school import School, kill
from worker.app import make_celery
from worker.timetable import DELIVER, TICK

READERS = 20
on_sqlite = pytest.mark.short_on("sqlite")
on_postgresql = pytest.mark.short_on("postgresql")


@on_sqlite
def test_a_broker_killed_and_emptied_amid_a_batch_loses_and_doubles_nothing(
    database: Database, broker: RunningBroker, server: ScriptedServer, tmp_path: Path
):
    school = School(database, broker, server, tmp_path, tmp_path / "journal")
    try:
        school.begin_course(READERS)
        server.script(Rule("dot", delay=0.05))
        worker = school.worker()
        school.ring()
        school.wait_for_mails(3)
        broker.crash()
        school.begin_course(READERS)
        broker.start()
        with redis.Redis.from_url(broker.url) as connection:
            connection.flushall()
        school.ring()
        school.wait_until_sent()
        assert worker.poll() is None
        assert len(school.journal()) == 2 * READERS
        school.judge(set())
    finally:
        school.close()


@on_postgresql
def test_the_same_message_five_times_and_eight_workers_double_nothing(school: School):
    school.begin_course(READERS)
    school.connections = 2
    school.worker(processes=8)
    with make_celery(school.broker.kombu) as app:
        for _ in range(5):
            app.send_task(TICK, task_id="the same message", expires=60)
            app.send_task(DELIVER, kwargs={"urgent": False}, task_id="one more", expires=60)
    school.wait_until_sent()
    assert len(school.journal()) == READERS
    school.judge(set())


@on_sqlite
def test_a_broker_that_hangs_amid_a_batch_keeps_nobody_from_signing_up(
    database: Database, broker: RunningBroker, server: ScriptedServer, tmp_path: Path
):
    school = School(database, broker, server, tmp_path, tmp_path / "journal")
    try:
        school.begin_course(READERS)
        server.script(Rule("dot", delay=0.1))
        school.worker()
        school.ring()
        school.wait_for_mails(3)
        broker.freeze()
        began = time.monotonic()
        school.begin_course(READERS)
        assert time.monotonic() - began < 3, "nobody waits for the broker"
        school.wait_for_mails(READERS)
        broker.thaw()
        school.ring()
        school.wait_until_sent()
        assert len(school.journal()) == 2 * READERS
        school.judge(set())
    finally:
        school.close()


@on_sqlite
def test_five_beats_double_nothing(school: School):
    school.begin_course(school.readers)
    school.worker()
    for _ in range(5):
        school.beat()
    school.wait_until_sent()
    assert len(school.journal()) == school.readers
    school.judge(set())


@pytest.mark.long
@on_sqlite
def test_the_death_of_four_of_five_beats_stops_nothing(school: School):
    school.worker()
    *mortal, last = [school.beat() for _ in range(5)]
    for course in (1, 2):
        school.begin_course(school.readers)
        school.wait_until_sent()
        for each in mortal:
            kill(each)
        assert len(school.journal()) == course * school.readers
    assert last.poll() is None
    school.judge(set())

"""The broker is a doorbell: killed, emptied, rung too often or not at all, it costs time and nothing else."""

from pathlib import Path

import pytest
import redis

from course.database import Database
from course.models import DeliveryState
from emails.testing import Rule, ScriptedServer
from tests.broker import RunningBroker
from tests.faults.school import School, kill

READERS = 20
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


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
def test_rings_without_number_and_two_workers_double_nothing(school: School):
    school.begin_course(READERS)
    for _ in range(2):
        school.worker()
    for _ in range(10):
        school.ring()
    school.wait_until_sent()
    assert len(school.journal()) == READERS
    school.judge(set())


@on_sqlite
def test_two_beats_double_nothing_and_the_death_of_one_stops_nothing(school: School):
    school.begin_course(READERS)
    school.worker()
    first, second = school.beat(), school.beat()
    school.wait_until_sent()
    kill(first)
    school.begin_course(READERS)
    school.wait_until_sent()
    assert second.poll() is None
    assert school.message_ids(DeliveryState.UNCERTAIN) == set()
    assert len(school.journal()) == 2 * READERS
    school.judge(set())

"""While something fails, the health page says so, and what still works goes on working: sign-ups above all."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from course.database import Database
from emails.testing import Rule, ScriptedServer
from tests.broker import RunningBroker, wait_until
from tests.faults.scale import Scale
from tests.faults.school import PATIENCE, School, kill
from tests.faults.test_bad_relays import let_it_be_tried_again
from tests.faults.test_lost_database import mortal, postgres
from tests.postgres import PostgresServer
from tests.worker import mailing
from web.app import make_app
from worker.wake import open_bell

__all__ = ["mortal", "postgres"]

on_sqlite = pytest.mark.short_on("sqlite")
# Redis is away for so long, in the short form and in the long one.
AWAY_SECONDS, LONG_AWAY_SECONDS = 2, 60
# A sign-up may wait so long for whatever does not answer.
SIGN_UP_SECONDS = 2.0
CATCH_UP_SECONDS = 120.0


@contextmanager
def visitor_of(school: School) -> Iterator[FlaskClient]:
    """Somebody before the school's own pages, with a real bell to the school's broker."""
    changes = {"database_url": school.database.url, "redis_url": school.broker.url, "form_seconds": 0}
    settings = mailing.settings(school.folder).model_copy(update={**changes, "signups_per_address": "100000/hour"})
    app = make_app(settings, open_bell(settings))
    try:
        yield app.test_client()
    finally:
        app.extensions["compiler"].close()
        app.extensions["ground"].database.close()


def said_by(visitor: FlaskClient) -> tuple[int, str]:
    answer = visitor.get("/health/ready")
    assert visitor.get("/health/live").status_code == 200
    assert answer.json is not None
    return answer.status_code, answer.json["status"]


def sign_up(visitor: FlaskClient, number: int) -> None:
    began = time.monotonic()
    answer = visitor.post("/courses/course-1/enrollments", data={"email": f"new-{number}@example.org"})
    assert answer.status_code == 303
    assert time.monotonic() - began < SIGN_UP_SECONDS


def test_a_database_that_is_gone_is_told_and_so_is_its_return(mortal: School, postgres: PostgresServer):
    mortal.begin_course(mortal.readers)
    mortal.server.script(Rule("dot", delay=0.1))
    with visitor_of(mortal) as visitor:
        worker = mortal.worker()
        mortal.ring()
        mortal.wait_for_mails(5)
        assert said_by(visitor) == (200, "ready")
        postgres.kill()
        assert said_by(visitor) == (503, "the database does not answer")
        postgres.start()
        mortal.server.script()
        uncertain = mortal.recover(worker)
        assert said_by(visitor) == (200, "ready")
    mortal.judge(uncertain)


@on_sqlite
def test_a_relay_that_refuses_everything_is_told_with_its_words_until_it_takes_mail_again(school: School):
    school.begin_course(school.readers)
    school.server.script(Rule("dot", answer="554 5.7.1 We do not like you"))
    with visitor_of(school) as visitor:
        worker = school.worker(processes=1)
        school.ring()
        words = f"{school.server.port}: 554 5.7.1 We do not like you"
        wait_until(lambda: words in said_by(visitor)[1], "the page tells of it", PATIENCE)
        assert said_by(visitor)[0] == 503
        school.server.script()
        school.clock.move_to(school.clock.now() + timedelta(minutes=9))
        let_it_be_tried_again(school)
        school.ring_until(lambda: school.states() == {"sent": school.readers}, "all are sent")
        wait_until(lambda: said_by(visitor) == (200, "ready"), "the alarm is over", PATIENCE)
        assert worker.poll() is None
    school.judge(set())


@on_sqlite
def test_mail_that_nobody_sends_is_late_until_somebody_does(school: School):
    school.begin_course(school.readers)
    with visitor_of(school) as visitor:
        assert said_by(visitor) == (200, "ready")
        school.clock.move_to(school.clock.now() + timedelta(minutes=11))
        assert said_by(visitor) == (503, "mail is late")
        school.worker()
        school.ring()
        school.wait_until_sent()
        assert said_by(visitor) == (200, "ready")
    school.judge(set())


@on_sqlite
@pytest.mark.parametrize("how", ["killed", pytest.param("hangs", marks=pytest.mark.long)])
def test_while_redis_is_away_everybody_can_sign_up_and_mail_catches_up_by_itself(
    database: Database, broker: RunningBroker, server: ScriptedServer, tmp_path: Path, scale: Scale, how: str
):
    school = School(database, broker, server, tmp_path, tmp_path / "journal", readers=scale.many(12))
    try:
        school.begin_course(school.readers)
        server.script(Rule("dot", delay=0.05))
        with visitor_of(school) as visitor:
            worker, beat = school.worker(), school.beat()
            school.wait_for_mails(3)
            lose(broker, how)
            until, number = time.monotonic() + (LONG_AWAY_SECONDS if scale.readers else AWAY_SECONDS), 0
            while time.monotonic() < until:
                sign_up(visitor, number)
                number += 1
                time.sleep(0.2)
            assert said_by(visitor) == (200, "ready"), "nothing is late yet"
            give_back(broker, how)
            began = time.monotonic()
            wait_until(lambda: len(server.journal) == school.readers + number, "all is sent", CATCH_UP_SECONDS)
            print(f"caught up after {time.monotonic() - began:.1f} s")  # noqa: T201
            assert (worker.poll(), beat.poll()) == (None, None)
            assert said_by(visitor) == (200, "ready")
        names = [entry["message_id"] for entry in school.journal()]
        assert len(names) == len(set(names))
    finally:
        school.close()


def lose(broker: RunningBroker, how: str) -> None:
    if how == "killed":
        broker.crash()
    else:
        broker.freeze()


def give_back(broker: RunningBroker, how: str) -> None:
    if how == "killed":
        broker.start()
    else:
        broker.thaw()


@pytest.mark.long
@on_sqlite
def test_a_worker_that_stands_still_is_not_heard_of_and_the_page_says_for_how_long(school: School):
    school.begin_course(school.readers)
    with visitor_of(school) as visitor:
        worker = school.worker()
        school.ring_until(lambda: school.states() == {"sent": school.readers}, "all are sent")
        kill(worker)
        time.sleep(3)
        answer = visitor.get("/health/ready").json
        assert answer is not None and answer["heartbeat_seconds"] >= 3

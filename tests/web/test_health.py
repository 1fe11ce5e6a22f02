"""What machines that watch us are told."""

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import text

from course.clock import Clock
from course.database import Database
from course.heartbeat import beat
from tests.course.mails import plan


def test_a_house_without_work_is_ready_and_says_that_no_worker_was_heard_of(visitor: FlaskClient):
    answer = visitor.get("/health/ready")
    assert (answer.status_code, answer.json) == (
        200,
        {"status": "ready", "oldest_due_seconds": 0, "heartbeat_seconds": None, "backup_seconds": None},
    )
    assert "meantime_heartbeat_seconds NaN" in visitor.get("/metrics").text


def test_the_age_of_the_heartbeat_is_told(visitor: FlaskClient, database: Database):
    with database.writing() as session:
        beat(session)
    ready = visitor.get("/health/ready").json
    assert ready is not None and 0 <= ready["heartbeat_seconds"] < 60
    assert "meantime_heartbeat_seconds NaN" not in visitor.get("/metrics").text


def test_late_mail_is_no_readiness(visitor: FlaskClient, database: Database):
    with database.writing() as session:
        plan(session, Clock().now() - timedelta(minutes=11))
    answer = visitor.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json is not None and answer.json["status"] == "mail is late"
    assert answer.json["oldest_due_seconds"] > 600


def test_a_database_that_does_not_answer_is_no_readiness_but_life(visitor: FlaskClient, database: Database):
    with database.writing() as session:
        session.execute(text("ALTER TABLE deliveries RENAME TO gone"))
    assert visitor.get("/health/ready").status_code == 503
    assert visitor.get("/health/live").status_code == 200

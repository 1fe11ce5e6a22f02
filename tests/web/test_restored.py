"""What the desk and the watchers are told after a restore."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from course.database import Database
from course.generation import current, note_backup
from course.models import House
from tests.course.mails import plan
from tests.web.desk import AtTheDesk
from worker.guard import REASON

PAGE = "/admin/restored"


@pytest.fixture
def restored(app: Flask, database: Database) -> None:
    """The database lags behind its mark."""
    guard = app.extensions["guard"]
    guard.go_on()
    with database.reading() as session:
        earlier = current(session) - 3_600_000
    with database.writing() as session:
        session.execute(update(House).values(generation=earlier))


def test_a_house_as_it_should_be_says_nothing(ana: AtTheDesk, visitor: FlaskClient):
    assert PAGE not in ana.see("/admin/courses")
    assert "It is right, go on" not in ana.see(PAGE)
    assert "meantime_restored 0.0" in visitor.get("/metrics").text


@pytest.mark.usefixtures("restored")
def test_it_is_not_ready_and_says_why(visitor: FlaskClient):
    answer = visitor.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json is not None and answer.json["status"] == REASON
    assert "meantime_restored 1.0" in visitor.get("/metrics").text


@pytest.mark.usefixtures("restored")
def test_every_page_of_the_desk_leads_to_the_reason_and_an_owner_lets_it_go_on(
    ana: AtTheDesk, database: Database, visitor: FlaskClient
):
    with database.writing() as session:
        session.execute(update(House).values(backed_up_at=None))
    assert PAGE in ana.see("/admin/courses")
    assert "Nothing was planned for the time in between" in ana.see(PAGE)
    assert "Mail goes out again." in ana.follow(ana.send(PAGE, PAGE))
    assert PAGE not in ana.see("/admin/courses")
    assert visitor.get("/health/ready").status_code == 200


@pytest.mark.usefixtures("restored")
def test_what_would_come_twice_is_counted(app: Flask, ana: AtTheDesk, database: Database):
    behind = app.extensions["guard"].behind()
    with database.writing() as session:
        plan(session, behind.marked_at, behind.database_at, None)
    assert "2 other mails" in ana.see(PAGE)


@pytest.mark.usefixtures("restored")
def test_only_an_owner_may_say_so(bo: AtTheDesk, visitor: FlaskClient):
    assert "Only an owner can say so." in bo.see(PAGE)
    token = bo.fields("/admin/courses", "/admin/sign-out")["csrf_token"]
    assert bo.browser.post(PAGE, data={"csrf_token": token}).status_code == 403
    assert visitor.get("/health/ready").status_code == 503


def test_the_age_of_the_last_backup_is_told(visitor: FlaskClient, database: Database):
    assert "meantime_backup_seconds NaN" in visitor.get("/metrics").text
    with database.writing() as session:
        note_backup(session)
    ready = visitor.get("/health/ready").json
    assert ready is not None and 0 <= ready["backup_seconds"] < 60

"""What the desk and the watchers are told after a restore."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from course.database import Database
from course.generation import current, note_backup
from course.models import Delivery, House
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
def test_what_was_planned_since_may_count_as_sent_at_the_desk(
    app: Flask, ana: AtTheDesk, database: Database, visitor: FlaskClient, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("web.admin.restored.SLICE", 2)
    monkeypatch.setattr("web.admin.restored.SLICES", 2)
    behind = app.extensions["guard"].behind()
    with database.writing() as session:
        plan(session, *[behind.database_at] * 5)
        plan(session, behind.marked_at + timedelta(days=1))
    assert "press it again" in ana.follow(ana.browser.post(f"{PAGE}/receipts", data=ana.fields(PAGE, PAGE)))
    assert visitor.get("/health/ready").status_code == 503, "nothing goes out before all of it is counted"
    assert "counts as sent" in ana.follow(ana.browser.post(f"{PAGE}/receipts", data=ana.fields(PAGE, PAGE)))
    with database.reading() as session:
        assert sorted(session.scalars(select(Delivery.state))) == ["planned", *["sent"] * 5]
    assert PAGE not in ana.see("/admin/courses")


@pytest.mark.usefixtures("restored")
def test_only_an_owner_may_say_so(bo: AtTheDesk, visitor: FlaskClient):
    assert "Only an owner can say so." in bo.see(PAGE)
    token = bo.fields("/admin/courses", "/admin/sign-out")["csrf_token"]
    for address in (PAGE, f"{PAGE}/receipts"):
        assert bo.browser.post(address, data={"csrf_token": token}).status_code == 403
    assert visitor.get("/health/ready").status_code == 503


def test_the_age_of_the_last_backup_is_told(visitor: FlaskClient, database: Database):
    assert "meantime_backup_seconds NaN" in visitor.get("/metrics").text
    with database.writing() as session:
        note_backup(session)
    ready = visitor.get("/health/ready").json
    assert ready is not None and 0 <= ready["backup_seconds"] < 60

"""An alarm is seen: by machines, in the check-up, and at the desk by those who can do something."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from course import alarms
from course.clock import Clock, lease_now
from course.database import Database
from course.models import Alarm
from course.settings import Settings
from emails.doctor.findings import Verdict
from tests.web.desk import AtTheDesk
from web.doctor import Wishes, examine, open_patient

RELAY = "mail.example.org:587"
WORDS = "550 5.7.1 <script>alert(1)</script> On our list"


@pytest.fixture
def alarm(app, database: Database) -> int:
    """A relay that was stopped."""
    with database.writing() as session:
        return alarms.stop(session, RELAY, alarms.POLICY, WORDS).id


def test_machines_are_told_which_relay_it_is_and_what_it_said(visitor: FlaskClient, alarm: int):
    ready = visitor.get("/health/ready")
    assert ready.status_code == 503
    assert ready.json is not None and ready.json["status"].startswith(f"no mail gets through {RELAY}: 550 5.7.1")
    assert "meantime_alarms 1.0" in visitor.get("/metrics").text


def test_nobody_is_told_whom_a_refused_mail_was_for(visitor: FlaskClient, bo: AtTheDesk, database: Database):
    with database.writing() as session:
        alarms.stop(session, RELAY, alarms.POLICY, "554 5.7.1 <eve@example.org>: Relay access denied")
        alarms.note_trouble(session, "other.example.org:25", "454 4.7.1 eve@example.org later")
        session.execute(update(Alarm).values(seen_at=lease_now(session) + alarms.LASTS))
    told = visitor.get("/health/ready").json
    assert told is not None and told["status"] == (
        f"no mail gets through {RELAY}: 554 5.7.1 <address>: Relay access denied; "
        "other.example.org:25: 454 4.7.1 <address> later"
    )
    assert "eve@" not in bo.see("/admin/courses")


def test_an_alarm_that_is_over_is_none(visitor: FlaskClient, alarm: int, database: Database):
    with database.writing() as session:
        alarms.end(session, RELAY)
    assert visitor.get("/health/ready").status_code == 200
    assert "meantime_alarms 0.0" in visitor.get("/metrics").text


def test_the_check_up_has_a_line(database: Database, settings: Settings, alarm: int):
    patient = open_patient(settings, database, Clock(), Wishes(seconds=10))
    (finding,) = examine(patient, ("alarms",)).findings
    assert finding.verdict is Verdict.FAIL
    assert RELAY in finding.line and "5.7.1" in finding.line


def test_every_page_of_the_desk_shows_it_with_what_to_do(ana: AtTheDesk, bo: AtTheDesk, alarm: int):
    for desk in (ana, bo):
        for page in ("/admin/courses", "/admin/readers", "/admin/reports"):
            text = desk.see(page)
            assert f"No mail gets through {RELAY}" in text and "meantime doctor" in text
            assert "<script>alert" not in text


def test_a_viewer_sees_no_band(app, database: Database, alarm: int):
    viewer = AtTheDesk(app, database, "vi@example.org", "viewer")
    assert RELAY not in viewer.see("/admin/courses")
    assert viewer.browser.post(f"/admin/alarms/{alarm}/rest/end").status_code in {400, 403}


def test_a_word_that_it_is_mended_ends_the_rest_once(bo: AtTheDesk, database: Database, bell, alarm: int):
    action = f"/admin/alarms/{alarm}/rest/end"
    answer = bo.send("/admin/outbox", action)
    assert "One mail tries it now" in bo.follow(answer)
    assert bell.rings == 1
    with database.reading() as session:
        (found,) = alarms.unfinished(session)
        assert not alarms.rests(found, lease_now(session))
    fields = bo.fields("/admin/outbox", action)
    with database.writing() as session:
        alarms.end(session, RELAY)
    assert "over already" in bo.follow(bo.browser.post(action, data=fields))

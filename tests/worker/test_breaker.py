"""The breaker: a relay that refuses us rests for all processes, one mail tries it, and an accepted one ends it."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from course import alarms
from course.database import Database
from course.models import Alarm, Delivery
from emails.testing import Rule, ScriptedServer
from tests.worker.mailing import BOTH, Mailing
from tests.worker.rated import rated, relay_of

POLICY = Rule("rcpt", answer="550 5.7.1 Your domain is on our list", times=None)


@pytest.fixture
def mailing(database: Database, tmp_path: Path):
    with ScriptedServer() as server:
        yield Mailing(database, server, tmp_path)


def rest_is_over(mailing: Mailing) -> None:
    with mailing.database.writing() as session:
        session.execute(update(Alarm).values(rests_until=Alarm.began_at))


def all_due(mailing: Mailing) -> None:
    with mailing.database.writing() as session:
        due = mailing.clock.now() - timedelta(seconds=1)
        session.execute(update(Delivery).where(Delivery.state == "planned").values(due_at=due))


def open_alarms(mailing: Mailing) -> list[Alarm]:
    with mailing.database.reading() as session:
        return alarms.unfinished(session)


def tried(mailing: Mailing) -> int:
    with mailing.database.reading() as session:
        return len([each for each in session.scalars(select(Delivery)) if each.attempts])


def test_refusals_of_us_stop_the_relay_for_all_processes(mailing: Mailing):
    mailing.server.script(POLICY)
    mailing.begin_course(readers=40)
    rated(mailing, [relay_of(mailing.server)]).deliver(BOTH)
    (alarm,) = open_alarms(mailing)
    assert (alarm.cause, alarm.words) == ("policy", "550 5.7.1 Your domain is on our list")
    before = tried(mailing)
    assert 5 <= before < 40
    all_due(mailing)
    assert not rated(mailing, [relay_of(mailing.server)]).deliver(BOTH)
    assert tried(mailing) == before


def test_neither_the_log_nor_the_alarm_names_whom_a_refused_mail_was_for(mailing: Mailing):
    mailing.server.script(Rule("rcpt", answer="554 5.7.1 <eve@example.org>: Relay access denied", times=None))
    mailing.begin_course(readers=10)
    with capture_logs() as lines:
        rated(mailing, [relay_of(mailing.server)]).deliver(BOTH)
    (alarm,) = open_alarms(mailing)
    assert alarm.words == "554 5.7.1 <address>: Relay access denied"
    assert "eve@" not in str(lines)
    assert [line["words"] for line in lines if line["event"] == "a relay is stopped"] == [alarm.words]


def test_one_mail_tries_it_after_the_rest_and_a_refusal_doubles_it(mailing: Mailing):
    mailing.server.script(POLICY)
    mailing.begin_course(readers=20)
    rated(mailing, [relay_of(mailing.server)]).deliver(BOTH)
    rest_is_over(mailing)
    all_due(mailing)
    connections = mailing.server.connections
    for _ in range(2):
        rated(mailing, [relay_of(mailing.server)]).deliver(BOTH)
    (alarm,) = open_alarms(mailing)
    assert (alarm.rests, mailing.server.connections - connections) == (2, 1)


def test_an_accepted_trial_ends_the_alarm_and_the_rest_follows(mailing: Mailing):
    mailing.server.script(POLICY)
    mailing.begin_course(readers=20)
    rated(mailing, [relay_of(mailing.server)]).deliver(BOTH)
    mailing.server.script()
    rest_is_over(mailing)
    all_due(mailing)
    rated(mailing, [relay_of(mailing.server)]).deliver(BOTH)
    assert open_alarms(mailing) == []
    assert mailing.states() == ["sent"] * 20


def test_a_burst_of_deferrals_stops_it_and_a_few_do_not(mailing: Mailing):
    mailing.server.script(Rule("rcpt", answer="451 4.7.1 Slow down", times=19))
    mailing.begin_course(readers=60)
    rated(mailing, [relay_of(mailing.server)]).deliver(BOTH)
    assert open_alarms(mailing) == []
    mailing.server.script(Rule("rcpt", answer="451 4.7.1 Slow down", times=None))
    all_due(mailing)
    mailing.begin_course(readers=60, slug="again")
    rated(mailing, [relay_of(mailing.server)]).deliver(BOTH)
    assert [alarm.cause for alarm in open_alarms(mailing)] == ["deferrals"]


def test_another_relay_takes_over_what_the_stopped_one_refused(mailing: Mailing):
    mailing.server.script(POLICY)
    mailing.begin_course(readers=30)
    with ScriptedServer() as other:
        courier = rated(mailing, [relay_of(mailing.server), relay_of(other)])
        courier.deliver(BOTH)
        assert [alarm.key for alarm in open_alarms(mailing)] == [str(relay_of(mailing.server))]
        all_due(mailing)
        courier.deliver(BOTH)
        assert mailing.states() == ["sent"] * 30
        assert len(other.journal) == 30


def test_trouble_that_lasts_is_an_alarm_and_a_mail_ends_it(mailing: Mailing):
    mailing.server.script(Rule("connect", answer="421 4.3.2 Too busy", times=None))
    mailing.begin_course(readers=3)
    rated(mailing, [relay_of(mailing.server)]).deliver(BOTH)
    rated(mailing, [relay_of(mailing.server)]).deliver(BOTH)
    (noted,) = open_alarms(mailing)
    assert not alarms.is_raised(noted) and "4.3.2" in noted.words
    with mailing.database.writing() as session:
        session.execute(update(Alarm).values(began_at=noted.began_at - timedelta(minutes=6)))
    assert alarms.is_raised(open_alarms(mailing)[0])
    mailing.server.script()
    all_due(mailing)
    rated(mailing, [relay_of(mailing.server)]).deliver(BOTH)
    assert open_alarms(mailing) == []

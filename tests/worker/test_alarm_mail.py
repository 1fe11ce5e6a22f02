"""The letter about an alarm: over another relay at once, over the only one when it is back; and it says so."""

import email
from datetime import timedelta
from email import policy
from pathlib import Path

import pytest
from sqlalchemy import select, update

from course import admins, alarms
from course.database import Database
from course.models import Alarm, Delivery, Kind
from emails.compile import Compiler
from emails.publish import compile_house_letters
from emails.testing import Rule, ScriptedServer
from tests.worker.mailing import BOTH, Mailing
from tests.worker.rated import rated, relay_of


@pytest.fixture
def mailing(database: Database, tmp_path: Path):
    compiler = Compiler()
    with ScriptedServer() as server:
        made = Mailing(database, server, tmp_path)
        with database.writing() as session:
            admins.add(session, "ana@example.net", made.clock.now())
            compile_house_letters(session, compiler, made.clock.now())
        server.script(Rule("rcpt", answer="550 5.7.1 On our list"))
        made.begin_course(readers=12)
        yield made
    compiler.close()


def tell(mailing: Mailing) -> int:
    with mailing.database.writing() as session:
        return alarms.tell_owners(session, mailing.clock.now())


def letter(server: ScriptedServer) -> str:
    """The text of the owner's letter, on one line."""
    data = next(mail.data for mail in server.journal if list(mail.recipients) == ["ana@example.net"])
    body = email.message_from_bytes(data, policy=policy.default).get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def test_it_goes_over_another_relay_at_once(mailing: Mailing):
    with ScriptedServer() as other:
        relays = [relay_of(mailing.server), relay_of(other, "weight=0")]
        rated(mailing, relays).deliver(BOTH)
        assert tell(mailing) == 1
        rated(mailing, relays).deliver(BOTH)
        text = letter(other)
        assert "5.7.1 On our list" in text and str(relays[0]) in text
        assert "had to wait too" not in text
        assert "https://courses.example.org/admin/outbox" in text
        assert [mail.recipients for mail in mailing.server.journal] == []


def test_over_the_only_relay_it_goes_first_when_that_is_back_and_says_so(mailing: Mailing):
    rated(mailing, [relay_of(mailing.server)]).deliver(BOTH)
    assert tell(mailing) == 1
    rated(mailing, [relay_of(mailing.server)]).deliver(BOTH)
    assert mailing.server.journal == []
    mailing.server.script()
    mailing.wait(timedelta(minutes=12))
    with mailing.database.writing() as session:
        session.execute(update(Alarm).values(rests_until=Alarm.began_at))
    rated(mailing, [relay_of(mailing.server)]).deliver(BOTH)
    assert "ana@example.net" in mailing.server.journal[0].recipients
    assert "had to wait too" in letter(mailing.server)
    with mailing.database.reading() as session:
        assert alarms.unfinished(session) == []
        assert session.scalars(select(Delivery.state).where(Delivery.kind == Kind.ALARM)).all() == ["sent"]

"""A round believes what it sees when it commits: a lost claim begins and records nothing, a change turns back."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from course import batch, outbox, rounds
from course.database import Database
from course.models import Delivery, DeliveryState, Reader
from course.outbox import Claimed, Record
from course.rounds import Beginning, Sent
from emails.testing import Rule, ScriptedServer
from tests.factories import LEASES
from tests.worker.mailing import BOTH, Mailing


@pytest.fixture
def mailing(database: Database, tmp_path: Path) -> Iterator[Mailing]:
    with ScriptedServer() as server:
        prepared = Mailing(database, server, tmp_path)
        prepared.begin_course(readers=2)
        yield prepared


def claim(mailing: Mailing) -> list[Claimed]:
    with mailing.database.writing() as session:
        return outbox.claim(session, mailing.clock.now(), BOTH, 10, LEASES)


def beginnings(mailing: Mailing, claimed: list[Claimed]) -> list[Beginning]:
    now = mailing.clock.now()
    with mailing.database.reading() as session:
        ordinary = batch.read_batch(session, claimed).values()
    return [
        Beginning(each, each.slot_at, now, record_of(each.lesson.compilation_id or 0, each.claimed.delivery_id))
        for each in ordinary
    ]


def record_of(compilation_id: int, delivery_id: int) -> Record:
    return Record(compilation_id, None, {}, "0" * 64, f"<{delivery_id}@example.org>", 100)


def write(mailing: Mailing, sent: list[Sent], beginning: list[Beginning]) -> set[int]:
    with mailing.database.writing() as session:
        return rounds.write(session, sent, beginning, mailing.clock.now(), LEASES)


def others_turn(mailing: Mailing) -> None:
    """The leases end, and rescue frees or doubts what was held."""
    mailing.let_leases_end()
    with mailing.database.writing() as session:
        outbox.rescue(session, mailing.clock.now(), LEASES, repeat=True)


def test_a_claim_that_somebody_else_has_now_begins_nothing(mailing: Mailing):
    sleeping = beginnings(mailing, claim(mailing))
    others_turn(mailing)
    awake = beginnings(mailing, claim(mailing))
    assert write(mailing, [], sleeping) == set()
    assert len(write(mailing, [], awake)) == 2


def test_a_reader_who_changed_after_the_look_is_turned_back_alone(mailing: Mailing):
    made = beginnings(mailing, claim(mailing))
    with mailing.database.writing() as session:
        session.execute(update(Reader).where(Reader.email == "r1@example.org").values(name="Another name"))
    assert write(mailing, [], made) == {mailing.row(2).id}
    assert mailing.states() == ["claimed", "sending"]


def test_a_late_yes_does_not_count_once_somebody_else_is_sending_the_repeat(mailing: Mailing):
    made = beginnings(mailing, claim(mailing))
    write(mailing, [], made)
    others_turn(mailing)
    assert mailing.states() == ["uncertain"] * 2
    others_turn(mailing)
    assert len(claim(mailing)) == 2
    with mailing.database.writing() as session:
        session.execute(update(Delivery).values(state=DeliveryState.SENDING))
    write(mailing, [Sent(each, "250 late") for each in made], [])
    assert mailing.states() == ["sending"] * 2


def test_a_server_that_says_go_on_and_hangs_up_while_the_others_are_waited_for_loses_nothing(
    database: Database, tmp_path: Path
):
    with ScriptedServer() as server:
        mailing = Mailing(database, server, tmp_path)
        mailing.begin_course(readers=16)
        hangs_up = Rule("data", answer="354 Go on\r\n421 4.3.2 Or rather not", drip=0.00002, recipient="r3@", times=1)
        server.script(hangs_up, Rule("data", delay=0.05, times=12))
        mailing.deliver()
        assert "r3" not in mailing.arrived
        mailing.wait(timedelta(minutes=6))
        mailing.deliver()
        assert sorted(mailing.arrived) == sorted(f"r{number}" for number in range(1, 17))
        assert mailing.states() == ["sent"] * 16

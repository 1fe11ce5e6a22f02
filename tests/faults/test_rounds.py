"""A round believes what it sees when it commits: a lost claim begins and records nothing, a change turns back."""

from collections.abc import Iterator
from datetime import timedelta
from math import inf
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from course import batch, outbox, rounds
from course.database import Database
from course.models import Delivery, DeliveryState, Reader
from course.outbox import Claimed, Record
from course.rounds import Beginning, Sent
from emails.events import Event, Ready
from emails.testing import Rule, ScriptedServer
from emails.transport import Carrier, connect, parse_smtp_url
from tests.factories import LEASES
from tests.worker.mailing import BOTH, Mailing
from worker.lines import Lines, Route


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


class ChangesItsMind:
    """A connection over which the server says "go on" and, as soon as it is looked at again, has hung up: once."""

    def __init__(self, carrier: Carrier, still_to_come: list[str]) -> None:
        self._carrier = carrier
        self._still_to_come = still_to_come
        self._over = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._carrier, name)

    @property
    def deadline(self) -> float:
        return -inf if self._over else self._carrier.deadline

    def turn(self) -> list[Event]:
        if self._over:
            self._carrier.close()
        happened = self._carrier.turn()
        if self._still_to_come and any(isinstance(event, Ready) for event in happened):
            self._still_to_come.pop()
            self._over = True
        return happened


def test_a_server_that_hangs_up_after_its_go_ahead_while_others_are_waited_for_loses_nothing(mailing: Mailing):
    mailing.begin_course(readers=16, slug="larger")
    mailing.server.script(Rule("data", delay=0.1, times=1), Rule("data", delay=0.4, times=3))
    once = ["go on"]

    def connect_once() -> Any:
        return ChangesItsMind(connect(parse_smtp_url(mailing.server.url)), once)

    mailing.deliver(lines=Lines(Route("the server", connect_once, 4)))
    assert not once
    mailing.wait(timedelta(minutes=6))
    mailing.deliver()
    assert sorted(mailing.states()) == ["sent"] * 18
    assert len(mailing.arrived) == 18


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_while_a_round_is_written_nobody_frees_what_it_has_seen(mailing: Mailing):
    claimed = claim(mailing)
    mailing.let_leases_end()
    with mailing.database.writing() as ours:
        batch.look_again(ours, [each.delivery_id for each in claimed])
        with mailing.database.writing() as theirs:
            assert outbox.rescue(theirs, mailing.clock.now(), LEASES, repeat=True)["freed"] == 0
    with mailing.database.writing() as theirs:
        assert outbox.rescue(theirs, mailing.clock.now(), LEASES, repeat=True)["freed"] == 2


def take_back(mailing: Mailing, beginning: list[Beginning]) -> None:
    with mailing.database.writing() as session:
        rounds.take_back(session, beginning, LEASES)


def test_what_a_commit_without_an_answer_has_begun_is_claimed_as_before(mailing: Mailing):
    beginning = beginnings(mailing, claim(mailing))
    assert len(write(mailing, [], beginning)) == 2
    take_back(mailing, beginning)
    assert mailing.states() == ["claimed", "claimed"]
    assert mailing.row(1).attempts == 0
    assert len(write(mailing, [], beginning)) == 2


def test_what_has_another_state_or_another_claim_is_not_taken_back(mailing: Mailing):
    beginning = beginnings(mailing, claim(mailing))
    write(mailing, [], beginning)
    write(mailing, [Sent(beginning[0], "250 OK")], [])
    others_turn(mailing)
    take_back(mailing, beginning)
    assert sorted(mailing.states()) == ["sent", "uncertain"]

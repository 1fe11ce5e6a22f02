"""Several relays: each gets its share, mail of one that fails goes over the others, a reserve waits."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from course.database import Database
from emails.relay import Relay
from emails.testing import Rule, ScriptedServer
from emails.transport import connect, parse_smtp_url
from tests.worker.mailing import BOTH, Mailing
from worker.courier import Courier
from worker.lines import Lines, Route


@pytest.fixture
def servers() -> Iterator[tuple[ScriptedServer, ScriptedServer]]:
    with ScriptedServer() as first, ScriptedServer() as second:
        yield first, second


@pytest.fixture
def mailing(database: Database, servers: tuple[ScriptedServer, ScriptedServer], tmp_path: Path) -> Mailing:
    return Mailing(database, servers[0], tmp_path)


def route(server: ScriptedServer, weight: float, connections: int = 2) -> Route:
    relay = parse_smtp_url(server.url)
    return Route(server.url, lambda: connect(relay), connections, weight)


def deliver(mailing: Mailing, *routes: Route) -> Courier:
    courier = mailing.courier()
    courier = Courier(courier.database, courier.clock, courier.composer, Lines(*routes), seconds=60)
    courier.deliver(BOTH)
    return courier


def test_connections_are_opened_by_weight(mailing: Mailing, servers: tuple[ScriptedServer, ScriptedServer]):
    mailing.begin_course(readers=40)
    deliver(mailing, route(servers[0], 3, 6), route(servers[1], 1, 6))
    assert mailing.states() == ["sent"] * 40
    assert servers[0].connections > servers[1].connections >= 1
    assert len(servers[0].journal) + len(servers[1].journal) == 40


def test_what_one_relay_turns_away_goes_over_the_other(
    mailing: Mailing, servers: tuple[ScriptedServer, ScriptedServer]
):
    servers[0].script(Rule("connect", answer="421 4.3.2 Too busy"))
    mailing.begin_course(readers=12)
    deliver(mailing, route(servers[0], 1), route(servers[1], 1))
    assert mailing.states() == ["sent"] * 12
    assert len(servers[1].journal) == 12


def test_a_relay_that_is_written_badly_stops_no_mail_of_the_other(
    mailing: Mailing, servers: tuple[ScriptedServer, ScriptedServer]
):
    nowhere = Relay("mail..example.org", 25, tls="none")
    mailing.begin_course(readers=12)
    deliver(mailing, Route(str(nowhere), lambda: connect(nowhere), 2), route(servers[1], 1))
    assert mailing.states() == ["sent"] * 12
    assert len(servers[1].journal) == 12


def test_a_relay_that_fails_amid_its_mail_loses_none_of_it(
    mailing: Mailing, servers: tuple[ScriptedServer, ScriptedServer]
):
    servers[0].script(Rule("mail", answer="421 4.3.2 Going down"))
    mailing.begin_course(readers=12)
    courier = deliver(mailing, route(servers[0], 1), route(servers[1], 1))
    mailing.wait(timedelta(minutes=3))
    courier.deliver(BOTH)
    assert mailing.states() == ["sent"] * 12


def test_a_reserve_is_used_while_no_other_relay_can_be(
    mailing: Mailing, servers: tuple[ScriptedServer, ScriptedServer]
):
    mailing.begin_course(readers=8)
    deliver(mailing, route(servers[0], 1), route(servers[1], 0))
    assert servers[1].connections == 0
    servers[0].script(Rule("connect", answer="421 4.3.2 Too busy"))
    mailing.begin_course(readers=8, slug="again")
    deliver(mailing, route(servers[0], 1), route(servers[1], 0))
    assert len(servers[1].journal) == 8


def test_when_all_of_them_rest_nobody_is_asked_again(mailing: Mailing, servers: tuple[ScriptedServer, ScriptedServer]):
    for server in servers:
        server.script(Rule("connect", answer="421 4.3.2 Too busy"))
    mailing.begin_course(readers=8)
    courier = deliver(mailing, route(servers[0], 1, 1), route(servers[1], 1, 1))
    mailing.wait(timedelta(minutes=3))
    assert not courier.deliver(BOTH)
    assert [server.connections for server in servers] == [1, 1]
    assert mailing.states() == ["planned"] * 8


def test_the_only_relay_is_tried_again_when_its_mail_is_due_again(
    mailing: Mailing, servers: tuple[ScriptedServer, ScriptedServer]
):
    servers[0].script(Rule("connect", answer="421 4.3.2 Too busy", times=1))
    mailing.begin_course(readers=4)
    courier = deliver(mailing, route(servers[0], 1))
    mailing.wait(timedelta(minutes=3))
    courier.deliver(BOTH)
    assert mailing.states() == ["sent"] * 4

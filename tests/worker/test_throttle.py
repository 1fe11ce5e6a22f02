"""Mail leaves at its rates: over a relay, to a domain, of a new sender; and nobody waits for somebody else's."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select, update

from course.database import Database
from course.models import Delivery, Reader
from course.rates import Rate
from emails.testing import Rule, ScriptedServer
from emails.warm_up import WarmUp
from tests.broker import RunningBroker
from tests.worker.mailing import BOTH, Mailing
from tests.worker.rated import rated, relay_of
from worker.courier import Courier


@pytest.fixture
def mailing(database: Database, tmp_path: Path):
    with ScriptedServer() as server:
        yield Mailing(database, server, tmp_path)


def begin_course(mailing: Mailing, readers: int) -> None:
    """Readers whose lesson is due on schedule: nobody waits for it at a screen."""
    mailing.begin_course(readers=readers)
    with mailing.database.writing() as session:
        session.execute(update(Delivery).values(priority=1))


def until(courier: Courier, done: Callable[[], bool], seconds: float = 20) -> float:
    """Deliver as the timetable would until it is done; how many seconds that took."""
    began = time.monotonic()
    while not done():
        assert time.monotonic() - began < seconds, "not in time"
        courier.deliver(BOTH)
    return time.monotonic() - began


def test_a_relays_second_is_kept_to_and_used(mailing: Mailing, clean_broker: RunningBroker):
    begin_course(mailing, readers=40)
    courier = rated(mailing, [relay_of(mailing.server, "per_second=10")], clean_broker.url)
    took = until(courier, lambda: len(mailing.arrived) == 40)
    assert 2.9 < took < 8  # forty at ten a second, without a first second for nothing
    assert mailing.states() == ["sent"] * 40


def test_what_may_not_leave_is_not_claimed(mailing: Mailing, clean_broker: RunningBroker):
    begin_course(mailing, readers=30)
    courier = rated(mailing, [relay_of(mailing.server, "per_hour=10")], clean_broker.url)
    assert not courier.deliver(BOTH)
    assert mailing.states().count("sent") == 10
    with mailing.database.reading() as session:
        left = session.scalars(select(Delivery).where(Delivery.state == "planned")).all()
        assert all(each.claim_id is None for each in left if each.lesson and each.lesson.key == "welcome")


def test_urgent_mail_has_a_share_of_a_used_up_hour(mailing: Mailing, clean_broker: RunningBroker):
    begin_course(mailing, readers=30)
    courier = rated(mailing, [relay_of(mailing.server, "per_hour=20")], clean_broker.url)
    courier.deliver(BOTH)
    assert mailing.states().count("sent") == 19
    with mailing.database.writing() as session:
        last = mailing.row(30)
        session.execute(update(Delivery).where(Delivery.id == last.id).values(priority=0))
    courier.deliver(BOTH)
    assert mailing.states().count("sent") == 20 and mailing.row(30).state == "sent"


def test_a_relay_without_tokens_leaves_the_mail_to_the_other(mailing: Mailing, clean_broker: RunningBroker):
    begin_course(mailing, readers=24)
    with ScriptedServer() as other:
        relays = [relay_of(mailing.server, "per_hour=5"), relay_of(other)]
        until(rated(mailing, relays, clean_broker.url), lambda: mailing.states().count("sent") == 24)
        assert len(mailing.server.journal) <= 5
        assert len(other.journal) >= 19


def test_two_processes_keep_to_one_rate(mailing: Mailing, clean_broker: RunningBroker):
    begin_course(mailing, readers=30)
    for _ in range(2):
        rated(mailing, [relay_of(mailing.server, "per_hour=8")], clean_broker.url).deliver(BOTH)
    assert len(mailing.arrived) == 8


def test_a_slow_domain_does_not_hold_the_others(mailing: Mailing, clean_broker: RunningBroker):
    begin_course(mailing, readers=20)
    with mailing.database.writing() as session:
        for reader in session.scalars(select(Reader).order_by(Reader.id).limit(12)):
            reader.email = reader.email.replace("example.org", "slow.example")
    domains = {"slow.example": Rate(2, 60), "*": Rate(100, 60)}
    courier = rated(mailing, [relay_of(mailing.server)], clean_broker.url, domains)
    courier.deliver(BOTH)
    to = Counter(mail.recipients[0].partition("@")[2] for mail in mailing.server.journal)
    assert to == {"slow.example": 2, "example.org": 8}
    with mailing.database.reading() as session:
        waiting = session.scalars(select(Delivery.due_at).where(Delivery.due_at.is_not(None)).order_by(Delivery.due_at))
        later = [due_at for due_at in waiting if due_at and due_at < mailing.clock.now() + timedelta(hours=2)]
    assert len(later) == 10
    # One after the other at the domain's rate, and not all of them in a minute again.
    assert min(after - before for before, after in pairwise(later)) > timedelta(seconds=20)


def test_a_warm_up_grows_by_half_each_day_until_the_relays_own_limit():
    warm = WarmUp(date(2026, 11, 22), 200)
    allowed = [warm.allows(date(2026, 11, day), 1000) for day in (20, 22, 23, 24, 25, 26)]
    assert allowed == [200, 200, 300, 450, 675, None]
    assert warm.allows(date(2027, 2, 1), None) is None


def test_a_new_sender_sends_little_today_and_more_tomorrow(mailing: Mailing, clean_broker: RunningBroker):
    begin_course(mailing, readers=30)
    today = mailing.clock.now().date()
    courier = rated(mailing, [relay_of(mailing.server, f"warm_up={today}:6")], clean_broker.url)
    courier.deliver(BOTH)
    assert len(mailing.arrived) == 6
    mailing.wait(timedelta(days=1))
    with mailing.database.writing() as session:
        session.execute(update(Delivery).where(Delivery.due_at.is_not(None)).values(due_at=mailing.clock.now()))
    courier.deliver(BOTH)
    assert len(mailing.arrived) == 6 + 9


def test_who_has_no_token_and_waits_for_an_answer_sleeps(
    mailing: Mailing, clean_broker: RunningBroker, monkeypatch: pytest.MonkeyPatch
):
    begin_course(mailing, readers=8)
    mailing.server.script(Rule("dot", delay=2.0))
    courier = replace(rated(mailing, [relay_of(mailing.server, "per_second=1")], clean_broker.url), seconds=0.5)
    gathered, gather = [], courier.lines.gather
    monkeypatch.setattr(courier.lines, "gather", lambda seconds: (gathered.append(seconds), gather(seconds))[1])
    courier.deliver(BOTH)
    assert mailing.arrived
    assert len(gathered) < 100  # twice a second, and at what happens

"""The courier, between a real database and a mail server that does what a script says."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from course import enrollment
from course.database import Database
from course.models import Course, Enrollment, Reader
from course.outbox import URGENT, Leases, rescue
from emails.testing import Rule, ScriptedServer
from emails.transport import connect, parse_smtp_url
from tests import factories
from tests.worker.mailing import BOTH, Mailing
from worker.lines import Lines, Route

MINUTE = timedelta(minutes=1)


@pytest.fixture
def mailing(database: Database, tmp_path: Path) -> Iterator[Mailing]:
    with ScriptedServer() as server:
        yield Mailing(database, server, tmp_path)


def test_what_is_due_is_sent_once_over_one_connection_and_the_next_lesson_planned(mailing: Mailing):
    mailing.begin_course(readers=3)
    assert not mailing.deliver()
    assert mailing.arrived == ["r1", "r2", "r3"]
    assert mailing.server.connections == 1
    assert mailing.states() == ["sent"] * 3
    assert mailing.states("trust") == ["planned"] * 3
    assert mailing.row(1).reply == "250 2.0.0 Accepted"
    assert mailing.message_ids == [mailing.row(number).message_id for number in (1, 2, 3)]
    assert not mailing.deliver()
    assert len(mailing.arrived) == 3


def test_nothing_due_opens_no_connection(mailing: Mailing):
    assert not mailing.deliver()
    assert mailing.server.connections == 0


def test_one_refused_recipient_fails_alone_with_the_server_s_words(mailing: Mailing):
    mailing.begin_course(readers=4)
    mailing.server.script(Rule("rcpt", answer="550 5.1.1 Nobody here", recipient="r2@"))
    mailing.deliver()
    assert mailing.states() == ["sent", "failed", "sent", "sent"]
    assert mailing.row(2).reply == "550 5.1.1 Nobody here"
    assert mailing.states("trust") == ["planned"] * 3


def test_a_greylisted_recipient_is_tried_again_in_five_minutes(mailing: Mailing):
    mailing.begin_course(readers=2)
    mailing.server.script(Rule("rcpt", answer="451 4.7.1 Not yet", recipient="r1@", times=1))
    mailing.deliver()
    row = mailing.row(1)
    assert (row.state, row.attempts, row.reply) == ("planned", 1, "451 4.7.1 Not yet")
    assert row.due_at is not None
    assert timedelta(minutes=4) < row.due_at - mailing.clock.now() <= timedelta(minutes=5)
    mailing.wait(timedelta(minutes=5))
    mailing.deliver()
    assert mailing.arrived == ["r2", "r1"]


@pytest.mark.parametrize("moment", ["connect", "mail"])
def test_a_relay_that_turns_us_away_is_left_alone_for_a_minute_and_nobody_is_blamed(mailing: Mailing, moment: str):
    mailing.begin_course(readers=3)
    mailing.server.script(Rule(moment, answer="421 4.3.2 Too busy"))  # type: ignore[arg-type]
    assert not mailing.deliver()
    assert not mailing.deliver()
    assert mailing.server.connections == 1
    assert [mailing.row(number).attempts for number in (1, 2, 3)] == [0, 0, 0]
    assert mailing.states() == ["planned"] * 3
    mailing.server.script()
    mailing.wait(2 * MINUTE)
    mailing.deliver()
    assert sorted(mailing.arrived) == ["r1", "r2", "r3"]


def test_a_relay_that_is_down_blames_nobody(mailing: Mailing):
    mailing.begin_course(readers=2)
    with socket.create_server(("127.0.0.1", 0)) as closing:
        nowhere = parse_smtp_url(f"smtp://127.0.0.1:{closing.getsockname()[1]}?tls=none")
    assert not mailing.deliver(lines=Lines(Route("nowhere", lambda: connect(nowhere))))
    assert mailing.states() == ["planned"] * 2
    assert mailing.row(1).attempts == 0
    mailing.wait(MINUTE)
    mailing.deliver()
    assert sorted(mailing.arrived) == ["r1", "r2"]


def test_a_mail_that_makes_the_relay_hang_up_does_not_keep_the_others_waiting(mailing: Mailing):
    mailing.begin_course(readers=3)
    mailing.server.script(Rule("rcpt", answer="421 4.3.0 Bye", recipient="r1@"))
    mailing.deliver()
    assert mailing.arrived == []
    mailing.wait(MINUTE)
    mailing.deliver()
    assert sorted(mailing.arrived) == ["r2", "r3"]
    assert mailing.row(1).attempts == 0


def test_a_relay_that_refuses_us_fails_no_reader_however_long_it_lasts(mailing: Mailing):
    mailing.begin_course(readers=2)
    mailing.server.script(Rule("dot", answer="554 5.7.1 Listed"))
    for _ in range(16):
        mailing.deliver()
        mailing.wait(timedelta(hours=4))
    assert mailing.states() == ["planned"] * 2
    assert mailing.row(1).reply == "554 5.7.1 Listed"
    mailing.server.script()
    mailing.wait(timedelta(days=1))
    mailing.deliver()
    mailing.wait(timedelta(days=1))
    mailing.deliver()
    assert set(mailing.arrived) == {"r1", "r2"}


@pytest.mark.parametrize("accept", [True, False])
def test_no_answer_after_the_dot_makes_one_mail_uncertain_and_the_rest_goes_on(mailing: Mailing, accept: bool):
    mailing.begin_course(readers=3)
    mailing.server.script(Rule("dot", hang_up=True, accept=accept, nth=2))
    mailing.deliver()
    assert mailing.states() == ["sent", "uncertain", "sent"]
    assert mailing.row(2).due_at is None
    assert mailing.states("trust") == ["planned"] * 2


def test_an_uncertain_mail_comes_once_more_with_the_same_bytes(mailing: Mailing):
    mailing.begin_course(readers=1)
    mailing.server.script(Rule("dot", hang_up=True, accept=True, times=1))
    mailing.deliver()
    mailing.let_leases_end()
    with mailing.database.writing() as session:
        rescue(session, mailing.clock.now(), mailing.courier().leases, repeat=True)
    mailing.wait(timedelta(hours=1))
    mailing.deliver()
    first, second = mailing.server.journal
    assert first.data == second.data
    assert mailing.states() == ["sent"]
    assert mailing.states("trust") == ["planned"]


@pytest.mark.parametrize("moment", ["rcpt", "data"])
def test_lost_before_the_dot_nothing_was_accepted(mailing: Mailing, moment: str):
    mailing.begin_course(readers=3)
    mailing.server.script(Rule(moment, hang_up=True, nth=2))  # type: ignore[arg-type]
    mailing.deliver()
    assert mailing.states() == ["sent", "planned", "sent"]
    assert mailing.arrived == ["r1", "r3"]


def test_a_text_that_cannot_be_rendered_fails_for_its_readers_and_the_others_flow(mailing: Mailing):
    mailing.begin_course(factories.lesson("welcome", "immediately", body="{{ nothing.here }}"), readers=2, slug="bad")
    mailing.begin_course(readers=3)
    mailing.deliver()
    with mailing.database.reading() as session:
        rows = session.scalars(select(mailing.row(1).__class__)).all()
    failed = [row for row in rows if row.state == "failed"]
    assert len(failed) == 2
    assert all("cannot be personalised" in str(row.reply) for row in failed)
    assert sorted(mailing.arrived) == ["r1", "r2", "r3"]


def break_the_plan(mailing: Mailing, number: int) -> None:
    """A value that brings down whatever plans this reader's mail: no form would let it in."""
    with mailing.database.writing() as session:
        mine = update(Reader).where(Reader.email == f"r{number}@example.org")
        session.execute(mine.values(hour="noon", wishes_number=Reader.wishes_number + 1))


def test_what_brings_the_planning_down_fails_alone_and_loses_no_record(mailing: Mailing):
    mailing.begin_course(readers=3)
    break_the_plan(mailing, 2)
    mailing.deliver()
    assert mailing.states() == ["sent", "failed", "sent"]
    assert mailing.row(2).reply == "This mail could not be made: ValueError."
    assert mailing.states("trust") == ["planned"] * 2


def test_a_receipt_stands_even_if_what_follows_cannot_be_planned(mailing: Mailing):
    mailing.begin_course(readers=3)
    mailing.courier(after_each=lambda: break_the_plan(mailing, 1)).deliver(BOTH)
    assert mailing.states() == ["sent"] * 3
    assert mailing.states("trust") == ["planned"] * 2


def test_told_to_stop_it_finishes_the_mail_at_hand_and_gives_the_rest_back(mailing: Mailing):
    mailing.begin_course(readers=4)
    mailing.deliver(stopping=lambda: len(mailing.server.journal) >= 2)
    assert mailing.arrived == ["r1", "r2"]
    assert mailing.states() == ["sent", "sent", "planned", "planned"]
    mailing.deliver()
    assert sorted(mailing.arrived) == ["r1", "r2", "r3", "r4"]


def test_when_its_time_is_over_it_gives_the_rest_back_and_says_that_there_is_more(mailing: Mailing):
    mailing.begin_course(readers=4)
    mailing.server.script(Rule("dot", delay=2))
    assert mailing.deliver(seconds=1.5)
    assert mailing.arrived == ["r1", "r2"], "what was offered with the first one's dot still leaves"
    assert mailing.states() == ["sent", "sent", "planned", "planned"]


def test_who_leaves_after_the_claim_gets_nothing(mailing: Mailing):
    mailing.begin_course(readers=3)

    def second_reader_leaves() -> None:
        with mailing.database.writing() as session:
            found = select(Enrollment).join(Reader).where(Reader.email == "r2@example.org")
            enrollment.leave(session, session.scalars(found).one().handle, mailing.clock.now())

    mailing.courier(after_each=second_reader_leaves).deliver(BOTH)
    assert mailing.arrived == ["r1", "r3"]
    assert mailing.states() == ["sent", "cancelled", "sent"]


def test_a_courier_of_urgent_mail_leaves_lessons_of_the_schedule_alone(mailing: Mailing):
    mailing.begin_course("welcome: 0 days", readers=1)
    mailing.wait(timedelta(days=1))
    mailing.courier().deliver((URGENT,))
    assert mailing.arrived == []


def test_two_couriers_at_once_send_each_mail_once(mailing: Mailing):
    mailing.begin_course(readers=30)
    couriers = [mailing.courier(), mailing.courier(), mailing.courier()]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda courier: courier.deliver(BOTH), couriers))
    assert sorted(mailing.arrived) == sorted(f"r{number}" for number in range(1, 31))
    assert mailing.states() == ["sent"] * 30


def test_it_renews_what_still_waits_while_the_others_take_long(mailing: Mailing):
    mailing.begin_course(readers=4)
    mailing.server.script(Rule("dot", delay=1.0))
    leases, freed = Leases(claim=timedelta(seconds=2)), []

    def look_for_dead_workers() -> None:
        with mailing.database.writing() as session:
            freed.append(rescue(session, mailing.clock.now(), leases, repeat=True)["freed"])

    replace(mailing.courier(after_each=look_for_dead_workers), leases=leases).deliver(BOTH)
    assert sorted(mailing.arrived) == [f"r{number}" for number in range(1, 5)]
    assert freed and not any(freed)


def test_told_to_stop_it_looks_at_no_other_mail_however_many_may_not_go(mailing: Mailing):
    mailing.begin_course(readers=9)
    with mailing.database.writing() as session:
        session.execute(update(Course).values(paused_at=mailing.clock.now()))  # at this moment: the rows are due still

    def held() -> int:
        return sum(mailing.row(number).due_at is None for number in range(1, 10)) - mailing.states().count("claimed")

    replace(mailing.courier(), stopping=lambda: held() >= 3).deliver(BOTH)
    assert held() == 3
    assert mailing.states() == ["planned"] * 9


def test_who_leaves_everything_while_two_couriers_send_meets_nobody_in_a_circle(mailing: Mailing):
    mailing.begin_course(readers=12, slug="one")
    mailing.begin_course(readers=12, slug="two")
    with mailing.database.reading() as session:
        newest_first = select(Enrollment.handle).order_by(Enrollment.id.desc()).limit(12)
        handles = session.scalars(newest_first).all()

    def all_leave() -> None:
        for handle in handles:
            with mailing.database.writing() as session:
                enrollment.leave_all(session, handle, mailing.clock.now())

    couriers = [mailing.courier(), mailing.courier()]
    with ThreadPoolExecutor(3) as pool:
        leaving = pool.submit(all_leave)
        sending = [pool.submit(courier.deliver, BOTH) for courier in couriers]
        for each in (leaving, *sending):
            each.result()
    assert set(mailing.states()) <= {"sent", "cancelled"}
    assert mailing.states().count("sent") == len(mailing.arrived)

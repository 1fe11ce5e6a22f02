"""A mail server that misbehaves: whoever is to blame waits or fails, alone, and everybody else gets one mail."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from course.models import Alarm, Delivery, DeliveryState, Reader, Suppression
from emails.testing import Rule, ScriptedServer
from emails.testing.session import OFFERS, Setup
from tests.broker import wait_until
from tests.emails.relays import certificate
from tests.faults.school import LONG_AGO, PATIENCE, School, kill

__all__ = ["certificate"]

on_sqlite = pytest.mark.short_on("sqlite")
pytestmark = on_sqlite

BY_RECIPIENT = (
    Rule("rcpt", answer="451 4.7.1 Not yet", recipient="-r1@", times=1),
    Rule("rcpt", answer="550 5.1.1 Nobody here", recipient="-r2@"),
    Rule("content", hang_up=True, recipient="-r3@", times=1),
    Rule("dot", answer="451 4.3.0 Not now", recipient="-r4@", times=1),
    Rule("dot", accept=True, hang_up=True, recipient="-r5@", times=1),
    Rule("dot", hang_up=True, recipient="-r6@", times=1),
    Rule("rcpt", delay=7, recipient="-r7@", times=1),
    Rule("dot", answer="250 2.0.0 One byte a second", drip=1, recipient="-r8@", times=1),
    Rule("data", answer="554 5.7.1 Not from you", recipient="-r9@", times=1),
)


def test_each_bad_answer_costs_its_own_mail_and_no_other(school: School):
    school.readers = max(school.readers, 20)
    school.timeout, school.connections = 3, 4
    school.begin_course(school.readers)
    school.server.script(*BY_RECIPIENT)
    worker = school.worker()
    school.ring()
    wait_until(lambda: judged(school), "each has its first answer", PATIENCE)
    unanswered = school.message_ids(DeliveryState.UNCERTAIN)
    assert replies(school, DeliveryState.FAILED) == {"c1-r2@example.org": "550 5.1.1 Nobody here"}
    school.server.script(BY_RECIPIENT[1])
    later(school)
    uncertain = school.recover(worker) | unanswered
    assert 3 <= len(uncertain) <= 4, "a reserve, for a machine that is slower than three seconds"
    assert school.states() == {"sent": school.readers - 1, "failed": 1}
    school.judge(uncertain, failed=1)


@pytest.mark.parametrize(
    "rule",
    [
        Rule("connect", answer="421 4.3.2 Not now"),
        Rule("rcpt", answer="421 4.7.0 Too much", times=1),
        Rule("dot", answer="421 4.7.0 Too much", times=1),
        Rule("dot", answer="554 5.7.1 We do not like you"),
    ],
    ids=["421 at the door", "421 after RCPT", "421 at the dot", "554 5.7.1 for all"],
)
def test_a_relay_that_turns_us_away_fails_and_suppresses_nobody(school: School, rule: Rule):
    school.begin_course(school.readers)
    school.server.script(rule)
    worker = school.worker()
    school.ring()
    wait_until(lambda: judged(school) and school.server.connections, "it has turned us away", PATIENCE)
    assert len(school.journal()) < school.readers
    kill(worker)
    school.server.script()
    later(school)
    let_it_be_tried_again(school)
    assert school.recover() == set()
    assert suppressions(school) == []
    school.judge(set())


def test_a_server_that_takes_mail_and_dies_gets_each_of_them_twice_at_the_most(school: School):
    school.connections = 4
    school.begin_course(school.readers)
    school.server.script(Rule("dot", delay=0.1))
    worker = school.worker()
    school.ring()
    school.wait_for_mails(4)
    school.server.script(Rule("dot", accept=True, hang_up=True, times=3))
    wait_until(lambda: judged(school), "each has its first answer", PATIENCE)
    unanswered = school.message_ids(DeliveryState.UNCERTAIN)
    assert len(unanswered) == 3
    later(school)
    uncertain = school.recover(worker) | unanswered
    school.judge(uncertain)
    assert len(school.journal()) == school.readers + 3


@pytest.fixture(params=["wrong password", "STARTTLS stripped", "unknown certificate"])
def strict(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[ScriptedServer, str]]:
    """A server that we may not trust, or that does not trust us, and how we were told to reach it."""
    setup, user, tls = Setup(), "", "starttls"
    if request.param == "wrong password":
        setup, user, tls = Setup(users={"robin": "right"}), "robin:wrong@", "none"
    elif request.param == "unknown certificate":
        setup = Setup(OFFERS, tls=request.getfixturevalue("certificate")[0])
    with ScriptedServer(setup, tmp_path / "journal") as server:
        yield server, f"smtp://{user}127.0.0.1:{server.port}?tls={tls}"


def test_who_cannot_be_trusted_gets_no_mail_and_no_word_in_the_open(school: School, strict: tuple[ScriptedServer, str]):
    server, school.relay = strict
    school.begin_course(school.readers)
    worker = school.worker()
    school.ring()
    wait_until(lambda: judged(school) and server.connections, "it has been tried", PATIENCE)
    assert not [command for command in server.commands if command.startswith(("MAIL", "RCPT", "DATA"))]
    assert school.states() == {"planned": school.readers}
    kill(worker)
    school.relay = ""
    later(school)
    assert school.recover() == set()
    school.judge(set())


def judged(school: School) -> bool:
    """Nothing is in hand, and nothing is due: each first lesson has an answer, or waits for a later attempt."""
    now = school.clock.now()
    with school.database.reading() as session:
        rows = session.scalars(select(Delivery)).all()
        return not any(row.state in {"claimed", "sending"} or (row.due_at and row.due_at <= now) for row in rows)


def later(school: School) -> None:
    """So much later that whoever was put back once is due again."""
    school.clock.move_to(school.clock.now() + timedelta(minutes=20))


def let_it_be_tried_again(school: School) -> None:
    """Let the lease clock run on until the end of the rest that a stopped relay was given."""
    with school.database.writing() as session:
        session.execute(update(Alarm).where(Alarm.rests_until.is_not(None)).values(rests_until=LONG_AGO))


def replies(school: School, state: DeliveryState) -> dict[str, str]:
    with school.database.reading() as session:
        rows = session.execute(select(Reader.email, Delivery.reply).join(Delivery).where(Delivery.state == state))
        return {row.email: row.reply for row in rows if row.reply}


def suppressions(school: School) -> list[Suppression]:
    with school.database.reading() as session:
        return list(session.scalars(select(Suppression)))

"""Readers leave while their mail is being sent: each mail is either stopped or sent, and recorded as that."""

import random
import time

from sqlalchemy import select

from course import enrollment
from course.models import Delivery, DeliveryState, Enrollment, Reader
from emails.testing import Rule
from tests.faults.school import School

READERS = 60
SEED = time.time_ns() % 100_000


def test_who_leaves_while_mail_is_sent_gets_it_once_or_not_at_all(school: School):
    print(f"seed {SEED}")  # noqa: T201
    chance = random.Random(SEED)
    school.begin_course(READERS)
    with school.database.reading() as session:
        handles = list(session.scalars(select(Enrollment.handle)))
    early, late = chance.sample(handles, 10), chance.sample(handles, 20)
    leave(school, early)
    school.server.script(Rule("dot", delay=0.02))
    school.worker()
    school.ring()
    school.wait_for_mails(5)
    for handle in late:
        leave(school, [handle])
        time.sleep(chance.random() * 0.05)
    accepted_by_then = len(school.server.journal)
    school.wait_until_sent()
    school.judge(set())
    received = {mail.recipients[0] for mail in school.server.journal}
    leavers = addresses(school, early + late)
    assert not received & addresses(school, early)
    assert open_mails(school, leavers) == []
    # What was not begun before the last one left is not begun afterwards: two connections, two mails.
    after = {mail.recipients[0] for mail in school.server.journal[accepted_by_then + 2 :]}
    assert not after & leavers
    assert received >= addresses(school, handles) - leavers


def leave(school: School, handles: list[str]) -> None:
    for handle in handles:
        with school.database.writing() as session:
            enrollment.leave(session, handle, school.clock.now())


def addresses(school: School, handles: list[str]) -> set[str]:
    with school.database.reading() as session:
        mine = select(Reader.email).join(Enrollment).where(Enrollment.handle.in_(handles))
        return set(session.scalars(mine))


def open_mails(school: School, readers: set[str]) -> list[Delivery]:
    over = (DeliveryState.SENT, DeliveryState.CANCELLED)
    with school.database.reading() as session:
        theirs = select(Delivery).join(Reader).where(Reader.email.in_(readers), Delivery.state.not_in(over))
        return list(session.scalars(theirs))

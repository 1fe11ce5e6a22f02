"""Readers leave, rest and are erased, and authors publish, while mail is sent: forty times, or five hundred.

Half of those who act are chosen because a worker has their mail in hand at that very moment.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import select

from course import enrollment, erasing, planning, wishes
from course.models import Course, Delivery, DeliveryState, Enrollment, Reader, Revision
from emails.testing import Rule
from emails.testing.session import Accepted
from tests import factories
from tests.faults.scale import Scale
from tests.faults.school import School
from tests.traces import everything

FEW, MANY = 40, 500
# A mail whose final dot is on its way may still be accepted; a mail that is not may not.
ON_ITS_WAY_SECONDS = 5.0
FIRST_TEXT, NEW_TEXT = "This is the text of the beginning.", "This is the text number {}."


@dataclass
class Race:
    """Who did what, and when, by their address."""

    school: School
    chance: random.Random
    acts: int
    ended: dict[str, float] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    erased: set[str] = field(default_factory=set)
    rested: set[str] = field(default_factory=set)
    texts: int = 0

    def run(self) -> None:
        verbs = {self.leave: 5, self.leave_all: 3, self.erase: 8, self.rest: 3}
        for number in range(self.acts):
            if number % 30 == 10:
                self.publish()
            elif address := self.somebody():
                (verb,) = self.chance.choices(list(verbs), list(verbs.values()))
                verb(address)
            time.sleep(self.chance.random() * 0.01)

    def somebody(self) -> str | None:
        """Who has not acted yet: often one whose mail is in hand, and is on its way if possible."""
        states = self.chance.choice([("sending",), ("claimed",), ("planned", "sent"), ("planned",)])
        with self.school.database.reading() as session:
            theirs = select(Reader.email).join(Delivery).where(Delivery.state.in_(states))
            acted = self.ended.keys() | self.rested
            free = [each for each in session.scalars(theirs.order_by(Reader.id)) if each not in acted]
        return self.chance.choice(free) if free else None

    def leave(self, address: str) -> None:
        self._end(address, lambda mine, session: enrollment.leave(session, mine.handle, self.school.clock.now()))

    def leave_all(self, address: str) -> None:
        self._end(address, lambda mine, session: enrollment.leave_all(session, mine.handle, self.school.clock.now()))

    def erase(self, address: str) -> None:
        self._end(address, lambda _, session: erasing.erase(session, address))
        self.erased.add(address)

    def rest(self, address: str) -> None:
        with self.school.database.writing() as session:
            wishes.pause(session, _enrollment_of(session, address), None, self.school.clock.now())
        self.rested.add(address)

    def publish(self) -> None:
        """Another text of the lesson that is being sent."""
        self.texts += 1
        with self.school.database.writing() as session:
            course = session.scalars(select(Course)).one()
            changed = factories.lesson("welcome", "immediately", body=NEW_TEXT.format(self.texts))
            factories.publish_change(session, course, changed, "later: 52 weeks", at=self.school.clock.now())

    def _end(self, address: str, act: Callable[[Enrollment, factories.Session], object]) -> None:
        """The end of a course, and whether its mail had begun by then: nothing can begin between look and act."""
        with self.school.database.writing() as session:
            mine = planning.lock(session, _enrollment_of(session, address).id)
            begun = select(Delivery.id).where(Delivery.enrollment_id == mine.id, Delivery.begun_at.is_not(None))
            if session.scalars(begun).first() is not None:
                self.begun.add(address)
            act(mine, session)
        self.ended[address] = time.monotonic()


def _enrollment_of(session: factories.Session, address: str) -> Enrollment:
    return session.scalars(select(Enrollment).join(Reader).where(Reader.email == address)).one()


def test_whatever_is_wished_while_mail_is_sent_comes_true_at_once_and_in_one_text(school: School, scale: Scale):
    acts = MANY if scale.readers else FEW
    school.connections = 2
    school.begin_course(2 * acts, body=FIRST_TEXT)
    school.server.script(Rule("dot", delay=0.06))
    worker = school.worker()
    school.ring()
    school.wait_for_mails(5)
    race = Race(school, scale.chance, acts)
    race.run()
    school.server.script()
    school.ring_until(lambda: not in_hand(school), "nothing is in hand")
    assert worker.poll() is None
    assert len(race.ended) > acts / 4
    assert race.erased
    nothing_came_later(race)
    nothing_of_the_erased_is_left(race)
    each_mail_has_the_text_that_its_row_names(race)
    nobody_was_forgotten(race)


def in_hand(school: School) -> bool:
    now = school.clock.now()
    with school.database.reading() as session:
        rows = session.execute(select(Delivery.state, Delivery.due_at))
        return any(row.state in {"claimed", "sending"} or (row.due_at and row.due_at <= now) for row in rows)


def nothing_came_later(race: Race) -> None:
    """Once at the most, and after somebody's word only what was on its way."""
    recipients = [mail.recipients[0] for mail in race.school.server.journal]
    assert len(recipients) == len(set(recipients))
    late = {
        mail.recipients[0]: mail.at - race.ended[mail.recipients[0]]
        for mail in race.school.server.journal
        if mail.at > race.ended.get(mail.recipients[0], mail.at)
    }
    assert set(late) <= race.begun
    assert all(seconds < ON_ITS_WAY_SECONDS for seconds in late.values()), late


def nothing_of_the_erased_is_left(race: Race) -> None:
    with race.school.database.reading() as session:
        written = everything(session) + race.school.log()
    assert [address for address in race.erased if address in written] == []


def each_mail_has_the_text_that_its_row_names(race: Race) -> None:
    """And the journal agrees with the rows, but for the erased, who have none."""
    with race.school.database.reading() as session:
        named = select(Delivery.message_id, Revision.source).join(Revision, Delivery.revision_id == Revision.id)
        sources = {row.message_id: row.source for row in session.execute(named.where(Delivery.state == "sent"))}
    known = [mail for mail in race.school.server.journal if mail.recipients[0] not in race.erased]
    assert {message_id_of(mail) for mail in known} == set(sources)
    texts = [FIRST_TEXT, *(NEW_TEXT.format(number + 1) for number in range(race.texts))]
    for mail in known:
        (inside,) = [text for text in texts if text.encode() in mail.data]
        assert inside in sources[message_id_of(mail)]


def message_id_of(mail: Accepted) -> str:
    line = next(each for each in mail.data.split(b"\r\n") if each.lower().startswith(b"message-id:"))
    return line.split()[1].decode()


def nobody_was_forgotten(race: Race) -> None:
    """Who is still there and did not leave has the lesson, or it is planned."""
    with race.school.database.reading() as session:
        rows = session.execute(select(Reader.email, Delivery.state).join(Delivery).order_by(Delivery.id)).all()
    states = {email: state for email, state in rows if email not in race.ended}
    assert set(states.values()) <= {DeliveryState.SENT, DeliveryState.PLANNED}
    assert len(states) == 2 * race.acts - len(race.ended)

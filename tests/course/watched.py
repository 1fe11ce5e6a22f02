"""A courier for journeys: the product's own verbs, one transaction each, watched by the pencil and paper of naive."""

from datetime import datetime, timedelta

from hypothesis.stateful import RuleBasedStateMachine

from course import due_rows, outbox
from course.database import Database
from course.editions import find_course
from course.models import Delivery, EnrollmentState, Kind
from course.outbox import Claimed, Leases
from tests import factories
from tests.course.naive import House, Traveller

# A dead worker's rows are free at once, for the database's clock is never shifted.
LEASES = Leases(sending=timedelta(seconds=-1), uncertain=timedelta(seconds=-1))


class WatchedCourier(RuleBasedStateMachine):
    """Delivers what is due, and asks the house about every lesson before it leaves."""

    database: Database
    house: House
    now: datetime

    def enrollment_of(self, session, reader):
        return factories.newest(session, reader.email, find_course(session, "small"))

    def deliver_until(self, end, fate="sent"):
        for _ in range(500):
            with self.database.reading() as session:
                due = due_rows.next_due(session)
            if due is None or due > end:
                self.now = end
                return
            self.now = max(self.now, due)
            fate = self.deliver(fate)
        raise AssertionError("the courier never comes to rest")

    def deliver(self, fate):
        """One batch; only the first mail of a run meets the fate."""
        with self.database.writing() as session:
            claimed = outbox.claim(session, self.now, (outbox.URGENT, outbox.SCHEDULED), 50, LEASES)
        for each in claimed:
            with self.database.writing() as session:
                begun = factories.begin(session, each, self.now, LEASES)
                row = session.get_one(Delivery, each.delivery_id)
                kind, reader = row.kind, self.reader_of(row)
                key = factories.key_of(session, row)
            if begun and kind is Kind.LESSON:
                self.house.check(reader, key, self.now)
                self.meet(fate, each, reader, key)
                fate = "sent"
            elif begun:
                self.meet("sent", each, reader, "")
        self.notice_completions()
        return fate

    def reader_of(self, row) -> Traveller:
        return next(each for each in self.house.readers if row.reader and each.email == row.reader.email)

    def meet(self, fate: str, claimed: Claimed, reader: Traveller, key: str) -> None:
        with self.database.writing() as session:
            row = session.get_one(Delivery, claimed.delivery_id)
            if fate == "sent":
                assert factories.record_sent(session, claimed, self.now)
                if key:
                    reader.take(key, self.now)
            elif fate == "later":
                outbox.put_back(session, row, "451", self.now)
            elif fate == "failed":
                outbox.record_failed(session, row, "550")
            else:
                reader.uncertain = key
                if fate == "lost":
                    outbox.record_uncertain(session, claimed, "gone", LEASES)

    def notice_completions(self):
        with self.database.reading() as session:
            for reader in self.house.readers:
                over = self.enrollment_of(session, reader).state is EnrollmentState.COMPLETED
                if over and reader.completed_at is None:
                    left = self.house.state.next_of(reader.receipts)
                    assert left is None, f"{reader.email} completed, but {left} never came"
                    reader.completed_at = self.now

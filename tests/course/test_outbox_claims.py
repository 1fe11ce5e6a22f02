"""Claims: who may take what, in which order, for how long."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from course import due_rows, outbox
from course.clock import lease_now
from course.database import Database
from course.models import Delivery, DeliveryState
from course.outbox import SCHEDULED, URGENT
from tests.course.mails import LEASES, LONG_AGO, NOW, begin, claim, claim_one, let_leases_end, plan, rescue, row
from tests.course.plans import explained, reads_everything

MINUTE = timedelta(minutes=1)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def test_the_longest_due_goes_first_and_what_is_not_due_stays(database: Database):
    with database.writing() as session:
        late, later, now, early, held = plan(session, NOW - 2 * MINUTE, NOW - MINUTE, NOW, NOW + MINUTE, None)
        assert [each.delivery_id for each in claim(session, most=2)] == [late, later]
        assert [each.delivery_id for each in claim(session)] == [now]
        assert {row(session, each).state for each in (early, held)} == {DeliveryState.PLANNED}


def test_who_waits_at_the_screen_goes_before_all_lessons(database: Database):
    with database.writing() as session:
        (lesson,) = plan(session, NOW - MINUTE)
        (confirmation,) = plan(session, NOW, priority=URGENT)
        assert [each.delivery_id for each in claim(session, most=1)] == [confirmation]
        assert [each.delivery_id for each in claim(session, most=1)] == [lesson]


def test_a_courier_of_urgent_mail_leaves_lessons_alone(database: Database):
    with database.writing() as session:
        plan(session, NOW)
        assert outbox.claim(session, NOW, (URGENT,), 50, LEASES) == []


def test_what_was_claimed_is_nobody_elses(database: Database):
    with database.writing() as session:
        plan(session, NOW)
        claimed = claim_one(session)
        assert claim(session) == []
        assert row(session, claimed).due_at is None
        assert row(session, claimed).state is DeliveryState.CLAIMED


@pytest.mark.parametrize("state", ["claimed", "sending", "sent", "skipped", "cancelled", "failed"])
def test_a_due_time_means_that_it_can_be_claimed(database: Database, state: str):
    with database.writing() as session:
        (number,) = plan(session, NOW)
    with pytest.raises(IntegrityError, match="due_means_claimable"), database.writing() as session:
        session.execute(update(Delivery).where(Delivery.id == number).values(state=state))


def test_the_tick_counts_what_a_claim_would_take_and_no_further_than_asked(database: Database):
    with database.writing() as session:
        plan(session, NOW, NOW, NOW, NOW + MINUTE, None)
        plan(session, NOW, priority=URGENT)
        assert due_rows.count_due(session, NOW, (URGENT, SCHEDULED), 100) == {URGENT: 1, SCHEDULED: 3}
        assert due_rows.count_due(session, NOW, (URGENT, SCHEDULED), 2) == {URGENT: 1, SCHEDULED: 2}
        assert due_rows.count_due(session, NOW, (URGENT,), 100) == {URGENT: 1}


def test_the_next_due_time_and_whether_anything_is_in_hand(database: Database):
    with database.writing() as session:
        assert due_rows.next_due(session) is None
        assert not due_rows.busy(session, NOW)
        plan(session, NOW + MINUTE, None)
        assert due_rows.next_due(session) == NOW + MINUTE
        assert not due_rows.busy(session, NOW)
        assert due_rows.busy(session, NOW + MINUTE)
        claim(session, NOW + MINUTE)
        assert due_rows.busy(session, NOW)


def test_four_claimers_at_once_never_share_a_row(database: Database):
    with database.writing() as session:
        numbers = plan(session, *[NOW] * 80)

    def take_until_nothing_is_left(_: int) -> list[int]:
        mine: list[int] = []
        while True:
            with database.writing() as session:
                batch = claim(session, most=7)
            if not batch:
                return mine
            mine += [each.delivery_id for each in batch]

    with ThreadPoolExecutor(4) as pool:
        hands = list(pool.map(take_until_nothing_is_left, range(4)))
    assert sorted(number for hand in hands for number in hand) == numbers


@on_postgresql
def test_a_claimer_does_not_wait_for_rows_that_another_is_taking(database: Database):
    with database.writing() as session:
        one, two = plan(session, NOW, NOW)
    with database.writing() as first, database.writing() as second:
        assert [each.delivery_id for each in claim(first, most=1)] == [one]
        second.execute(text("SET LOCAL lock_timeout = '1s'"))
        assert [each.delivery_id for each in claim(second)] == [two]


@on_postgresql
def test_rescue_and_renewal_do_not_wait_for_rows_that_somebody_changes(database: Database):
    with database.writing() as session:
        plan(session, NOW, NOW)
        one, two = claim(session)
        let_leases_end(session)
    with database.writing() as somebody, database.writing() as session:
        outbox.hold(somebody, one)
        session.execute(text("SET LOCAL lock_timeout = '1s'"))
        outbox.renew(session, two.claim_id, LEASES)
        assert rescue(session)["freed"] == 0
        row(session, two).lease_until = LONG_AGO
        assert rescue(session)["freed"] == 1
    with database.writing() as session:
        assert rescue(session)["freed"] == 1


def test_leases_run_by_the_database_s_clock_which_nothing_shifts(database: Database):
    with database.writing() as session:
        plan(session, NOW)
        before = lease_now(session)
        claimed = claim_one(session)
        until = row(session, claimed).lease_until
        assert until is not None
        assert before + LEASES.claim <= until <= lease_now(session) + LEASES.claim
        # The course's clock may jump by a year in development: nobody loses a claim by it.
        assert rescue(session, NOW + timedelta(days=365)) == {"freed": 0, "uncertain": 0, "repeats": 0}
        assert begin(session, claimed)


def test_renewing_moves_the_end_of_what_has_not_begun(database: Database):
    with database.writing() as session:
        plan(session, NOW, NOW)
        first, second = claim(session)
        begin(session, first)
        let_leases_end(session)
        outbox.renew(session, second.claim_id, LEASES)
        assert rescue(session) == {"freed": 0, "uncertain": 1, "repeats": 0}
        assert row(session, second).state is DeliveryState.CLAIMED


def test_renewing_looks_through_leases_alone(database: Database):
    with database.writing() as session:
        plan(session, NOW)
        mine = claim_one(session)
        with explained(session) as plans:
            outbox.renew(session, mine.claim_id, LEASES)
    assert ["deliveries_leased" in each and not reads_everything(each) for each in plans] == [True]


def test_what_was_not_begun_goes_back_and_can_be_claimed_at_once(database: Database):
    with database.writing() as session:
        plan(session, NOW, NOW)
        first, second = claim(session)
        begin(session, first)
        assert outbox.release(session, [first, second], NOW) == 1
        assert row(session, first).state is DeliveryState.SENDING
        assert claim_one(session).delivery_id == second.delivery_id


def test_a_sleeper_whose_claim_is_gone_begins_releases_and_records_nothing(database: Database):
    with database.writing() as session:
        plan(session, NOW)
        sleeper = claim_one(session)
        let_leases_end(session)
        assert rescue(session)["freed"] == 1
        assert not begin(session, sleeper)
        other = claim_one(session)
        assert not begin(session, sleeper)
        assert outbox.release(session, [sleeper], NOW) == 0
        outbox.renew(session, sleeper.claim_id, LEASES)
        assert not outbox.record_sent(session, sleeper, "250 OK", NOW)
        assert row(session, other).claim_id == other.claim_id
        assert begin(session, other)
        assert not outbox.record_sent(session, sleeper, "250 OK", NOW)
        assert not outbox.record_uncertain(session, sleeper, "?", LEASES)
        assert outbox.hold_offered(session, sleeper) is None
        assert row(session, other).state is DeliveryState.SENDING

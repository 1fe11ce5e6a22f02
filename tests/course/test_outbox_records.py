"""Records: what an answer, a silence, a crash or an admin's word makes of a mail that was begun."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from course import outbox
from course.database import Database
from course.models import Delivery, DeliveryState
from course.outbox import Claimed
from tests.course.mails import (
    LEASES,
    NOW,
    begin,
    begun,
    claim,
    claim_one,
    let_leases_end,
    plan,
    rescue,
    row,
    uncertain,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_an_accepted_mail_is_a_receipt_with_the_server_s_words(database: Database):
    with database.writing() as session:
        claimed = begun(session)
        assert outbox.record_sent(session, claimed, "250 queued as 7", NOW)
        sent = row(session, claimed)
        assert (sent.state, sent.sent_at, sent.reply) == (DeliveryState.SENT, NOW, "250 queued as 7")
        assert (sent.lease_until, sent.due_at, sent.attempts) == (None, None, 1)
        assert not outbox.record_sent(session, claimed, "250 again", NOW + HOUR)
        assert row(session, claimed).sent_at == NOW


def test_begin_writes_down_what_the_same_bytes_are_made_of(database: Database):
    with database.writing() as session:
        mail = row(session, begun(session))
        assert (mail.digest, mail.message_id, mail.size) == ("digest", "<one@example.org>", 1234)
        assert (mail.begun_at, mail.values, mail.attempts) == (NOW, {"reader": {"name": "Ana"}}, 1)


def test_temporary_failures_wait_longer_each_time_and_end_after_48_hours(database: Database):
    with database.writing() as session:
        plan(session, NOW)
        now, waits = NOW, []
        while True:
            claimed = claim_one(session, now)
            begin(session, claimed, now)
            outbox.put_back(session, row(session, claimed), "451 4.7.1 Not yet", now)
            mail = row(session, claimed)
            if mail.due_at is None:
                break
            assert mail.state is DeliveryState.PLANNED
            assert claim(session, mail.due_at - timedelta(seconds=1)) == []
            waits.append(mail.due_at - now)
            now = mail.due_at
        assert waits[:5] == [5 * MINUTE, 15 * MINUTE, HOUR, 4 * HOUR, 4 * HOUR]
        assert sum(waits, timedelta()) == timedelta(hours=48)
        assert (mail.state, mail.reply) == (DeliveryState.FAILED, "Given up after 48 hours: 451 4.7.1 Not yet")


def test_refused_for_our_own_sake_a_mail_is_tried_as_often_as_it_takes(database: Database):
    with database.writing() as session:
        plan(session, NOW)
        now = NOW
        for _ in range(30):
            claimed = claim_one(session, now)
            begin(session, claimed, now)
            outbox.put_back(session, row(session, claimed), "554 5.7.1 Listed", now, ours=True)
            mail = row(session, claimed)
            assert mail.due_at is not None
            now = mail.due_at
        assert now - NOW > timedelta(days=4)
        # That time is not the reader's: their own 48 hours have not begun.
        begin(session, claim_one(session, now), now)
        outbox.put_back(session, mail, "451 4.2.2 Full", now)
        assert row(session, claimed).state is DeliveryState.PLANNED


def test_trouble_of_the_whole_relay_is_nobody_s_attempt(database: Database):
    with database.writing() as session:
        mail = row(session, begun(session))
        outbox.put_back_untried(mail, "421 Closing", NOW + MINUTE)
        assert (mail.state, mail.attempts, mail.due_at) == (DeliveryState.PLANNED, 0, NOW + MINUTE)
        much_later = NOW + timedelta(hours=60)
        claimed = claim_one(session, much_later)
        begin(session, claimed, much_later)
        outbox.put_back(session, row(session, claimed), "451 4.7.1 Not yet", much_later)
        assert row(session, claimed).due_at == much_later + 5 * MINUTE


def test_a_failed_mail_gets_another_48_hours_when_an_admin_says_so(database: Database):
    with database.writing() as session:
        claimed = begun(session)
        outbox.record_failed(session, row(session, claimed), "550 5.1.1 Nobody here")
        session.flush()
        assert row(session, claimed).state is DeliveryState.FAILED
        assert claim(session, NOW + timedelta(days=9)) == []
        assert outbox.retry(session, claimed.delivery_id, NOW + HOUR)
        assert not outbox.retry(session, claimed.delivery_id, NOW + HOUR)
        again = claim_one(session, NOW + HOUR)
        begin(session, again, NOW + HOUR)
        assert row(session, again).attempts == 1


def test_rescue_frees_what_had_not_begun(database: Database):
    with database.writing() as session:
        plan(session, NOW)
        claimed = claim_one(session)
        let_leases_end(session)
        assert rescue(session, NOW + MINUTE) == {"freed": 1, "uncertain": 0, "repeats": 0}
        mail = row(session, claimed)
        assert (mail.state, mail.due_at, mail.repeats) == (DeliveryState.PLANNED, NOW + MINUTE, 0)


def test_what_a_dead_worker_had_begun_is_uncertain_and_is_not_repeated_yet(database: Database):
    with database.writing() as session:
        claimed = begun(session)
        let_leases_end(session)
        assert rescue(session) == {"freed": 0, "uncertain": 1, "repeats": 0}
        assert row(session, claimed).state is DeliveryState.UNCERTAIN
        assert rescue(session) == {"freed": 0, "uncertain": 0, "repeats": 0}
        assert claim(session, NOW + timedelta(days=9)) == []


def test_an_uncertain_mail_is_sent_once_more_after_its_lease_as_it_was(database: Database):
    with database.writing() as session:
        first = uncertain(session)
        let_leases_end(session)
        assert rescue(session, NOW + HOUR)["repeats"] == 1
        again = claim_one(session, NOW + HOUR)
        assert begin(session, again, NOW + HOUR)
        mail = row(session, again)
        assert (mail.message_id, mail.digest, mail.begun_at) == ("<one@example.org>", "digest", NOW)
        assert (again.delivery_id, mail.repeats, mail.attempts) == (first.delivery_id, 1, 2)
        assert outbox.record_sent(session, again, "250 OK", NOW + HOUR)


def test_uncertain_a_second_time_it_waits_for_an_admin(database: Database):
    with database.writing() as session:
        uncertain(session)
        let_leases_end(session)
        rescue(session)
        again = claim_one(session)
        begin(session, again)
        outbox.record_uncertain(session, again, "no answer", LEASES)
        let_leases_end(session)
        assert rescue(session)["repeats"] == 0
        assert claim(session, NOW + timedelta(days=9)) == []


def test_by_setting_it_is_not_repeated_at_all(database: Database):
    with database.writing() as session:
        held = uncertain(session)
        let_leases_end(session)
        assert rescue(session, repeat=False)["repeats"] == 0
        assert row(session, held).due_at is None


def test_a_late_yes_counts_while_no_repeat_has_been_claimed(database: Database):
    with database.writing() as session:
        slow = begun(session)
        let_leases_end(session)
        rescue(session)
        let_leases_end(session)
        assert rescue(session)["repeats"] == 1
        assert outbox.record_sent(session, slow, "250 at last", NOW)
        assert row(session, slow).state is DeliveryState.SENT
        assert claim(session, NOW + HOUR) == []


def test_a_late_yes_is_too_late_once_the_repeat_is_claimed(database: Database):
    with database.writing() as session:
        slow = uncertain(session)
        let_leases_end(session)
        rescue(session)
        again = claim_one(session)
        assert not outbox.record_sent(session, slow, "250 at last", NOW)
        assert begin(session, again)


def test_a_late_no_settles_an_uncertain_mail_too(database: Database):
    with database.writing() as session:
        slow = begun(session)
        let_leases_end(session)
        rescue(session)
        mail = outbox.hold_offered(session, slow)
        assert mail is not None
        outbox.put_back(session, mail, "451 after all", NOW)
        assert (mail.state, mail.due_at, mail.repeats) == (DeliveryState.PLANNED, NOW + 5 * MINUTE, 0)


def claimed_repeat(session: Session) -> Claimed:
    uncertain(session)
    let_leases_end(session)
    rescue(session)
    return claim_one(session)


def test_a_repeat_that_was_claimed_and_not_begun_is_still_owed(database: Database):
    with database.writing() as session:
        again = claimed_repeat(session)
        outbox.release(session, [again], NOW)
        mail = row(session, again)
        assert (mail.state, mail.repeats) == (DeliveryState.UNCERTAIN, 0)
        claim_one(session)
        let_leases_end(session)
        rescue(session)
        assert (row(session, again).state, row(session, again).repeats) == (DeliveryState.UNCERTAIN, 0)
        assert claim(session)


def test_a_repeat_that_is_put_back_is_still_owed(database: Database):
    with database.writing() as session:
        again = claimed_repeat(session)
        begin(session, again)
        outbox.put_back(session, row(session, again), "451 4.7.1 Not yet", NOW)
        mail = row(session, again)
        assert (mail.state, mail.repeats, mail.due_at) == (DeliveryState.UNCERTAIN, 0, NOW + 15 * MINUTE)


def test_a_refused_repeat_is_no_failure_since_the_first_may_have_arrived(database: Database):
    with database.writing() as session:
        again = claimed_repeat(session)
        begin(session, again)
        outbox.record_failed(session, row(session, again), "550 5.1.1 Nobody here")
        session.flush()
        let_leases_end(session)
        rescue(session)
        mail = row(session, again)
        assert (mail.state, mail.due_at, mail.reply) == (DeliveryState.UNCERTAIN, None, "550 5.1.1 Nobody here")


def test_a_repeat_that_meets_a_pause_asks_again_when_its_claim_would_have_ended(database: Database):
    with database.writing() as session:
        again = claimed_repeat(session)
        outbox.wait_until(row(session, again), None)
        session.flush()
        assert claim(session, NOW + timedelta(days=9)) == []
        let_leases_end(session)
        assert rescue(session)["repeats"] == 1


@pytest.mark.parametrize("sent", [True, False])
def test_an_admin_judges_an_uncertain_mail(database: Database, sent: bool):
    with database.writing() as session:
        held = uncertain(session)
        assert outbox.answer_uncertain(session, held.delivery_id, sent=sent, now=NOW + HOUR)
        mail = row(session, held)
        if sent:
            assert (mail.state, mail.sent_at) == (DeliveryState.SENT, NOW)
            assert not outbox.answer_uncertain(session, held.delivery_id, sent=True, now=NOW)
        else:
            assert claim_one(session, NOW + HOUR).delivery_id == held.delivery_id
        assert rescue(session)["repeats"] == 0


def test_cancelling_takes_what_has_not_begun_and_leaves_what_is_on_its_way(database: Database):
    with database.writing() as session:
        plan(session, NOW)
        claimed = claim_one(session)
        unsure, on_its_way = uncertain(session), begun(session)
        failed = begun(session)
        outbox.record_failed(session, row(session, failed), "550")
        plan(session, NOW + HOUR)
        session.flush()
        assert outbox.cancel(session, Delivery.id > 0, reason="The reader has left.") == 4
        assert row(session, on_its_way).state is DeliveryState.SENDING
        assert outbox.record_sent(session, on_its_way, "250", NOW)
        assert not begin(session, claimed)
        assert not outbox.record_sent(session, unsure, "250", NOW)
        assert claim(session, NOW + timedelta(days=9)) == []
        assert row(session, unsure).reply == "The reader has left."


def test_a_skipped_mail_is_a_receipt_and_holds_no_lease(database: Database):
    with database.writing() as session:
        plan(session, NOW)
        mail = row(session, claim_one(session))
        outbox.skip(mail, "It would have made no sense any more.", NOW)
        session.flush()
        assert (mail.state, mail.sent_at, mail.lease_until) == (DeliveryState.SKIPPED, NOW, None)

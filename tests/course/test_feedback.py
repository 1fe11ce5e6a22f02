"""What comes back about a mail, and what follows for the reader."""

from base64 import encodebytes
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import delete, select

from course import feedback, suppressions, verdicts
from course.feedback import Said
from course.models import Delivery, DeliveryState, EnrollmentState, Kind, Reader, Report
from course.suppressions import BOUNCE, COMPLAINT
from course.tokens import Purpose, Tokens
from tests.factories import MONDAY, begin, claim_lesson, deliveries, join, planned, publish_course, send_next

TOKENS = Tokens(b"i" * 32, ("s" * 40,))
HARD = Said("bounce", "ana@example.org", "5.1.1", diagnostic="550 5.1.1 User unknown")
FULL = replace(HARD, status="5.2.2", diagnostic="552 5.2.2 Mailbox full")
DAY = timedelta(days=1)


@pytest.fixture
def ana(session):
    """Ana, in a course of many lessons, with the digest that this file's tokens give."""
    enrollment = join(session, publish_course(session, *"abcdefghijklmn"))
    enrollment.reader.digest = TOKENS.address_digest(enrollment.reader.email)
    return enrollment


def send(session, enrollment):
    """The next lesson, sent; its delivery."""
    row = planned(session, enrollment)
    send_next(session, enrollment)
    return session.get_one(Delivery, row.id, populate_existing=True)


def report(session, said, now, raw=None, came=("webhook", ())):
    """A report received and judged; the action. `came`: its source, and the envelope's recipients."""
    raw = raw or repr((said, now, came)).encode()
    assert feedback.receive(session, raw, *came, now)
    (waiting,) = feedback.waiting(session, 10)
    assert waiting.raw == raw
    return feedback.settle(session, waiting.id, said, TOKENS, now)


def about(delivery, said):
    return replace(said, address=None, message_id=delivery.message_id)


def test_one_hard_answer_ends_the_mail_to_an_address(session, ana):
    sent = send(session, ana)
    assert report(session, about(sent, HARD), sent.sent_at + DAY) == "suppress"
    assert suppressions.reasons(session, ana.reader.digest) == {BOUNCE}
    (row,) = session.scalars(select(Report))
    assert (row.delivery_id, row.reader_id, row.reply) == (sent.id, ana.reader_id, "550 5.1.1 User unknown")
    assert ana.state is EnrollmentState.ACTIVE  # an admin may lift it, and the course goes on
    claimed = claim_lesson(session, ana, planned(session, ana).due_at)
    assert not begin(session, claimed, planned(session, ana).slot_at)


def test_who_is_mailed_again_goes_on_and_old_failures_are_forgotten(session, ana):
    first = send(session, ana)
    for n in range(3):
        report(session, about(first, FULL), first.sent_at + n * DAY, raw=b"%d" % n)
    sent = send(session, ana)
    report(session, about(sent, HARD), sent.sent_at)
    verdicts.mail_again(session, ana.reader.digest, BOUNCE, sent.sent_at + 9 * DAY)
    late = send(session, ana)
    assert report(session, about(late, FULL), late.sent_at) == "count"


@pytest.mark.parametrize("status", ["5.7.1", "5.6.0", "4.7.1", "5.2.3"])
def test_what_is_said_about_us_never_suppresses(session, ana, status):
    for n in range(10):
        sent = send(session, ana)
        assert report(session, about(sent, replace(HARD, status=status)), sent.sent_at, raw=b"%d" % n) == "none"
    assert not suppressions.reasons(session, ana.reader.digest)


@pytest.mark.parametrize("said", [FULL, replace(FULL, status="4.4.7"), replace(FULL, status=None)])
def test_an_address_is_given_up_when_every_mail_of_a_week_failed(session, ana, said):
    done = []
    for _ in range(8):
        sent = send(session, ana)
        done.append(report(session, about(sent, said), sent.sent_at))
    assert done == ["count"] * 7 + ["suppress"]  # one a day: the eighth is a week after the first
    assert suppressions.reasons(session, ana.reader.digest) == {BOUNCE}


def test_failures_of_one_mail_are_one_however_often_they_are_told(session, ana):
    first = send(session, ana)
    for n in range(5):
        report(session, about(first, FULL), first.sent_at + n * 5 * DAY, raw=b"%d" % n)
    row = planned(session, ana)
    send_next(session, ana, row.due_at + 8 * DAY)
    second = session.get_one(Delivery, row.id, populate_existing=True)
    assert second.sent_at - first.sent_at > 7 * DAY
    assert report(session, about(second, FULL), second.sent_at) == "count"


def test_a_mail_that_was_accepted_between_starts_the_count_anew(session, ana):
    done = []
    for n in range(10):
        sent = send(session, ana)
        if n != 5:
            done.append(report(session, about(sent, FULL), sent.sent_at))
    assert done == ["count"] * 9


def test_a_failure_that_is_told_late_counts_for_the_day_of_its_mail(session, ana):
    mails = [send(session, ana) for _ in range(9)]
    end = mails[-1].sent_at
    done = [report(session, about(mail, FULL), end + n * DAY) for n, mail in enumerate(mails)]
    assert done == ["count"] * 7 + ["suppress"] * 2


@pytest.mark.parametrize(
    ("failed", "accepted", "given_up"),
    [
        ((0, 7, 8), (1, 2, 3, 4, 5, 6), False),
        ((0, 3, 8), (), True),
        ((0, 3, 8), (5,), False),
        ((1, 4, 8), (0, 9), True),
        ((0, 3, 8, 12), (10,), True),
        ((0, 4, 8, 9), (6,), False),
        ((0, 8, 9, 13), (4, 12), False),
    ],
)
def test_in_which_order_failures_are_told_changes_nothing(session, ana, failed, accepted, given_up):
    mails = [send(session, ana) for _ in range(14)]
    for day, mail in enumerate(mails):
        if day not in {*failed, *accepted}:
            mail.state = DeliveryState.CANCELLED
    for order in permutations(failed):
        with session.begin_nested() as attempt:
            told = [report(session, about(mails[day], FULL), mails[-1].sent_at + DAY) for day in order]
            assert ("suppress" in told) is given_up, order
            attempt.rollback()


def test_a_complaint_ends_the_course_and_only_an_owner_lifts_it(session, ana):
    sent = send(session, ana)
    assert report(session, about(sent, Said("complaint")), sent.sent_at) == "suppress"
    assert (suppressions.reasons(session, ana.reader.digest), ana.state) == ({COMPLAINT}, EnrollmentState.ENDED)
    assert [row.state for row in deliveries(session, ana, Kind.LESSON)] == [DeliveryState.SENT, DeliveryState.CANCELLED]


@pytest.mark.parametrize("kind", ["auto-reply", "delivery notice", "other"])
def test_nothing_follows_from_the_rest(session, ana, kind):
    sent = send(session, ana)
    assert report(session, about(sent, Said(kind, status="5.1.1")), sent.sent_at) == "none"


def test_the_same_mail_counts_once(session, ana):
    now = send(session, ana).sent_at
    assert feedback.receive(session, b"a\nraw mail\n", "imap", ("b+x@example.org",), now)
    assert not feedback.receive(session, b"a\r\nraw mail", "webhook", (), now)
    (waiting,) = feedback.waiting(session, 10)
    assert waiting.recipients == ("b+x@example.org",)
    assert feedback.settle(session, waiting.id, HARD, TOKENS, now) == "suppress"
    assert feedback.settle(session, waiting.id, HARD, TOKENS, now) is None


def test_a_bare_address_counts_only_where_we_mailed_of_late(session, ana):
    sent = send(session, ana)
    shouted = replace(HARD, address="ANA@Example.org")
    assert report(session, shouted, sent.sent_at + 11 * DAY) == "none"
    assert report(session, replace(shouted, address="bo@example.org"), sent.sent_at) == "none"
    assert report(session, shouted, sent.sent_at + 9 * DAY) == "suppress"


SOURCES = [("webhook", ()), ("imap", ()), ("maildir", ()), ("listener", ("b+0123@example.org",))]
LEAVE = "listener", ("B+Leave@example.org",)


@pytest.mark.parametrize("came", SOURCES)
def test_a_complaint_acts_only_when_it_names_our_mail(session, ana, came):
    now = send(session, ana).sent_at + DAY
    assert report(session, Said("complaint", "ana@example.org"), now, came=came) == "none"
    assert (suppressions.reasons(session, ana.reader.digest), ana.state) == (frozenset(), EnrollmentState.ACTIVE)
    (row,) = session.scalars(select(Report))
    assert (row.kind, row.reader_id) == ("complaint", None if came[0] == "listener" else ana.reader_id)


@pytest.mark.parametrize("came", SOURCES)
def test_a_bare_address_is_not_believed_where_anybody_may_write(session, ana, came):
    now = send(session, ana).sent_at + DAY
    assert report(session, HARD, now, came=came) == ("none" if came[0] == "listener" else "suppress")


@pytest.mark.parametrize("came", [LEAVE, ("webhook", LEAVE[1])])
@pytest.mark.parametrize("said", [HARD, FULL, Said("complaint", "ana@example.org")])
def test_what_comes_to_the_unsubscribe_address_can_only_leave(session, ana, said, came):
    sent = send(session, ana)
    for each in (said, about(sent, said)):
        assert report(session, each, sent.sent_at + DAY, came=came) == "none"
    assert (suppressions.reasons(session, ana.reader.digest), ana.state) == (frozenset(), EnrollmentState.ACTIVE)
    assert {(row.kind, row.reader_id, row.reply) for row in session.scalars(select(Report))} == {("other", None, None)}
    leaving = Said("other", "ana@example.org", leave_token=TOKENS.sign(Purpose.LEAVE, ana.handle))
    assert report(session, leaving, sent.sent_at + DAY, came=came) == "unsubscribe"


def test_of_a_mail_to_the_unsubscribe_address_only_the_beginning_is_kept(session):
    assert feedback.receive(session, b"x" * 50_000, *LEAVE, MONDAY)
    assert feedback.receive(session, b"y" * 50_000, *SOURCES[-1], MONDAY)
    assert [len(row.raw) for row in session.scalars(select(Report).order_by(Report.id))] == [16 << 10, 50_000]


def test_a_mail_to_the_unsubscribe_address_leaves_the_course(session, ana):
    now = planned(session, ana).slot_at
    forged = Said("other", leave_token="nonsense.0.abcdefghijklmnop")
    assert report(session, forged, now) == "none"
    token = TOKENS.sign(Purpose.LEAVE, ana.handle)
    assert report(session, Said("other", leave_token=token), now) == "unsubscribe"
    assert ana.state is EnrollmentState.ENDED


def test_a_refusal_while_sending_follows_the_same_rules(session, ana):
    claimed = claim_lesson(session, ana, planned(session, ana).due_at)
    row = session.get_one(Delivery, claimed.delivery_id)
    assert begin(session, claimed, row.slot_at)
    row.state, row.lease_until = DeliveryState.FAILED, None
    assert not feedback.heard(session, row, "5.7.1", "550 5.7.1 Blocked", row.slot_at)
    assert feedback.heard(session, row, "5.1.1", "550 5.1.1 User unknown", row.slot_at)
    assert not feedback.heard(session, row, "5.1.1", "550 5.1.1 User unknown", row.slot_at)
    assert suppressions.reasons(session, ana.reader.digest) == {BOUNCE}
    assert [each.source for each in session.scalars(select(Report))] == ["courier"] * 2


def test_texts_are_forgotten_and_what_follows_from_them_stays(session, ana):
    sent = send(session, ana)
    report(session, about(sent, HARD), sent.sent_at, raw=b"one")
    report(session, replace(HARD, address="who@example.org"), sent.sent_at, raw=b"two")
    assert feedback.forget(session, sent.sent_at, 10) == 0
    assert feedback.forget(session, sent.sent_at + DAY, 1) == 1
    assert feedback.forget(session, sent.sent_at + DAY, 10) == 1
    session.expire_all()
    rows = list(session.scalars(select(Report).order_by(Report.id)))
    assert [(row.raw, row.reply, row.action) for row in rows] == [
        (None, "550 5.1.1 User unknown", "suppress"),
        (None, None, "none"),
    ]
    assert not feedback.receive(session, b"one", "imap", (), sent.sent_at + 40 * DAY)


def test_who_is_erased_is_erased_from_every_text(session, ana):
    sent = send(session, ana)
    said = replace(HARD, address="who@example.org")
    report(session, said, sent.sent_at, raw=b"To: <ANA@example.org>")
    report(session, replace(said, diagnostic="No Ana@Example.org here"), sent.sent_at, raw=b"In base64")
    report(session, said, sent.sent_at, raw=b"To: <bo@example.org>")
    report(session, about(sent, HARD), sent.sent_at, raw=b"about her")
    report(session, said, sent.sent_at, raw=b"In base64\n\n" + encodebytes(b"No <Ana@example.org>"))
    assert feedback.erase(session, "ana@example.org") == 3
    session.execute(delete(Reader).where(Reader.id == ana.reader_id))
    session.expire_all()
    assert [(row.raw, row.reply) for row in session.scalars(select(Report).order_by(Report.id))] == [
        (None, None),
        (None, None),
        (b"To: <bo@example.org>", HARD.diagnostic),
        (None, None),
    ]


@pytest.mark.parametrize("recipient", ["Ana@example.org", "b+ana=example.org@lists.example"])
def test_who_is_erased_is_erased_as_a_recipient(session, recipient):
    assert feedback.receive(session, b"Nothing.", "webhook", (recipient,), MONDAY)
    assert feedback.receive(session, b"Nothing else.", "webhook", ("bo@example.org",), MONDAY)
    assert feedback.erase(session, "ana@example.org") == 1
    session.expire_all()
    assert [row.recipients for row in session.scalars(select(Report).order_by(Report.id))] == [[], ["bo@example.org"]]


def test_who_is_erased_is_erased_from_words_about_others_when_the_text_is_gone(session, ana):
    bo = join(session, ana.course, "bo@example.org")
    sent = send(session, bo)
    report(session, replace(about(sent, FULL), diagnostic="bo is read by <ana@example.org>"), sent.sent_at)
    assert feedback.forget(session, sent.sent_at + DAY, 10) == 1
    assert feedback.erase(session, "ana@example.org") == 1
    session.expire_all()
    assert [(row.reply, row.action) for row in session.scalars(select(Report))] == [(None, "count")]

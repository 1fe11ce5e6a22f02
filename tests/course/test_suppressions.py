"""Addresses that are not mailed."""

import pytest

from course import outbox, suppressions, verdicts
from course.models import DeliveryState, Kind, Suppression
from course.suppressions import BOUNCE, COMPLAINT, LEFT_ALL
from tests.factories import (
    MONDAY,
    SOON,
    at,
    begin,
    claim_lesson,
    deliveries,
    join,
    planned,
    publish_course,
    send_due,
)

NEW_YORK = "America/New_York"


def test_a_suppression_is_noted_once_and_stands_until_it_is_lifted(session):
    for _ in range(2):
        suppressions.suppress(session, "digest", BOUNCE, MONDAY)
    suppressions.suppress(session, "digest", COMPLAINT, MONDAY)
    assert suppressions.reasons(session, "digest") == {BOUNCE, COMPLAINT}
    suppressions.lift(session, "digest", BOUNCE, MONDAY + SOON)
    suppressions.lift(session, "digest", BOUNCE, MONDAY + 2 * SOON)
    assert suppressions.reasons(session, "digest") == {COMPLAINT}
    suppressions.suppress(session, "digest", BOUNCE, MONDAY + 3 * SOON)
    assert session.query(Suppression).count() == 3
    assert suppressions.reasons(session, "other") == frozenset()


@pytest.mark.parametrize("kind", list(Kind))
def test_only_a_confirmation_reaches_who_has_left_all_and_nothing_reaches_the_others(session, kind):
    reader = join(session, publish_course(session, "a")).reader
    assert not suppressions.bars(session, reader, kind)
    suppressions.suppress(session, reader.digest, LEFT_ALL, MONDAY)
    assert suppressions.bars(session, reader, kind) is (kind is not Kind.CONFIRMATION)
    suppressions.suppress(session, reader.digest, BOUNCE, MONDAY)
    assert suppressions.bars(session, reader, kind)


def test_a_suppression_counts_at_begin(session):
    mine = join(session, publish_course(session, "a"))
    moment = at("2027-01-05 09:00", "America/New_York")
    claimed = claim_lesson(session, mine, moment)
    suppressions.suppress(session, mine.reader.digest, BOUNCE, moment)
    assert not begin(session, claimed, moment)
    (row,) = deliveries(session, mine, Kind.LESSON)
    assert (row.state, row.reply) == (DeliveryState.CANCELLED, "The address is suppressed.")


@pytest.mark.parametrize("reason", [BOUNCE, COMPLAINT])
def test_who_is_mailed_again_goes_on_in_every_course_at_the_next_slot(session, reason):
    one, two = publish_course(session, "a", "b"), publish_course(session, "x", slug="other")
    mine, other = join(session, one), join(session, two)
    monday, friday = at("2027-01-05 09:00", NEW_YORK), at("2027-01-08 22:00", NEW_YORK)
    suppressions.suppress(session, mine.reader.digest, reason, monday)
    assert send_due(session, monday) == []
    verdicts.mail_again(session, mine.reader.digest, reason, friday)
    assert {planned(session, each).due_at for each in (mine, other)} == {at("2027-01-09 09:00", NEW_YORK)}
    assert sorted(send_due(session, at("2027-01-09 09:00", NEW_YORK))) == ["a", "completion", "x"]


def test_a_lesson_that_had_failed_is_over_with_the_suppression_and_comes_again_with_its_end(session):
    mine = join(session, publish_course(session, "a"))
    moment = at("2027-01-05 09:00", NEW_YORK)
    claimed = claim_lesson(session, mine, moment)
    assert begin(session, claimed, moment)
    outbox.record_failed(session, planned(session, mine), "550 5.1.1 no such user")
    suppressions.suppress(session, mine.reader.digest, BOUNCE, moment)
    (row,) = deliveries(session, mine, Kind.LESSON)
    assert row.state is DeliveryState.CANCELLED
    verdicts.mail_again(session, mine.reader.digest, BOUNCE, moment + SOON)
    assert planned(session, mine).id == row.id
    assert send_due(session, moment + SOON) == ["a", "completion"]


def test_while_another_suppression_stands_or_the_reader_is_gone_nothing_is_planned(session):
    mine = join(session, publish_course(session, "a"))
    moment = at("2027-01-05 09:00", NEW_YORK)
    for reason in (BOUNCE, COMPLAINT):
        suppressions.suppress(session, mine.reader.digest, reason, moment)
    send_due(session, moment)
    verdicts.mail_again(session, mine.reader.digest, BOUNCE, moment + SOON)
    verdicts.mail_again(session, "of nobody", BOUNCE, moment + SOON)
    assert deliveries(session, mine, Kind.LESSON)[0].state is DeliveryState.CANCELLED

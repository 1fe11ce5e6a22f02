"""Addresses that are not mailed."""

import pytest

from course import suppressions
from course.models import DeliveryState, Kind, Suppression
from course.suppressions import BOUNCE, COMPLAINT, LEFT_ALL
from tests.factories import MONDAY, SOON, at, begin, claim_lesson, deliveries, join, publish_course


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

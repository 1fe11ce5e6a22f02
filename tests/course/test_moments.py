"""A moment's departures: what is worked out once for many is what each of them would have been told alone."""

from datetime import timedelta
from random import Random

import pytest

from course.batch import Ordinary
from course.history import History, Receipt
from course.moments import LENGTH, Moment
from course.outbox import Claimed
from course.sequence import published_sequence
from course.standing import Standing, forecast, wishes
from tests.course.crowds import NOW, ZONES
from tests.factories import lesson, publish_change, publish_course

HOURS = (None, None, "09:00", "20:30")
HOURS_AGO = (1, 2, 2, 11, 14, 40)
# Waits and hours: evenings and mornings in turn, so that a gap matters.
COURSES = {
    "days": ("1 day 20:30", "1 day 07:30", "1 day 20:30", "1 day 07:30", "next friday", "1 week"),
    "hours": ("6 hours", "90 minutes", "immediately", "6 hours", "1 day", "2 days"),
}
KINDS = 5
# What one reader may have otherwise than the others of a kind.
ODD = (
    "",
    "",
    "",
    "",
    "zone",
    "hour",
    "pace",
    "slot",
    "row",
    "wait",
    "anchor",
    "had",
    "further",
    "days",
    "gap",
    "state",
)


@pytest.fixture(params=COURSES)
def sequence(session, request):
    lessons = [_lesson(number, wait) for number, wait in enumerate(COURSES[request.param])]
    course = publish_course(session, *lessons, at=NOW - timedelta(days=30), quiet="22:00-07:00", skip="[2027-03-20]")
    # Some have had what stood behind this one when it came.
    between = [*lessons[:3], lesson("new", "1 day"), *lessons[3:]]
    publish_change(session, course, *between, at=NOW - timedelta(days=2))
    return published_sequence(session, course.id)


def _lesson(number, wait):
    wait, _, hour = wait.rpartition(" ") if ":" in wait else (wait, "", "")
    return lesson(f"lesson-{number}", wait, **({"hour": hour} if hour else {}))


def ordinaries(sequence, seed, now, count=60):
    """Readers of a few kinds, each of whom differs from others of the kind by minutes, and some by one thing more."""
    own = Random(-seed)
    for number in range(count):
        odd = own.choice(ODD)
        chance = {each: Random(f"{seed} {number % KINDS} {each}") for each in ODD} | {odd: own, "minutes": own}
        standing = Standing(
            sequence=sequence,
            history=History(tuple(_receipts(sequence, chance, now)), _anchor(odd, own, now)),
            wishes=wishes(
                chance["zone"].choice(ZONES), chance["hour"].choice(HOURS), chance["pace"].choice((1.0, 1.0, 2.0))
            ),
            anchor_wait="2 days" if odd == "wait" else None,
        )
        if standing.awaited is not None:
            day_based = chance["row"].random() < 0.7
            yield _ordinary(
                number, standing, now - timedelta(hours=chance["slot"].choice(HOURS_AGO)), day_based=day_based
            )


def _receipts(sequence, chance, now):
    """What they had: the first few, sometimes one that stands further behind as well."""
    had = chance["had"].randrange(len(sequence.lessons))
    theirs = [*sequence.lessons[:had], *chance["further"].choice(((), (), sequence.lessons[had + 1 : had + 2]))]
    for each in theirs:
        at = now - timedelta(days=chance["days"].choice((0, 0, 1, 2)), hours=chance["days"].choice((1, 5, 14)))
        slot_at = now - timedelta(hours=chance["gap"].choice((1, 5, 20, 26)))
        minutes = timedelta(microseconds=chance["minutes"].randrange(1_200_000_000))
        sent, day_based = chance["state"].random() < 0.9, chance["state"].random() < 0.8
        yield Receipt(each.lesson_id, at + minutes, sent, slot_at, day_based)


def _anchor(odd, own, now):
    return now + timedelta(hours=own.choice((-1, 1))) if odd == "anchor" else now - timedelta(days=9)


def _ordinary(number, standing, slot_at, *, day_based):
    return Ordinary(
        claimed=Claimed(number, number, "claim"), fingerprint=(), standing=standing, lesson=standing.awaited,
        compilation_id=1, slot_at=slot_at, day_based=day_based, planned=frozenset(), reader_id=number,
        wishes_number=0, name="Ana", email="ana@example.org", handle="handle", fields={},
    )  # fmt: skip


def alone(ordinary, now):
    slot_at = ordinary.slot_now(now)
    return slot_at and (ordinary.lesson, slot_at, next(forecast(ordinary.sent(slot_at, now)), None))


@pytest.mark.parametrize("seed", range(12))
def test_a_departure_is_what_the_reader_alone_would_have_been_told(sequence, seed):
    told = {True: 0, False: 0}
    for hours in (0, 3, 10, 13, 29):
        moment = Moment(NOW + timedelta(hours=hours))
        for each in ordinaries(sequence, seed, moment.now):
            departure = moment.departure(each)
            found = departure and (departure.lesson, departure.slot_at, departure.coming)
            assert found == alone(each, moment.now)
            told[departure is not None] += 1
    assert all(told.values())


def test_readers_in_the_same_position_share_a_departure_and_others_do_not(sequence):
    moment = Moment(NOW)
    everybody = list(ordinaries(sequence, 1, NOW, 400))
    found = [departure for each in everybody if (departure := moment.departure(each))]
    assert len(everybody) / 10 < len(found)
    assert len(set(map(id, found))) < len(found) * 2 / 3


def test_whether_the_next_lesson_is_of_use_is_asked_for_each(session):
    for_today = lesson("two", "1 day", useless_after=str(NOW.date()))
    course = publish_course(session, lesson("one", "1 day"), for_today, lesson("three", "1 day"))
    sequence = published_sequence(session, course.id)
    moment, coming = Moment(NOW), []
    for ago in (timedelta(hours=1), timedelta(days=1)):
        standing = Standing(sequence, History((), NOW - ago), wishes(None, None, 1.0))
        coming.append(moment.departure(_ordinary(1, standing, NOW - timedelta(hours=1), day_based=True)).coming)
    assert [each.key for each, _ in coming] == ["three", "three"]


def test_a_moment_is_over_soon_and_when_the_clock_goes_back():
    moment = Moment(NOW)
    assert moment.lasts_until(NOW)
    assert moment.lasts_until(NOW + LENGTH / 2)
    assert not moment.lasts_until(NOW + LENGTH)
    assert not moment.lasts_until(NOW - timedelta(microseconds=1))

"""Newer zone data moves what was planned by the old, and nothing else."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from course import chores, zone_data
from course.editions import Author, create_course
from course.models import Chore, Delivery, House
from tests import factories
from tests.factories import at, course_source, do_chores, join, publish_course

NOW = at("2027-03-01 12:00")
HOUR = timedelta(hours=1)


@pytest.fixture
def course(session):
    course = publish_course(session, "one: 1 day", "two: 1 day", at=NOW - timedelta(days=9))
    do_chores(session, NOW)
    zone_data.renew(session, NOW, "2020.2")
    return course


def planned(session, course, name, timezone="America/New_York"):
    mine = join(session, course, f"{name}@example.org", NOW, timezone=timezone)
    return factories.planned(session, mine)


def as_older_data_had_it(session, row):
    row.slot_at, row.due_at = row.slot_at - HOUR, row.due_at - HOUR
    session.flush()


def test_whoever_was_planned_by_older_data_comes_at_their_own_hour_again(session, course):
    moved, kept, put_off = (planned(session, course, name) for name in ("moved", "kept", "put-off"))
    right, stays = moved.slot_at, kept.slot_at
    put_off.due_at += 2 * HOUR  # a mail server said "later"
    as_older_data_had_it(session, moved)
    assert zone_data.renew(session, NOW, "2020.10") == 1
    do_chores(session, NOW)
    session.expire_all()
    assert (moved.slot_at, moved.due_at) == (right, right)
    assert (kept.slot_at, kept.due_at) == (stays, stays)
    assert (put_off.slot_at, put_off.due_at) == (stays, stays + 2 * HOUR)


def test_what_is_late_flows_on_and_what_was_pushed_stays_there(session, course):
    late, pushed = (planned(session, course, name) for name in ("late", "pushed"))
    slot = late.slot_at
    now = slot + timedelta(hours=26)
    late.slot_at = late.due_at = slot + HOUR  # as older data had it
    pushed.slot_at = pushed.due_at = slot + timedelta(days=2)
    session.flush()
    assert zone_data.renew(session, now, "2020.10") == 1
    do_chores(session, now)
    session.expire_all()
    assert late.due_at == slot + HOUR, "begin lets it go now: the hour has come on this day, too"
    assert pushed.due_at == slot + timedelta(days=2)


def test_a_wrong_hour_on_a_later_day_is_put_right(session, course):
    row = planned(session, course, "ana")
    right = row.slot_at + timedelta(days=1)
    row.slot_at = row.due_at = right + HOUR
    session.flush()
    zone_data.renew(session, NOW, "2020.10")
    do_chores(session, NOW)
    session.expire_all()
    assert row.due_at == right - timedelta(days=1), "asked anew, nothing kept it from its first day"


def test_a_host_with_older_data_leaves_the_work_to_the_others(session, course):
    zone_data.renew(session, NOW, "9999.1")
    assert chores.take(session) is None
    assert chores.count_open(session) == 1


@pytest.mark.parametrize("release", ["2020.2", "2020.1", "2019.9"])
def test_the_same_data_and_older_data_of_another_host_say_nothing(session, course, release):
    row = planned(session, course, "ana")
    as_older_data_had_it(session, row)
    due_at = row.due_at
    assert zone_data.renew(session, NOW, release) == 0
    do_chores(session, NOW)
    session.expire_all()
    assert row.due_at == due_at
    assert session.get_one(House, 1).zone_data == "2020.2"


def test_it_is_found_out_once(session, course):
    assert zone_data.renew(session, NOW, "2021.1") == 1
    assert zone_data.renew(session, NOW, "2021.1") == 0
    assert session.scalars(select(Chore.details).where(Chore.state == "open")).one() == {
        "resumed": False,
        "zones": "2021.1",
    }


def test_a_course_that_is_not_published_is_nobody_s_plan(session, course):
    create_course(session, course_source("one: 1 day", slug="draft"), Author("Robin", NOW))
    assert zone_data.renew(session, NOW, "2021.1") == 1


def test_what_was_sent_stays_as_it_was(session, course):
    row = planned(session, course, "ana")
    sent = session.get_one(Delivery, row.id)
    sent.state, sent.sent_at, sent.due_at = "sent", NOW, None
    session.flush()
    zone_data.renew(session, NOW, "2021.1")
    do_chores(session, NOW)
    session.expire_all()
    assert (sent.state, sent.sent_at) == ("sent", NOW)

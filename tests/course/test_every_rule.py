"""Every kind of wait and every rule of a schedule, as the planned row has it, on both databases.

A row of the table is a course of its own whose only lesson waits for one reader. Times are of 2027 and on the
reader's wall, which hangs in New York unless a row says otherwise; 5 January is a Tuesday.
"""

from dataclasses import dataclass, field
from datetime import time, timedelta

from course import wishes
from course.models import Kind
from course.publishing import pause_course, resume_course
from course.schedule import Wishes
from tests.factories import (
    at,
    deliveries,
    do_chores,
    join,
    lesson,
    planned,
    publish_change,
    publish_course,
    send_due,
    send_next,
    sign_up,
)

HOME = "America/New_York"
BEFORE = at("2026-12-01 00:00")
WORKDAYS = "[mon, tue, wed, thu, fri]"
NIGHT = "21:00-08:00"


@dataclass(frozen=True)
class Row:
    """What the lesson waits for, when its reader confirmed, and when it is due."""

    wait: str
    confirmed: str
    due: str
    zone: str = HOME
    hour: str = ""
    pace: float = 1.0
    own_hour: str = ""
    schedule: dict[str, str] = field(default_factory=dict)


ROWS = {
    "immediately, in the night of a closed day": Row(
        "immediately", "01-09 23:00", "01-09 23:00", schedule={"weekdays": WORKDAYS, "quiet": NIGHT}
    ),
    "minutes": Row("90 minutes", "01-05 10:00", "01-05 11:30"),
    "hours over the change of clocks": Row("24 hours", "03-13 10:00", "03-14 11:00"),
    "days over the change of clocks": Row("1 day", "03-13 10:00", "03-14 09:00"),
    "no days: the next open slot": Row("0 days", "01-05 10:00", "01-06 09:00"),
    "weeks": Row("2 weeks", "01-05 10:00", "01-19 09:00"),
    "a date": Row("on 2027-01-20", "01-05 10:00", "01-20 09:00"),
    "a date is the reader's own": Row("on 2027-01-20", "01-05 10:00", "01-20 09:00", zone="Pacific/Apia"),
    "a date that is today": Row("on 2027-01-05", "01-05 08:00", "01-05 09:00"),
    "a date that has passed": Row("on 2027-01-01", "01-05 10:00", "01-06 09:00"),
    "a weekday": Row("next friday", "01-05 10:00", "01-08 09:00"),
    "a weekday that is today": Row("next tuesday", "01-05 08:00", "01-12 09:00"),
    "the lesson's hour before the reader's": Row("1 day", "01-05 10:00", "01-06 18:00", hour="07:00", own_hour="18:00"),
    "the reader's hour before the course's": Row("1 day", "01-05 10:00", "01-06 07:00", hour="07:00"),
    "slower": Row("3 days", "01-05 10:00", "01-10 09:00", pace=1.5),
    "faster, and never in less than a day": Row("1 day", "01-05 10:00", "01-06 09:00", pace=0.25),
    "a pace leaves no days as they are": Row("0 days", "01-05 08:00", "01-05 09:00", pace=4.0),
    "a pace leaves hours as they are": Row("6 hours", "01-05 10:00", "01-05 16:00", pace=4.0),
    "a closed weekday": Row("1 day", "01-08 10:00", "01-11 09:00", schedule={"weekdays": WORKDAYS}),
    "skipped dates": Row(
        "1 day", "01-05 10:00", "01-09 09:00", schedule={"skip": "[2027-01-06, 2027-01-07..2027-01-08]"}
    ),
    "a zone of the course, for who never said theirs": Row(
        "1 day", "01-05 10:00", "01-06 09:00", zone="", schedule={"timezone": "Asia/Kathmandu"}
    ),
}  # fmt: skip


def wall(row: Row, text: str):
    return at(f"2027-{text}", row.zone or row.schedule["timezone"])


def test_every_wait_and_every_rule_is_what_the_planned_row_says(session):
    found, expected = {}, {}
    for number, (name, row) in enumerate(ROWS.items()):
        keys = {"hour": row.own_hour} if row.own_hour else {}
        course = publish_course(session, lesson("a", row.wait, **keys), at=BEFORE, slug=f"c{number}", **row.schedule)
        form = {"timezone": row.zone, "hour": row.hour}
        mine = join(session, course, f"r{number}@example.org", wall(row, row.confirmed), **form)
        if row.pace != 1:
            hour = time.fromisoformat(row.hour) if row.hour else None
            wishes.set_wishes(session, mine, Wishes(row.zone, hour, row.pace), wall(row, row.confirmed))
        # "Immediately" is the first instant after.
        found[name] = planned(session, mine).due_at.replace(microsecond=0)
        expected[name] = wall(row, row.due)
    assert found == expected


def test_an_hour_that_has_become_a_quiet_one_moves_to_the_end_of_the_quiet(session):
    course = publish_course(session, "a: 2 days", at=BEFORE)
    mine = join(session, course, now=at("2027-01-05 08:00", HOME), timezone=HOME, hour="20:00")
    assert planned(session, mine).due_at == at("2027-01-07 20:00", HOME)
    publish_change(session, course, "a: 2 days", at=at("2027-01-05 09:00", HOME), quiet="19:00-08:00")
    assert planned(session, mine).due_at == at("2027-01-08 08:00", HOME)


def test_days_and_hours_of_the_past_push_and_what_asks_no_schedule_is_not_pushed(session):
    course = publish_course(
        session, "a: 0 days", lesson("b", "0 days", hour="18:00"), "c: 1 day", "d: 1 hour", at=BEFORE
    )
    mine = join(session, course, now=at("2027-01-05 08:00", HOME))
    assert send_next(session, mine) == "a"
    assert planned(session, mine).due_at == at("2027-01-06 18:00", HOME), "Tuesday is taken"
    assert send_next(session, mine) == "b"
    assert planned(session, mine).due_at == at("2027-01-08 09:00", HOME), "15 hours are no gap"
    assert wishes.ask_next_now(session, mine, "c", at("2027-01-06 22:00", HOME))
    assert send_due(session, at("2027-01-06 22:00", HOME)) == ["c"], "it was asked for, on a taken day"
    assert planned(session, mine).due_at == at("2027-01-06 23:00", HOME)


def test_dates_and_weekdays_do_not_move_with_a_pause(session):
    course = publish_course(session, "a: 0 days", "b: on 2027-01-20", "c: next friday", at=BEFORE)
    mine = join(session, course, now=at("2027-01-05 08:00", HOME))
    assert send_next(session, mine) == "a"
    for begins, ends in (("06", "16"), ("20", "21")):
        pause_course(session, course, at(f"2027-01-{begins} 12:00", HOME))
        resume_course(session, course, "active", at(f"2027-01-{ends} 12:00", HOME))
        do_chores(session, at(f"2027-01-{ends} 12:00", HOME))
        if begins == "06":
            assert send_next(session, mine, at("2027-01-20 09:00", HOME)) == "b"
    assert planned(session, mine).due_at == at("2027-01-22 09:00", HOME)


def test_a_confirmation_asks_no_schedule_and_leaves_while_the_course_rests(session):
    course = publish_course(session, "a: immediately", at=BEFORE, quiet=NIGHT, weekdays=WORKDAYS)
    night = at("2027-01-09 23:00", HOME)
    pause_course(session, course, night - timedelta(hours=1))
    mine = sign_up(session, course, "ana@example.org", night)
    assert send_due(session, night) == ["confirmation"]
    assert deliveries(session, mine, Kind.LESSON) == []

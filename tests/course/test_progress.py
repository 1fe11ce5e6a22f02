"""A reader's own page, and what letters and pages say of the dates to come."""

from datetime import date

import pytest

from course import outbox, wishes
from course.errors import NotFound
from course.models import EnrollmentState
from course.progress import masked, page, received_lesson
from course.publishing import pause_course
from tests.factories import (
    MONDAY,
    at,
    begin,
    claim_lesson,
    join,
    publish_change,
    publish_course,
    send_next,
    sign_up,
)


def here(text: str):
    return at(text, "America/New_York")


def states(session, mine) -> dict[str, str]:
    return {row.lesson.key: row.state for row in page(session, mine).rows}


def test_the_page_shows_what_came_and_when_the_rest_is_expected(session):
    course = publish_course(session, "a: 0 days", "b: 2 days", "c: 1 week")
    mine = join(session, course, name="Ana", timezone="Europe/Berlin", hour="10:00")
    send_next(session, mine)
    shown = page(session, mine)
    assert [(row.lesson.key, row.state, row.at.isoformat()) for row in shown.rows] == [
        ("a", "received", "2027-01-04T10:00:00+01:00"),
        ("b", "next", "2027-01-06T10:00:00+01:00"),
        ("c", "later", "2027-01-13T10:00:00+01:00"),
    ]
    assert (shown.done, shown.total, shown.next_key, shown.next_due) == (1, 3, "b", at("2027-01-06 09:00"))
    assert (shown.reader_name, shown.email_masked, shown.hour) == ("Ana", "a…a@example.org", "10:00")
    assert [row.may_read for row in shown.rows] == [True, False, False]


def test_the_page_says_where_a_reader_is_stuck(session):
    course = publish_course(session, "a", "b")
    mine = join(session, course)
    claimed = claim_lesson(session, mine, here("2027-01-05 09:00"))
    assert begin(session, claimed, here("2027-01-05 09:00"))
    outbox.record_failed(session, outbox.hold_offered(session, claimed), "550 no")
    assert states(session, mine)["a"] == "failed"


def test_in_a_pause_nothing_has_a_date(session):
    course = publish_course(session, "a", "b")
    mine = join(session, course)
    wishes.pause(session, mine, None, MONDAY)
    assert states(session, mine) == {"a": "waiting", "b": "waiting"}
    wishes.resume(session, mine, MONDAY)
    pause_course(session, course, MONDAY)
    assert page(session, mine).next_due is None


def test_a_pause_with_an_end_has_dates_again(session):
    mine = join(session, publish_course(session, "a: 0 days", quiet="21:00-08:00"))
    wishes.pause(session, mine, date(2027, 1, 9), MONDAY)
    shown = page(session, mine)
    assert (shown.state, shown.next_due) == (EnrollmentState.PAUSED, here("2027-01-09 09:00"))


def test_what_was_put_in_behind_a_reader_has_passed_and_is_not_counted(session):
    course = publish_course(session, "a", "b")
    mine = join(session, course)
    send_next(session, mine)
    publish_change(session, course, "new", "a", "b", at=here("2027-01-05 10:00"))
    assert states(session, mine) == {"new": "passed", "a": "received", "b": "next"}
    assert page(session, mine).total == 2


def test_what_was_appended_after_a_reader_had_finished_is_not_promised(session):
    course = publish_course(session, "a")
    mine = join(session, course)
    send_next(session, mine)
    publish_change(session, course, "a", "b", at=here("2027-01-05 10:00"))
    assert states(session, mine) == {"a": "received", "b": "passed"}


def test_before_the_confirmation_everything_waits(session):
    mine = sign_up(session, publish_course(session, "a", "b"), "ana@example.org", MONDAY)
    assert states(session, mine) == {"a": "waiting", "b": "waiting"}
    assert page(session, mine).next_key is None


def test_a_lesson_may_be_read_once_it_has_come(session):
    mine = join(session, publish_course(session, "a", "b"))
    send_next(session, mine)
    assert received_lesson(session, mine, "a").sent_at == here("2027-01-05 09:00")
    for key in ("b", "none"):
        with pytest.raises(NotFound):
            received_lesson(session, mine, key)


@pytest.mark.parametrize(
    ("email", "shown"),
    [("ana@example.org", "a…a@example.org"), ("al@example.org", "a…@example.org"), ("a@b.example", "a…@b.example")],
)
def test_an_address_is_recognised_by_its_owner_alone(email, shown):
    assert masked(email) == shown

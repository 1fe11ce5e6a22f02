"""How readers come and go."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from course import enrollment, outbox, suppressions
from course.database import Database
from course.editions import find_course
from course.enrollment import Ended, Signup
from course.errors import NotFound, Refused
from course.models import Delivery, DeliveryState, Enrollment, EnrollmentState, Kind, Reader
from tests.factories import (
    MONDAY,
    SOON,
    at,
    begin,
    claim,
    claim_lesson,
    deliveries,
    join,
    key_of,
    newest,
    planned,
    publish_course,
    record_sent,
    send_due,
    send_next,
    sign_up,
)

DAY = timedelta(days=1)
ANA = "ana@example.org"


def here(text: str):
    return at(text, "America/New_York")


def asked(session, mine) -> int:
    return len(deliveries(session, mine, Kind.CONFIRMATION))


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": ""}, "email"),
        ({"email": ANA, "timezone": "Mars/Base"}, "timezone"),
        ({"email": ANA, "hour": "22:30"}, "hour"),
        ({"email": ANA, "hour": "25:00"}, "hour"),
        ({"email": ANA, "hour": "09:00:01"}, "hour"),
        ({"email": ANA, "hour": "09:00+02:00"}, "hour"),
    ],
)
def test_a_form_that_cannot_be_accepted_says_why_and_stores_nothing(session, form, field):
    publish_course(session, "a", quiet="21:00-08:00")
    with pytest.raises(Refused) as refused:
        enrollment.enroll(session, "small", Signup(**form), MONDAY)
    assert set(refused.value.reasons) == {field}
    assert session.scalar(select(func.count()).select_from(Reader)) == 0


def test_every_reason_is_given_at_once(session):
    publish_course(session, "a", quiet="21:00-08:00")
    with pytest.raises(Refused) as refused:
        enrollment.enroll(session, "small", Signup("x", "", "Mars", "23:00"), MONDAY)
    assert set(refused.value.reasons) == {"email", "timezone", "hour"}


def test_there_is_no_way_into_a_course_that_is_not_there(session):
    with pytest.raises(NotFound):
        enrollment.enroll(session, "none", Signup(ANA), MONDAY)


def test_what_the_form_says_becomes_the_readers_when_the_address_is_confirmed(session):
    course = publish_course(session, "a: 0 days")
    form = {"name": "Ana", "timezone": "Europe/Berlin", "hour": "7:30".zfill(5)}
    mine = sign_up(session, course, ANA, MONDAY, **form)
    assert (mine.state, mine.reader.name, mine.reader.timezone) == (EnrollmentState.PENDING, "", None)
    enrollment.confirm(session, mine.handle, MONDAY)
    assert (mine.state, mine.reader.name, mine.reader.timezone) == (EnrollmentState.ACTIVE, "Ana", "Europe/Berlin")
    assert planned(session, mine).due_at == at("2027-01-05 07:30", "Europe/Berlin")


def test_an_empty_field_changes_nothing_that_the_reader_said_before(session):
    first, second = publish_course(session, "a"), publish_course(session, "b", slug="second")
    join(session, first, name="Ana", timezone="Europe/Berlin", hour="10:00")
    mine = join(session, second)
    assert (mine.reader.name, mine.reader.timezone, mine.reader.hour) == ("Ana", "Europe/Berlin", "10:00")


def test_what_the_form_of_another_course_says_moves_the_plans_of_the_first(session):
    first, second = publish_course(session, "a"), publish_course(session, "b", slug="second")
    ana = join(session, first)
    join(session, second, hour="07:00")
    assert planned(session, ana).due_at == here("2027-01-05 07:00")


def test_confirming_twice_has_one_effect(session):
    mine = join(session, publish_course(session, "a"))
    before = planned(session, mine).due_at
    enrollment.confirm(session, mine.handle, MONDAY + DAY)
    assert (mine.confirmed_at, planned(session, mine).due_at) == (MONDAY, before)
    assert len(deliveries(session, mine, Kind.LESSON)) == 1


def test_a_link_that_belongs_to_nobody_any_more_is_not_found(session):
    for verb in (enrollment.confirm, enrollment.leave, enrollment.leave_all):
        with pytest.raises(NotFound):
            verb(session, "nobody", MONDAY)


def test_the_same_form_twice_is_one_enrollment_and_one_mail(session):
    course = publish_course(session, "a")
    mine = sign_up(session, course, ANA, MONDAY)
    assert sign_up(session, course, "ANA@example.org".lower(), MONDAY + SOON).id == mine.id
    assert asked(session, mine) == 1


def test_an_unanswered_confirmation_is_repeated_after_a_day_and_no_sooner(session):
    course = publish_course(session, "a")
    mine = sign_up(session, course, ANA, MONDAY)
    send_due(session, MONDAY)
    sign_up(session, course, ANA, MONDAY + DAY - SOON)
    assert asked(session, mine) == 1
    sign_up(session, course, ANA, MONDAY + DAY)
    assert asked(session, mine) == 2


def test_an_address_gets_three_unasked_for_mails_a_day_whatever_the_number_of_courses(session):
    courses = [publish_course(session, "a", slug=f"course-{number}") for number in range(5)]
    mine = [sign_up(session, course, ANA, MONDAY) for course in courses]
    assert [asked(session, each) for each in mine] == [1, 1, 1, 0, 0]
    sign_up(session, courses[3], ANA, MONDAY + DAY)
    assert asked(session, mine[3]) == 1


def test_who_left_today_may_come_back_today(session):
    course = publish_course(session, "a")
    mine = join(session, course)
    enrollment.leave(session, mine.handle, MONDAY + SOON)
    sign_up(session, course, ANA, MONDAY + 2 * SOON)
    assert (asked(session, mine), mine.state) == (2, EnrollmentState.PENDING)
    sign_up(session, course, ANA, MONDAY + 3 * SOON)
    assert asked(session, mine) == 2


def test_who_is_in_already_is_told_so_at_most_once_a_day(session):
    course = publish_course(session, "a: 9 days")
    mine = join(session, course)
    for moment in (SOON, 2 * SOON, DAY, DAY + 2 * SOON):
        sign_up(session, course, ANA, MONDAY + moment)
    told = [row.created_at for row in deliveries(session, mine, Kind.SIGN_IN)]
    assert told == [MONDAY + SOON, MONDAY + DAY + 2 * SOON]
    assert (mine.state, asked(session, mine)) == (EnrollmentState.ACTIVE, 1)


def test_a_confirmation_that_nobody_can_use_any_more_is_not_sent(session):
    course = publish_course(session, "a")
    mine = sign_up(session, course, ANA, MONDAY)
    assert send_due(session, MONDAY + timedelta(hours=73)) == []
    assert deliveries(session, mine)[0].state is DeliveryState.CANCELLED
    ben = sign_up(session, course, "ben@example.org", MONDAY)
    enrollment.confirm(session, ben.handle, MONDAY)
    assert send_due(session, MONDAY) == []


def test_leaving_is_at_once_for_one_course_and_harmless_to_repeat(session):
    first, second = publish_course(session, "a"), publish_course(session, "b", slug="second")
    ana, too = join(session, first), join(session, second)
    for _ in range(2):
        enrollment.leave(session, ana.handle, MONDAY + SOON)
    assert (ana.state, ana.finished_at, too.state) == (EnrollmentState.ENDED, MONDAY + SOON, EnrollmentState.ACTIVE)
    assert outbox.open_lesson(session, ana.id) is None
    assert send_due(session, here("2027-01-05 09:00")) == ["b", "completion"]


def test_the_link_of_an_enrollment_that_was_left_confirms_nothing(session):
    mine = join(session, publish_course(session, "a"))
    enrollment.leave(session, mine.handle, MONDAY + SOON)
    with pytest.raises(Ended, match="sign up again"):
        enrollment.confirm(session, mine.handle, MONDAY + SOON)


def test_a_lesson_claimed_when_its_reader_leaves_does_not_go(session):
    mine = join(session, publish_course(session, "a"))
    claimed = claim_lesson(session, mine, here("2027-01-05 09:00"))
    enrollment.leave(session, mine.handle, here("2027-01-05 09:00"))
    assert not begin(session, claimed, here("2027-01-05 09:00"))


def test_a_lesson_on_its_way_when_its_reader_leaves_is_a_receipt_and_nothing_follows(session):
    mine = join(session, publish_course(session, "a", "b"))
    claimed = claim_lesson(session, mine, here("2027-01-05 09:00"))
    assert begin(session, claimed, here("2027-01-05 09:00"))
    enrollment.leave(session, mine.handle, here("2027-01-05 09:00"))
    assert record_sent(session, claimed, here("2027-01-05 09:00:01"))
    assert [row.state for row in deliveries(session, mine, Kind.LESSON)] == [DeliveryState.SENT]


def test_leaving_all_ends_every_course_and_bars_every_mail_but_a_confirmation(session):
    first, second = publish_course(session, "a"), publish_course(session, "b", slug="second")
    ana, too = join(session, first), join(session, second)
    enrollment.leave_all(session, ana.handle, MONDAY + SOON)
    assert {ana.state, too.state} == {EnrollmentState.ENDED}
    assert suppressions.reasons(session, ana.reader.digest) == {"left-all"}
    assert send_due(session, MONDAY + 9 * DAY) == []
    sign_up(session, second, ANA, MONDAY + 9 * DAY)
    assert send_due(session, MONDAY + 9 * DAY) == ["confirmation"]
    assert suppressions.reasons(session, ana.reader.digest) == {"left-all"}
    enrollment.confirm(session, too.handle, MONDAY + 9 * DAY)
    assert suppressions.reasons(session, ana.reader.digest) == frozenset()
    assert send_next(session, too) == "b"
    assert ana.state is EnrollmentState.ENDED


def test_an_address_that_bounced_gets_nothing_and_the_form_does_not_say_so(session):
    course = publish_course(session, "a")
    mine = join(session, course)
    suppressions.suppress(session, mine.reader.digest, suppressions.BOUNCE, MONDAY)
    enrollment.leave(session, mine.handle, MONDAY)
    sign_up(session, course, ANA, MONDAY + DAY)
    assert asked(session, mine) == 1


def test_who_comes_back_continues_where_they_stopped_at_the_next_open_hour(session):
    course = publish_course(session, "a", "b: 5 days", "c: 3 days")
    mine = join(session, course)
    send_next(session, mine)
    enrollment.leave(session, mine.handle, here("2027-01-06 10:00"))
    again = join(session, course, now=here("2027-01-20 10:00"))
    assert (again.id, again.run) == (mine.id, 1)
    assert (key_of(session, planned(session, mine)), planned(session, mine).due_at) == ("b", here("2027-01-21 09:00"))
    send_next(session, mine)
    assert planned(session, mine).due_at == here("2027-01-24 09:00")


def test_who_left_before_anything_came_waits_as_everybody_does(session):
    course = publish_course(session, "a: 5 days")
    mine = join(session, course)
    enrollment.leave(session, mine.handle, MONDAY + SOON)
    join(session, course, now=MONDAY + DAY)
    assert planned(session, mine).due_at == here("2027-01-10 09:00")


def test_who_comes_back_on_the_day_of_a_lesson_does_not_get_two(session):
    course = publish_course(session, "a: 0 days", "b: 1 day")
    mine = join(session, course)
    send_next(session, mine)
    enrollment.leave(session, mine.handle, here("2027-01-04 09:01"))
    join(session, course, now=here("2027-01-04 09:02"))
    assert planned(session, mine).due_at == here("2027-01-05 09:00")


def test_the_same_form_at_the_same_time_is_one_reader_and_one_mail(database: Database):
    with database.writing() as session:
        publish_course(session, "a")
    together = Barrier(4)

    def submit(_number: int) -> None:
        together.wait()
        with database.writing() as session:
            enrollment.enroll(session, "small", Signup(ANA), MONDAY)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(submit, range(4)))
    with database.reading() as session:
        counts = [session.scalar(select(func.count()).select_from(table)) for table in (Reader, Enrollment, Delivery)]
    assert counts == [1, 1, 1]


def test_the_same_confirmation_at_the_same_time_plans_one_lesson(database: Database):
    with database.writing() as session:
        handle = sign_up(session, publish_course(session, "a"), ANA, MONDAY).handle
    together = Barrier(3)

    def answer(_number: int) -> None:
        together.wait()
        with database.writing() as session:
            enrollment.confirm(session, handle, MONDAY)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(answer, range(3)))
    with database.reading() as session:
        mine = newest(session, ANA, find_course(session, "small"))
        rows = session.scalars(select(Delivery).where(Delivery.kind == Kind.LESSON)).all()
    assert (mine.state, len(rows)) == (EnrollmentState.ACTIVE, 1)


def test_a_claim_finds_nothing_of_who_never_confirmed_but_the_confirmation(session):
    sign_up(session, publish_course(session, "a"), ANA, MONDAY)
    assert [session.get_one(Delivery, each.delivery_id).kind for each in claim(session, MONDAY + DAY)] == [
        Kind.CONFIRMATION
    ]

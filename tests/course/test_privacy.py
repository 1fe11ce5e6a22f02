"""What is forgotten: sign-ups that nobody confirmed within a week, and nothing else."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import event, func, select, text

from course import enrollment, outbox, suppressions
from course.database import Database
from course.models import Delivery, Enrollment, EnrollmentState, Kind, Reader
from course.privacy import FORGET_AFTER, forget_unconfirmed
from tests.factories import LEASES, MONDAY, begin, claim, join, newest, publish_course, sign_up

ANA = "ana@example.org"
A_WEEK_LATER = MONDAY + FORGET_AFTER + timedelta(seconds=1)


@pytest.fixture
def session(database: Database):
    with database.writing() as opened:
        yield opened


def counts(session) -> tuple[int, int, int]:
    """Readers, enrollments, deliveries."""
    session.flush()
    return tuple(session.scalar(select(func.count()).select_from(each)) for each in (Reader, Enrollment, Delivery))


def test_a_sign_up_that_nobody_confirmed_is_gone_after_a_week_with_its_address(session):
    course = publish_course(session)
    sign_up(session, course, ANA, MONDAY)
    assert forget_unconfirmed(session, MONDAY + FORGET_AFTER, 100) == 0
    assert counts(session) == (1, 1, 1)
    assert forget_unconfirmed(session, A_WEEK_LATER, 100) == 1
    assert counts(session) == (0, 0, 0)
    assert sign_up(session, course, ANA, A_WEEK_LATER).state is EnrollmentState.PENDING, "and may come again"


def test_who_asked_again_since_has_a_week_from_then(session):
    course = publish_course(session)
    sign_up(session, course, ANA, MONDAY)
    sign_up(session, course, ANA, MONDAY + timedelta(days=5))
    assert forget_unconfirmed(session, A_WEEK_LATER, 100) == 0


def test_who_confirmed_any_course_stays_and_only_the_other_sign_up_goes(session):
    join(session, publish_course(session), ANA)
    sign_up(session, publish_course(session, slug="other"), ANA, MONDAY)
    assert forget_unconfirmed(session, A_WEEK_LATER, 100) == 1
    assert [each.state for each in session.scalars(select(Enrollment))] == [EnrollmentState.ACTIVE]
    assert counts(session)[0] == 1


def test_who_left_without_ever_confirming_is_forgotten_too_and_stays_unmailed(session):
    mine = sign_up(session, publish_course(session), ANA, MONDAY)
    digest = mine.reader.digest
    enrollment.leave_all(session, mine.handle, MONDAY)
    assert forget_unconfirmed(session, A_WEEK_LATER, 100) == 1
    assert counts(session) == (0, 0, 0)
    assert suppressions.reasons(session, digest) == {suppressions.LEFT_ALL}


def test_who_once_confirmed_left_and_did_not_answer_again_is_as_before(session):
    course = publish_course(session)
    mine = join(session, course, ANA)
    enrollment.leave(session, mine.handle, MONDAY)
    sign_up(session, course, ANA, MONDAY, name="Somebody else")
    before = counts(session)
    assert forget_unconfirmed(session, A_WEEK_LATER, 100) == 1
    session.refresh(mine)
    assert (mine.state, mine.wishes) == (EnrollmentState.ENDED, {})
    assert counts(session) == before
    assert forget_unconfirmed(session, A_WEEK_LATER, 100) == 0, "and is not found again"


def test_it_takes_a_few_at_a_time_the_oldest_first(session):
    course = publish_course(session)
    for number in range(5):
        sign_up(session, course, f"r{number}@example.org", MONDAY - timedelta(minutes=number))
    assert forget_unconfirmed(session, A_WEEK_LATER, 2) == 2
    assert sorted(session.scalars(select(Reader.email))) == [f"r{number}@example.org" for number in range(3)]
    assert [forget_unconfirmed(session, A_WEEK_LATER, 2) for _ in range(3)] == [2, 1, 0]


def test_a_mail_on_its_way_is_waited_for(session):
    sign_up(session, publish_course(session), ANA, MONDAY)
    (mine,) = claim(session, MONDAY)
    assert forget_unconfirmed(session, A_WEEK_LATER, 100) == 0
    assert begin(session, mine, MONDAY)
    assert forget_unconfirmed(session, A_WEEK_LATER, 100) == 0
    outbox.record_sent(session, mine, "250 OK", MONDAY)
    assert forget_unconfirmed(session, A_WEEK_LATER, 100) == 1


def test_what_a_worker_held_and_nobody_knows_any_more_records_nothing(session):
    sign_up(session, publish_course(session), ANA, MONDAY)
    (mine,) = claim(session, MONDAY)
    assert begin(session, mine, MONDAY)
    assert outbox.record_uncertain(session, mine, "", LEASES)
    assert forget_unconfirmed(session, A_WEEK_LATER, 100) == 1
    assert not outbox.record_sent(session, mine, "250 OK", A_WEEK_LATER)


def test_looking_for_them_reads_an_index(database: Database):
    with database.writing() as session:
        publish_course(session)
        if not database.is_sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))
        seen = []
        statement = _statement(session, seen, lambda: forget_unconfirmed(session, A_WEEK_LATER, 10))
    assert "enrollments_unanswered" in statement


def _statement(session, seen: list[str], look) -> str:
    """The plan of the query that `look` runs."""

    def explain(conn, cursor, statement, parameters, context, many):
        if statement.startswith("SELECT") and not seen:
            seen.append("")
            prefix = "EXPLAIN QUERY PLAN " if conn.dialect.name == "sqlite" else "EXPLAIN "
            cursor.execute(prefix + statement, parameters)
            seen.append(" ".join(str(row) for row in cursor.fetchall()))

    event.listen(session.connection(), "before_cursor_execute", explain)
    look()
    return seen[-1]


def test_an_address_is_one_reader_however_it_is_capitalised(session):
    courses = [publish_course(session, slug=f"course-{number}") for number in range(6)]
    for course, address in zip(
        courses, (ANA, "Ana@example.org", "aNa@example.org", "ANA@EXAMPLE.ORG") * 2, strict=False
    ):
        enrollment.enroll(session, course.slug, enrollment.Signup(address), MONDAY)
    assert session.scalars(select(Reader.email)).all() == [ANA]
    assert counts(session)[2] == enrollment.MOST_A_DAY


def test_an_address_that_complained_is_not_stored_again(session):
    course = publish_course(session)
    mine = sign_up(session, course, ANA, MONDAY)
    suppressions.suppress(session, mine.reader.digest, suppressions.COMPLAINT, MONDAY)
    assert forget_unconfirmed(session, A_WEEK_LATER, 100) == 1
    enrollment.enroll(session, course.slug, enrollment.Signup("ANA@example.org"), A_WEEK_LATER)
    assert counts(session) == (0, 0, 0)


def test_many_courses_at_once_send_an_address_three_mails(database: Database):
    with database.writing() as session:
        slugs = [publish_course(session, slug=f"course-{number}").slug for number in range(8)]
        newest_one = sign_up(session, publish_course(session, slug="first"), ANA, MONDAY - timedelta(days=2))
        assert newest_one.reader.email == ANA
    together = Barrier(len(slugs))

    def send(slug: str) -> None:
        together.wait()
        with database.writing() as session:
            enrollment.enroll(session, slug, enrollment.Signup(ANA), MONDAY)

    with ThreadPoolExecutor(len(slugs)) as threads:
        list(threads.map(send, slugs))
    with database.reading() as session:
        today = select(func.count()).where(Delivery.kind == Kind.CONFIRMATION, Delivery.created_at >= MONDAY)
        assert session.scalar(today) == enrollment.MOST_A_DAY


def test_signing_up_while_being_forgotten_ends_in_a_sign_up(database: Database):
    for turn in range(10):
        address = f"r{turn}@example.org"
        with database.writing() as session:
            course = publish_course(session, slug=f"course-{turn}")
            sign_up(session, course, address, MONDAY)
        together = Barrier(2)

        def again(slug: str = course.slug, address: str = address, together: Barrier = together) -> None:
            together.wait()
            with database.writing() as session:
                enrollment.enroll(session, slug, enrollment.Signup(address), A_WEEK_LATER)

        def forget(together: Barrier = together) -> None:
            together.wait()
            with database.writing() as session:
                forget_unconfirmed(session, A_WEEK_LATER, 100)

        with ThreadPoolExecutor(2) as threads:
            for result in [threads.submit(again), threads.submit(forget)]:
                result.result()
        with database.reading() as session:
            assert newest(session, address, course).state is EnrollmentState.PENDING

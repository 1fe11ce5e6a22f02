"""Two of us at the same row at the same moment, on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select

from course import enrollment, outbox, planning, wishes
from course.database import Database
from course.editions import Author, find_course, find_draft
from course.errors import Refused
from course.models import Delivery, EnrollmentState, Kind, Pause
from course.publishing import undo
from course.schedule import Wishes
from tests.factories import (
    MONDAY,
    SOON,
    at,
    begin,
    claim_lesson,
    join,
    newest,
    planned,
    publish_change,
    publish_course,
    record_sent,
)

ANA = "ana@example.org"


def at_once(*verbs: Callable[[], object]) -> list[object]:
    """Run them in threads that start together, and give what each gave."""
    together = Barrier(len(verbs))

    def run(verb: Callable[[], object]) -> object:
        together.wait()
        return verb()

    with ThreadPoolExecutor(len(verbs)) as pool:
        return list(pool.map(run, verbs))


def mine(session):
    return newest(session, ANA, find_course(session, "small"))


def lessons(database: Database) -> list[Delivery]:
    with database.reading() as session:
        return list(session.scalars(select(Delivery).where(Delivery.kind == Kind.LESSON).order_by(Delivery.id)))


def test_advancing_at_once_plans_one_lesson(database: Database):
    with database.writing() as session:
        ana = join(session, publish_course(session, "a: 0 days", "b"))
        claimed = claim_lesson(session, ana, at("2027-01-04 14:00"))
        assert begin(session, claimed, at("2027-01-04 14:00"))
        outbox.record_sent(session, claimed, "250", at("2027-01-04 14:00"))

    def advance() -> None:
        with database.writing() as session:
            planning.advance(session, ana.id, at("2027-01-04 14:00"))

    at_once(*[advance] * 4)
    assert [row.state for row in lessons(database)] == ["sent", "planned"]


def test_leaving_while_a_lesson_is_recorded_leaves_nothing_planned(database: Database):
    with database.writing() as session:
        ana = join(session, publish_course(session, "a: 0 days", "b"))
        claimed = claim_lesson(session, ana, at("2027-01-04 14:00"))
        assert begin(session, claimed, at("2027-01-04 14:00"))

    def record() -> None:
        with database.writing() as session:
            record_sent(session, claimed, at("2027-01-04 14:00:01"))

    def leave() -> None:
        with database.writing() as session:
            enrollment.leave(session, ana.handle, at("2027-01-04 14:00:01"))

    at_once(record, leave)
    assert {row.state for row in lessons(database)} <= {"sent", "cancelled"}


def test_a_pause_asked_for_twice_at_once_is_one_pause(database: Database):
    with database.writing() as session:
        join(session, publish_course(session, "a"))

    def rest() -> None:
        with database.writing() as session:
            wishes.pause(session, mine(session), None, MONDAY)

    at_once(rest, rest, rest)
    with database.reading() as session:
        assert len(session.scalars(select(Pause)).all()) == 1
        assert mine(session).state is EnrollmentState.PAUSED


def test_asking_twice_at_once_for_the_next_lesson_is_heard_once(database: Database):
    with database.writing() as session:
        join(session, publish_course(session, "a", "b"))

    def ask() -> bool:
        with database.writing() as session:
            return wishes.ask_next_now(session, mine(session), "a", MONDAY)

    assert sorted(map(str, at_once(ask, ask, ask))) == ["False", "False", "True"]


def test_wishes_while_a_publication_replans_leave_a_plan_that_is_right(database: Database):
    with database.writing() as session:
        course = publish_course(session, "a", "b")
        join(session, course)

    def wish() -> None:
        with database.writing() as session:
            wishes.set_wishes(session, mine(session), Wishes("Europe/Berlin"), MONDAY + SOON)

    def change() -> None:
        with database.writing() as session:
            publish_change(session, find_course(session, "small"), "b: 3 days", "a", at=MONDAY + SOON)

    at_once(wish, change)
    with database.writing() as session:
        planning.advance(session, mine(session).id, MONDAY + SOON)
        assert planned(session, mine(session)).due_at == at("2027-01-07 09:00", "Europe/Berlin")


def test_a_publication_taken_back_twice_at_once_goes_back_once(database: Database):
    with database.writing() as session:
        course = publish_course(session, "a")
        publish_change(session, course, "a", "b", at=MONDAY + SOON)
        publish_change(session, course, "a", "b", "c", at=MONDAY + 2 * SOON)

    def take_back() -> str:
        try:
            with database.writing() as session:
                undo(session, find_course(session, "small"), Author("Robin", MONDAY + 3 * SOON))
        except Refused:
            return "refused"
        return "done"

    assert sorted(map(str, at_once(take_back, take_back))) == ["done", "refused"]
    with database.reading() as session:
        draft = find_draft(session, find_course(session, "small"))
        assert draft is not None
        assert draft.number == 4

"""Chores take turns, and a replan keeps out of the way of couriers and readers, who lock enrollments as well."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import func, select, text

from course import chores, planning
from course.database import Database
from course.editions import Author, find_course, replace_draft
from course.models import Chore, Delivery, Lesson
from tests.factories import MONDAY, SOON, course_source, do_chores, join, publish_course, publish_draft

NOW = MONDAY + SOON
# SQLite has one writer: nobody holds anything that another one waits for.
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def test_chores_take_turns(session):
    courses = [publish_course(session, "a", slug=slug) for slug in ("first", "second", "third")]
    do_chores(session, MONDAY)
    ids = [chores.begin_replan(session, each.id, 1, MONDAY).id for each in courses]
    taken = []
    for _ in range(7):
        mine = chores.take(session)
        assert mine is not None
        taken.append(mine[0])
        chores.give_back(session, *mine)
    assert taken == [*ids, *ids, ids[0]]


def test_who_was_not_worked_on_yet_goes_first(session):
    courses = [publish_course(session, "a", slug=slug) for slug in ("first", "second")]
    do_chores(session, MONDAY)
    old = chores.begin_replan(session, courses[0].id, 1, MONDAY)
    mine = chores.take(session)
    assert mine is not None
    chores.give_back(session, *mine)
    new = chores.begin_replan(session, courses[1].id, 1, MONDAY)
    assert [(chores.take(session) or (0, ""))[0] for _ in range(2)] == [new.id, old.id]


@pytest.fixture
def readers(database: Database) -> list[int]:
    """Three enrollments that get another lesson next, as soon as the chore has come to them."""
    with database.writing() as session:
        course = publish_course(session, "a: 5 days", "b")
        do_chores(session, MONDAY)
        ids = [join(session, course, f"reader{number}@example.org").id for number in range(3)]
        draft = replace_draft(session, course, course_source("c: 5 days", "b"), Author("Robin", NOW))
        publish_draft(session, draft, NOW)
    return ids


def step(database: Database, mine: tuple[int, str]) -> bool:
    """One slice, as a worker does it, but nobody waits for long."""
    with database.writing() as session:
        session.execute(text("SET LOCAL lock_timeout = '5s'"))
        return chores.step(session, *mine, NOW)


def take(database: Database) -> tuple[int, str]:
    with database.writing() as session:
        mine = chores.take(session)
    assert mine is not None
    return mine


def judge_all_planned(database: Database) -> None:
    """The chore is done, and everybody gets the new lesson."""
    with database.reading() as session:
        chore = session.scalars(select(Chore).order_by(Chore.id.desc())).first()
        assert chore is not None
        assert (chore.state, chore.done, chore.total) == ("done", 3, 3)
        course = find_course(session, "small")
        rows = select(Lesson.key).join(Delivery, Delivery.lesson_id == Lesson.id)
        keys = session.scalars(rows.where(Delivery.state == "planned", Delivery.course_id == course.id)).all()
        assert keys == ["c"] * 3


@on_postgresql
@pytest.mark.parametrize("held", ["enrollment", "row"])
def test_a_slice_ends_before_somebody_who_is_not_free_and_the_next_one_begins_there(
    database: Database, readers: list[int], held: str
):
    mine = take(database)
    with database.writing() as other:
        if held == "enrollment":
            planning.find_locked(other, readers[1])
        else:
            other.scalars(select(Delivery).where(Delivery.enrollment_id == readers[1]).with_for_update()).all()
        assert step(database, mine)
        with database.reading() as session:
            chore = session.get_one(Chore, mine[0])
            assert (chore.done, chore.cursor) == (1, readers[0])
    while step(database, mine):
        pass
    judge_all_planned(database)


@on_postgresql
def test_who_is_busy_is_waited_for_if_it_is_their_turn(database: Database, readers: list[int]):
    mine = take(database)
    with ThreadPoolExecutor(1) as pool:
        with database.writing() as other:
            planning.find_locked(other, readers[0])
            waiting = pool.submit(step, database, mine)
            wait_until(lambda: waits(database) == 1)
        assert waiting.result()
    while step(database, mine):
        pass
    judge_all_planned(database)


@on_postgresql
def test_a_slice_and_a_round_never_wait_for_each_other(database: Database, readers: list[int]):
    mine, free = take(database), Event()

    def reader() -> None:
        with database.writing() as session:
            planning.find_locked(session, readers[1])
            free.wait()

    def round_() -> None:
        with database.writing() as session:
            for each in readers:
                planning.find_locked(session, each)

    with ThreadPoolExecutor(3) as pool:
        done = [pool.submit(reader)]
        wait_until(lambda: is_locked(database, readers[1]))
        done.append(pool.submit(round_))
        wait_until(lambda: waits(database) == 1)
        done.append(pool.submit(step, database, mine))
        wait_until(lambda: waits(database) == 2)
        free.set()
        for each in done:
            each.result()
    while step(database, mine):
        pass
    judge_all_planned(database)


def is_locked(database: Database, enrollment_id: int) -> bool:
    with database.reading() as session:
        row = text("SELECT 1 FROM enrollments WHERE id = :id FOR NO KEY UPDATE SKIP LOCKED")
        return session.execute(row, {"id": enrollment_id}).first() is None


def waits(database: Database) -> int:
    """How many of this database's sessions wait for a row that another one holds."""
    with database.reading() as session:
        activity = text("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        return session.scalar(select(func.count()).select_from(activity)) or 0


def wait_until(comes_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not comes_true():
        assert time.monotonic() < deadline, "it does not come true"
        time.sleep(0.01)

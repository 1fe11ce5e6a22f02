"""Requests that write at once share a transaction, and none of them notices."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from course.database import Database
from course.errors import Refused
from tests.broker import wait_until
from web.together import Interrupted, Together


class Place:
    """A database with one table of numbers; its transactions are counted, and may be kept from beginning."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.transactions = 0
        self.open = threading.Event()
        self.together = Together(self._transaction, threading.Lock())
        with database.writing() as session:
            session.execute(text("CREATE TABLE numbers (number INTEGER PRIMARY KEY)"))

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        assert self.open.wait(10)
        self.transactions += 1
        with self.database.writing() as session:
            yield session

    def add(self, number: int) -> None:
        self.together.write(
            lambda session: session.execute(text("INSERT INTO numbers VALUES (:n)"), {"n": number}) and None
        )

    def numbers(self) -> list[int]:
        with self.database.reading() as session:
            return list(session.scalars(select(text("number FROM numbers ORDER BY number"))))

    def at_once(self, numbers: list[int]) -> list[BaseException | None]:
        """Everybody is there before the first transaction begins; how each of them ended."""
        with ThreadPoolExecutor(len(numbers)) as crowd:
            first = crowd.submit(self.add, numbers[0])
            wait_until(lambda: not self.together._waiting and self.together._lock.locked(), "the first has begun")
            others = [crowd.submit(self.add, number) for number in numbers[1:]]
            wait_until(lambda: len(self.together._waiting) == len(others), "the others wait")
            self.open.set()
            return [each.exception() for each in (first, *others)]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    database = Database(f"sqlite:///{tmp_path / 'numbers.db'}")
    yield Place(database)
    database.close()


def test_who_waits_together_is_written_together(place: Place):
    assert place.at_once([1, 2, 3, 4, 5]) == [None] * 5
    assert place.numbers() == [1, 2, 3, 4, 5]
    assert place.transactions == 2, "the first alone, then all who had come meanwhile"


def test_who_fails_fails_alone(place: Place):
    ended = place.at_once([1, 2, 2, 3])
    assert [type(each).__name__ for each in ended] == ["NoneType", "NoneType", "IntegrityError", "NoneType"]
    assert place.numbers() == [1, 2, 3]


def test_who_is_refused_disturbs_nobody(place: Place):
    def refuse(session: Session) -> None:
        raise Refused({"email": "Please give an email address."})

    with ThreadPoolExecutor(3) as crowd:
        first = crowd.submit(place.add, 1)
        wait_until(lambda: not place.together._waiting and place.together._lock.locked(), "the first has begun")
        others = [crowd.submit(place.together.write, refuse), crowd.submit(place.add, 2)]
        wait_until(lambda: len(place.together._waiting) == 2, "the others wait")
        place.open.set()
        assert [type(each.exception()).__name__ for each in (first, *others)] == ["NoneType", "Refused", "NoneType"]
    assert place.numbers() == [1, 2]
    assert place.transactions == 2


def test_nobody_goes_on_when_the_disk_is_full(place: Place):
    @contextmanager
    def full() -> Iterator[Session]:
        with place.database.writing() as session:
            yield session
            raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        Together(full, threading.Lock()).write(lambda session: None)


def test_who_is_stopped_amid_the_work_of_others_leaves_none_of_them_believing_in_it(place: Place):
    def stopped(session: Session) -> None:
        raise SystemExit

    with ThreadPoolExecutor(3) as crowd:
        first = crowd.submit(place.add, 1)
        wait_until(lambda: not place.together._waiting and place.together._lock.locked(), "the first has begun")
        second = crowd.submit(place.add, 2)
        wait_until(lambda: len(place.together._waiting) == 1, "the second waits")
        third = crowd.submit(place.together.write, stopped)
        wait_until(lambda: len(place.together._waiting) == 2, "the third waits")
        place.open.set()
        ended = [type(each.exception()) for each in (first, second, third)]
    assert ended[0] is type(None)
    assert SystemExit in ended
    assert Interrupted in ended
    assert place.numbers() == [1]

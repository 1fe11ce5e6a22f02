"""A hundred thousand readers in the middle of a course, as a month would have left them there.

People from many zones signed up at all minutes of the day, some with an hour of their own, a few at half the pace; mail
went out when the real schedule said, a little late, now and then hours late. Some rest, some must say that they have
done something, many have finished, and some take another course beside. Rows stand in the order of time, so those of
one reader lie far apart, as they do on disk.

    python -m bench.population URL READERS      by itself, so that its memory is not counted
"""

import random
import sys
from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from bench.course import SLUG, publish_course
from bench.lives import NOW, Life, Sent, live
from course.database import Database
from course.editions import Author
from course.models import Chore, Delivery, Enrollment, Pause, Reader, Sign
from course.sequence import Sequence, published_sequence

AUTHOR = Author("bench", NOW.replace(month=NOW.month - 3))
ROWS_AT_ONCE = 2000
BESIDE = 10  # one reader in so many takes another course
Row = dict[str, Any]


def populate(database: Database, readers: int, seed: int = 1) -> None:
    """Two published courses, `readers` on their way in the first, and everybody who was there before."""
    chance = random.Random(seed)
    with database.writing() as session:
        first, beside = (
            published_sequence(session, publish_course(session, slug, AUTHOR).id) for slug in (SLUG, "beside")
        )
        lives = [(life, first) for life in _on_the_way(first, readers, chance)]
        lives += [(live(beside, chance), beside) for _ in range(readers // BESIDE)]
        lives.sort(key=lambda each: each[0].confirmed_at)
        _write(session, lives)
        session.execute(delete(Chore))  # done long ago
    _analyze(database)


def _analyze(database: Database) -> None:
    """As the server itself does after a while."""
    if not database.is_sqlite:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _on_the_way(sequence: Sequence, readers: int, chance: random.Random) -> Iterator[Life]:
    """So many who have not finished, and whoever finished meanwhile."""
    while readers:
        life = live(sequence, chance)
        readers -= life.state != "completed"
        yield life


def _write(session: Session, lives: list[tuple[Life, Sequence]]) -> None:
    numbered = list(enumerate(lives, 1))
    _insert(session, Reader, (_reader(number, life) for number, (life, _) in numbered))
    _insert(session, Enrollment, (_enrollment(number, life, sequence) for number, (life, sequence) in numbered))
    planned = [(step, number) for number, (life, _) in numbered for step in [*life.sent, life.planned] if step]
    planned.sort(key=lambda each: each[0].planned_at)
    _insert(session, Delivery, (_delivery(number, step, *lives[number - 1]) for step, number in planned))
    _insert(session, Pause, (_pause(number, life, sequence) for number, (life, sequence) in numbered if life.rested))
    _insert(session, Sign, (_sign(number, life, sequence) for number, (life, sequence) in numbered if life.said))


def _insert(session: Session, table: Any, rows: Iterator[Row]) -> None:
    statement, batch = insert(table.__table__), []
    for row in rows:
        batch.append(row)
        if len(batch) == ROWS_AT_ONCE:
            session.connection().execute(statement, batch)
            batch = []
    if batch:
        session.connection().execute(statement, batch)


def _reader(number: int, life: Life) -> Row:
    return {
        "id": number, "handle": f"reader-{number:022}", "email": f"reader{number}@example.org",
        "digest": f"{number:064x}", "name": f"Reader {number}", "timezone": life.timezone, "hour": life.hour,
        "pace": life.pace, "wishes_number": number % 3, "created_at": life.confirmed_at,
    }  # fmt: skip


def _enrollment(number: int, life: Life, sequence: Sequence) -> Row:
    return {
        "id": number, "handle": f"enrollment-{number:022}", "reader_id": number, "course_id": sequence.course_id,
        "run": 1, "state": life.state, "wishes": {"timezone": life.timezone}, "created_at": life.confirmed_at,
        "asked_at": life.confirmed_at, "confirmed_at": life.confirmed_at, "anchor_at": life.confirmed_at,
        "paused_until": life.paused_until, "finished_at": NOW if life.state == "completed" else None,
    }  # fmt: skip


def _delivery(number: int, step: Sent, life: Life, sequence: Sequence) -> Row:
    lesson, sent = sequence.lessons[step.place], step is not life.planned
    return {
        "kind": "lesson", "state": "sent" if sent else "planned", "priority": 1, "enrollment_id": number,
        "reader_id": number, "lesson_id": lesson.lesson_id, "course_id": sequence.course_id,
        "slot_at": step.slot_at, "day_based": step.day_based,
        "due_at": None if sent else life.due_at, "sent_at": step.sent_at if sent else None, "asked": False,
        "attempts": int(sent), "repeats": 0, "created_at": step.planned_at, "edition_id": sequence.edition_id,
        "revision_id": lesson.revision_id, "wishes_number": number % 3,
        "compilation_id": lesson.compilation_id if sent else None,
        "digest": f"{number:064x}" if sent else None, "reply": "250 2.0.0 Ok: queued" if sent else None,
        "message_id": f"<{number:030x}.{step.place}@mail.example.org>" if sent else None,
    }  # fmt: skip


def _pause(number: int, life: Life, sequence: Sequence) -> Row:
    assert life.rested is not None, "asked for those who rested"
    began, ended = life.rested
    return {
        "course_id": sequence.course_id, "enrollment_id": number, "began_at": began, "ended_at": ended,
        "mode": "original",
    }  # fmt: skip


def _sign(number: int, life: Life, sequence: Sequence) -> Row:
    assert life.said is not None, "asked for those who said so"
    place, said_at = life.said
    return {"enrollment_id": number, "lesson_id": sequence.lessons[place].lesson_id, "said_at": said_at}


if __name__ == "__main__":
    populate(Database(sys.argv[1]), int(sys.argv[2]))

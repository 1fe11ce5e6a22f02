"""Ten thousand readers in a moment: written by the thousand, planned by the chore that plans readers anew.

They live in a few zones, have hours of their own, and confirmed within the day before; three lessons lie before them.
"""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from course import chores
from course.models import Course, Enrollment, Reader
from course.tokens import Tokens, identity_key
from tests import factories

ZONES = ("America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe", None)
HOURS = (None, "06:00", "09:00", "13:30", "18:00", "22:15")
LESSONS = ("one: 0 days", "two: 6 hours", "three: 1 day")
ORDER = [each.partition(":")[0] for each in LESSONS]


def settle_in(session: Session, readers: int, chance: Random, now: datetime) -> Course:
    """The course and its crowd, each of whom waits for the first lesson."""
    lessons = [factories.lesson(*(part.strip() for part in each.split(":"))) for each in LESSONS]
    course = factories.publish_course(session, *lessons, at=now - timedelta(days=2), ends="no")
    tokens, connection = Tokens(identity_key(session), ()), session.connection()
    moments = [now - timedelta(minutes=chance.randrange(24 * 60)) for _ in range(readers)]
    connection.execute(insert(Reader.__table__), [_reader(number, tokens, chance, now) for number in range(readers)])
    connection.execute(
        insert(Enrollment.__table__), [_enrollment(number, course.id, at) for number, at in enumerate(moments)]
    )
    chores.begin_replan(session, course.id, readers, now)
    factories.do_chores(session, now)
    return course


def address_of(number: int) -> str:
    return f"soak-{number}@example.org"


def _reader(number: int, tokens: Tokens, chance: Random, now: datetime) -> dict[str, Any]:
    email = address_of(number)
    return {
        "id": number + 1, "handle": f"reader{number:010}", "email": email, "digest": tokens.address_digest(email),
        "name": f"Reader {number}", "timezone": chance.choice(ZONES), "hour": chance.choice(HOURS), "pace": 1.0,
        "wishes_number": 0, "created_at": now,
    }  # fmt: skip


def _enrollment(number: int, course_id: int, at: datetime) -> dict[str, Any]:
    return {
        "id": number + 1, "handle": f"enrollm{number:09}", "reader_id": number + 1, "course_id": course_id, "run": 1,
        "state": "active", "wishes": {}, "created_at": at, "asked_at": at, "confirmed_at": at, "anchor_at": at,
    }  # fmt: skip

"""Zone data comes with a release and is renewed with one: what was planned by the old is planned anew.

A country that gives up summer time says so weeks ahead, and the next lesson of all its readers is planned already,
as an instant. Hosts that are updated one after the other do not quarrel: only newer data than the last has a say.
"""

from datetime import datetime
from importlib.metadata import version
from typing import Any, Final

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from course.models import Course, Edition, EditionState, House
from course.publishing import replan_all

INSTALLED: Final = version("tzdata")


def renew(session: Session, now: datetime, release: str = INSTALLED) -> int:
    """Begin to plan every course anew if this release of the zone data is newer than the last; how many there are."""
    known = session.scalar(select(House.zone_data))
    if known is not None and _order(release) <= _order(known):
        return 0
    # Of several workers that find it out at once, one writes it down.
    unchanged = House.zone_data.is_not_distinct_from(known)
    written: Any = session.execute(update(House).where(unchanged).values(zone_data=release))
    if known is None or written.rowcount == 0:
        return 0
    published = exists().where(Edition.course_id == Course.id, Edition.state == EditionState.PUBLISHED)
    courses = session.scalars(select(Course).where(published)).all()
    for course in courses:
        replan_all(session, course, now, resumed=True)
    return len(courses)


def _order(release: str) -> tuple[int, ...]:
    """2026.10 comes after 2026.9."""
    return tuple(int(part) for part in release.split(".") if part.isdecimal())

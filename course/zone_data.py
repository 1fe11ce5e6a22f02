"""Zone data comes with a release and is renewed with one: what was planned by the old is planned anew.

A country that gives up summer time says so weeks ahead, and the next lesson of all its readers is planned already,
as an instant. Hosts that are updated one after the other do not quarrel: only newer data than the last has a say, and
a host with older data leaves the work to the others. What it still plans itself is by its own data: update web and
workers together.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from course.models import Course, Edition, EditionState, House
from course.publishing import replan_all
from course.schedule.zones import RELEASE, is_newer


def renew(session: Session, now: datetime, release: str = RELEASE) -> int:
    """Begin to plan every course anew if this release of the zone data is newer than the last; how many there are."""
    known = session.scalar(select(House.zone_data))
    if known is not None and not is_newer(release, known):
        return 0
    # Of several workers that find it out at once, one writes it down.
    unchanged = House.zone_data.is_not_distinct_from(known)
    written: Any = session.execute(update(House).where(unchanged).values(zone_data=release))
    if known is None or written.rowcount == 0:
        return 0  # a new house, of which nothing is planned
    published = exists().where(Edition.course_id == Course.id, Edition.state == EditionState.PUBLISHED)
    # Locked as by a publication, whose replan is the same chore.
    locked = select(Course).where(published).order_by(Course.id).with_for_update(key_share=True)
    courses = session.scalars(locked).all()
    for course in courses:
        replan_all(session, course, now, zones=release)
    return len(courses)

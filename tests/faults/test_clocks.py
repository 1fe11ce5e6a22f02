"""Clocks that people change: the night in which an hour is missing, and a country that changes its rules."""

import shutil
from collections import Counter
from datetime import datetime, timedelta
from importlib import metadata, resources
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from course.models import Chore, Delivery, DeliveryState, House
from tests import factories
from tests.faults.school import School, kill

NEW_YORK = ZoneInfo("America/New_York")
# The clocks in New York go forward on the fourteenth, at two in the night: there is no half past two.
BEFORE = factories.at("2027-03-12 12:00", "America/New_York")
NIGHT = "02:30"


def join(school: School, readers: int, timezone: str, hour: str, *lessons: str) -> None:
    now = school.clock.now()
    with school.database.writing() as session:
        course = factories.publish_course(session, *lessons, at=now - timedelta(days=1), quiet="none", ends="no")
        for number in range(readers):
            form = {"timezone": timezone, "hour": hour, "name": f"Reader {number}"}
            mine = factories.join(session, course, f"r{number}@example.org", now - timedelta(minutes=1), **form)
            for confirmation in factories.deliveries(session, mine, factories.Kind.CONFIRMATION):
                session.delete(confirmation)


def sent_at(school: School) -> list[datetime]:
    with school.database.reading() as session:
        sent = select(Delivery.sent_at).where(Delivery.state == DeliveryState.SENT)
        return [at for at in session.scalars(sent) if at is not None]


@pytest.mark.short_on("sqlite")
def test_in_the_night_without_half_past_two_each_lesson_comes_once_an_hour_later_by_the_clock(school: School):
    school.clock.move_to(BEFORE)
    join(school, school.readers, "America/New_York", NIGHT, "one: 1 day", "two: 1 day", "three: 1 day")
    school.worker()
    for day in (13, 14, 15):
        noon = factories.at(f"2027-03-{day} 12:00", "America/New_York")
        # Twenty minutes at a time, through the night and its missing hour, with mails due amid it.
        moment = noon - timedelta(hours=11)
        while moment < noon - timedelta(hours=8):
            school.clock.move_to(moment)
            school.ring()
            moment += timedelta(minutes=20)
        expected = (day - 12) * school.readers
        school.ring_until(lambda count=expected: len(sent_at(school)) == count, f"lessons of March {day} are sent")
    hours = Counter(at.astimezone(NEW_YORK).strftime("%d %H") for at in sent_at(school))
    assert set(hours) <= {"13 02", "13 03", "14 03", "14 04", "15 02", "15 03"}, hours
    accepted = Counter(entry["message_id"] for entry in school.journal())
    assert len(accepted) == 3 * school.readers == sum(accepted.values()), "each lesson once"


def rules_of_another_country(folder: Path, release: str, place: str, other: str) -> Path:
    """The package of zone data as an older release had it: `place` kept the time of `other`."""
    package = Path(str(resources.files("tzdata")))
    shutil.copytree(package, folder / "tzdata")
    shutil.copy(package / "zoneinfo" / other, folder / "tzdata" / "zoneinfo" / place)
    about = folder / f"tzdata-{release}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: tzdata\nVersion: {release}\n")
    return folder


@pytest.mark.short_on("sqlite")
def test_after_new_zone_data_everybody_comes_at_their_own_hour_again(
    school: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    join(school, school.readers, "Europe/Lisbon", "09:00", "welcome: immediately", "two: 1 day")
    older = rules_of_another_country(tmp_path / "older", "2020.1", "Europe/Lisbon", "Europe/Madrid")
    with monkeypatch.context() as patched:
        patched.setenv("PYTHONPATH", f"{older}:{Path.cwd()}")
        worker = school.worker()
        school.ring_until(lambda: school.states() == {"sent": school.readers}, "the first lesson is sent")
        school.ring_until(lambda: known(school) == "2020.1", "it is known by which data plans are made")
        kill(worker)
    assert hours_of_plans(school) == {"08:00"}, "Lisbon was thought to keep Madrid's time"
    school.worker()
    school.ring_until(lambda: known(school) == metadata.version("tzdata"), "newer data is noticed")
    school.ring_until(lambda: not open_chores(school), "all are planned anew")
    assert hours_of_plans(school) == {"09:00"}


def known(school: School) -> str | None:
    with school.database.reading() as session:
        return session.scalar(select(House.zone_data))


def open_chores(school: School) -> int:
    with school.database.reading() as session:
        return len(session.scalars(select(Chore.id).where(Chore.state == "open")).all())


def hours_of_plans(school: School) -> set[str]:
    with school.database.reading() as session:
        due = session.scalars(select(Delivery.due_at).where(Delivery.state == DeliveryState.PLANNED)).all()
    assert len(due) == school.readers
    return {at.astimezone(ZoneInfo("Europe/Lisbon")).strftime("%H:%M") for at in due if at}

"""A day of course time with ten thousand readers, in which something fails every quarter of an hour.

    pytest tests/faults/test_soak.py -m long --readers 200 --fault-seed N      the same misfortunes once more

The mail server's journal is the judge.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from statistics import median

import pytest

from course.database import Database
from course.migrations import migrate
from emails.testing import ScriptedServer
from tests.broker import RunningBroker
from tests.faults.crowd import settle_in
from tests.faults.misfortunes import Misfortunes
from tests.faults.scale import Scale
from tests.faults.school import School
from tests.faults.soaking import Judge, answer_what_is_held, idle, memory_of
from tests.postgres import PostgresServer, running_postgres

STEP = timedelta(minutes=15)
STEPS = 24 * 60 // 15
# Fifty for each reader that other faults meet: ten thousand in `make faults`.
CROWD = 50
# Seconds that a step may take, and what follows the last one: a lost mail's lease, its doubt, and its repeat.
STEP_SECONDS, LAST_SECONDS = 8.0, 600.0
SETTINGS = {"claim_seconds": 30, "uncertain_seconds": 10}
GROWTH_MEGABYTES = 12


@pytest.fixture(params=["sqlite", "postgresql"])
def postgres(request: pytest.FixtureRequest) -> Iterator[PostgresServer | None]:
    with ExitStack() as stack:
        yield stack.enter_context(running_postgres()) if request.param == "postgresql" else None


@pytest.fixture
def school(
    postgres: PostgresServer | None, broker: RunningBroker, server: ScriptedServer, tmp_path: Path, scale: Scale
) -> Iterator[School]:
    """On a database and a broker of its own, which may die."""
    database = Database(postgres.url() if postgres else f"sqlite:///{tmp_path}/soak.db")
    migrate(database)
    opened = School(database, broker, server, tmp_path, tmp_path / "journal", 4, scale.many(4), timeout=5)
    opened.settings = SETTINGS
    yield opened
    opened.close()
    database.close()


@pytest.mark.long
def test_a_day_of_misfortunes_loses_nothing_doubles_nothing_and_needs_no_more_memory(
    school: School, postgres: PostgresServer | None, scale: Scale
):
    if scale.repeat:
        pytest.skip("one day is long enough")
    chance = scale.chance
    with school.database.writing() as session:
        settle_in(session, CROWD * school.readers, chance, school.clock.now())
    witness = school.worker(processes=2)
    fate = Misfortunes(school, postgres, chance)
    megabytes = []
    for step in range(STEPS):
        school.clock.move_to(school.clock.now() + STEP)
        fate.strike()
        idle(school, STEP_SECONDS)
        megabytes.append(memory_of(witness))
        print(f"{step:3} {fate.last:40} {len(school.server.journal):6} mails {megabytes[-1]:.0f} MB", flush=True)  # noqa: T201
    fate.relent()
    assert idle(school, LAST_SECONDS, wholly=True)
    answer_what_is_held(school)
    assert idle(school, LAST_SECONDS, wholly=True)
    assert witness.poll() is None
    Judge(school, fate).judge()
    early, late = megabytes[STEPS // 4 : STEPS // 2], megabytes[-STEPS // 4 :]
    assert median(late) - median(early) < GROWTH_MEGABYTES, megabytes

"""A backup of an hour ago is restored under real workers: nothing is sent until an owner confirms it."""

import os
import subprocess
import sys
from pathlib import Path

from course.models import DeliveryState
from course.settings import environment
from tests.broker import wait_until
from tests.faults.school import PATIENCE, School, kill
from tests.postgres import programs_folder
from tests.worker import mailing
from worker.guard import REASON
from worker.timetable import RESCUE

READERS = 12


def test_a_restored_backup_sends_nothing_until_it_is_confirmed(school: School, tmp_path: Path):
    school.begin_course(READERS)
    command(school, "backup", tmp_path / "early.tar.gz")
    worker = school.worker()
    school.ring()
    school.wait_until_sent()
    once = school.message_ids(DeliveryState.SENT)
    kill(worker)
    school.database.close()
    command(school, "restore", tmp_path / "early.tar.gz", "--yes")
    school.worker()
    school.ring(RESCUE)
    school.ring()
    wait_until(lambda: REASON in school.log(), "a worker has looked and refused", PATIENCE)
    assert school.states() == {"planned": READERS}
    assert len(school.journal()) == READERS
    command(school, "restored", "--go-on")
    school.ring()
    school.wait_until_sent()
    assert len(school.journal()) == 2 * READERS
    assert {entry["message_id"] for entry in school.journal()} == once, "twice, and known as the same"


def command(school: School, *arguments: str | Path) -> None:
    changes = {"database_url": school.database.url, "redis_url": school.broker.url}
    env = environment(mailing.settings(school.folder).model_copy(update=changes))
    env["PATH"] = f"{programs_folder()}{os.pathsep}{env['PATH']}"
    subprocess.run([sys.executable, "-m", "web.cli", *map(str, arguments)], env=env, check=True)

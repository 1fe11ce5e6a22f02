"""What a command works on: the installation of this folder and environment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from course import log
from course.clock import Clock, open_clock
from course.database import Database
from course.errors import Misconfigured
from course.settings import Settings, load
from worker.wake import Bell, open_bell


@dataclass(frozen=True)
class Installation:
    """What a command works on."""

    settings: Settings
    database: Database
    clock: Clock

    def bell(self) -> Bell:
        """The doorbell of the installation's workers."""
        return open_bell(self.settings)


@contextmanager
def installation() -> Iterator[Installation]:
    """The installation of this folder and environment; raises Misconfigured where there is none yet."""
    log.keep_off_standard_output()
    settings = load()
    database = Database(settings.database, sqlite_synchronous=settings.sqlite_synchronous)
    file = database.engine.url.database or ""
    if database.is_sqlite and not Path(file).exists():
        raise Misconfigured(f"There is no database at {file} yet: run `meantime init` first.")
    try:
        yield Installation(settings, database, open_clock(settings.state_dir, development=settings.development))
    finally:
        database.close()

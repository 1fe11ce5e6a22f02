"""The restore guard: a database that is older than the marks beside it sends nothing until somebody confirms it.

The marks are read before the database and written after its commit, so a mark is never ahead of a database that is
as it should be.
"""

from dataclasses import dataclass
from datetime import datetime

from course import generation
from course.database import Database
from course.settings import Settings
from worker.broker import addresses, url_of
from worker.marks import Marks

REASON = "a backup was restored: nothing is sent until an owner confirms it"


@dataclass(frozen=True)
class Behind:
    """The database's last sign of life, None where it had none; and the last one beside it, None where all are gone."""

    database_at: datetime | None
    marked_at: datetime | None


@dataclass(frozen=True)
class Guard:
    """Watches one house."""

    database: Database
    marks: Marks

    def behind(self) -> Behind | None:
        """How the database lags behind its marks; None where all is well. Raises SQLAlchemyError.

        Where both places answer and neither has a mark of a house that has sent mail, it came here without them: that
        is a restore too. A place that is lost alone, or does not answer, is none.
        """
        seen = self.marks.look()
        with self.database.reading() as session:
            number = generation.current(session)
        gone = bool(number) and seen.complete and not seen.highest
        if number >= seen.highest and not gone:
            return None
        return Behind(generation.instant(number), generation.instant(seen.highest))

    def go_on(self) -> Behind | None:
        """Advance the generation, here and beside; or say why nothing may be sent. Raises SQLAlchemyError."""
        behind = self.behind()
        if behind is None:
            self._advance()
        return behind

    def confirm(self) -> None:
        """The database is right as it is: from now on it is ahead of every mark."""
        self._advance(self.marks.look().highest)

    def _advance(self, beyond: int = 0) -> None:
        with self.database.writing() as session:
            number = generation.advance(session, beyond)
        self.marks.leave(number)


def open_guard(settings: Settings, database: Database) -> Guard:
    """The guard of an installation; its database must be migrated."""
    with database.reading() as session:
        house = generation.house_name(session)
    return Guard(database, Marks(settings.state_dir, addresses(url_of(settings)).redis, house))

"""The schema's history. `migrate` is here and not in `course.database`: only those who migrate load Alembic.

`python -m course.migrations "What changes"` writes a new revision.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from course.database import Database

FOLDER = Path(__file__).parent


def migrate(database: Database, revision: str = "head") -> None:
    """Bring the schema to `revision`; harmless when it is there already. Makes SQLite's folder where it is missing."""
    if database.is_sqlite:
        Path(database.engine.url.database or "").parent.mkdir(parents=True, exist_ok=True)
    command.upgrade(config_for(database), revision)


def standing(database: Database) -> tuple[str, str]:
    """The revision that the schema is at, empty where it is at none, and the newest that this code knows."""
    with database.engine.connect() as connection:
        now = MigrationContext.configure(connection).get_current_revision()
    return now or "", ScriptDirectory.from_config(config_for(database)).get_current_head() or ""


def config_for(database: Database) -> Config:
    """Alembic's configuration for one database; `env.py` takes the engine out of it."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["engine"] = database.engine
    return config

"""`python -m web.migrate`: bring the database up to date, and leave."""

import sys

import click

from course.database import Database
from course.errors import Misconfigured
from course.settings import load


def main() -> int:
    """Migrate the configured database; 0, or 1 with a sentence when the settings cannot work."""
    try:
        settings = load()
    except Misconfigured as error:
        click.echo(error, err=True)
        return 1
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    try:
        database.migrate()
    finally:
        database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

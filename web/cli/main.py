"""The root of the command, and what all of it shares: how errors are said, and what an installation is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from course.clock import Clock, open_clock
from course.database import Database
from course.errors import MeantimeError, Misconfigured
from course.settings import Settings, load
from worker.wake import Bell, open_bell


class Commands(click.Group):
    """A group whose commands may raise our own errors: one sentence, no traceback, exit 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; say what went wrong."""
        try:
            return super().invoke(ctx)
        except MeantimeError as error:
            click.echo(str(error), err=True)
            ctx.exit(2 if isinstance(error, Misconfigured) else 1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="meantime", message="Meantime %(version)s")
def main() -> None:
    """Email courses that arrive in the reader's own time."""


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
    settings = load()
    database = Database(settings.database, sqlite_synchronous=settings.sqlite_synchronous)
    file = database.engine.url.database or ""
    if database.is_sqlite and not Path(file).exists():
        raise Misconfigured(f"There is no database at {file} yet: run `meantime init` first.")
    try:
        yield Installation(settings, database, open_clock(settings.state_dir, development=settings.development))
    finally:
        database.close()

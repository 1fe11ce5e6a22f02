"""The house: prepare it, let an admin in."""

import click
from sqlalchemy import select

from course import admins
from course.clock import open_clock
from course.database import Database
from course.editions import Author, create_course, find_draft
from course.folder import read_folder
from course.migrations import migrate
from course.models import Course
from course.settings import Settings, load
from emails.compile import Compiler
from emails.publish import compile_house_letters, publish_draft
from web.cli.arguments import SAMPLE
from web.cli.installation import installation


@click.command()
def init() -> None:
    """Bring the database up to date and prepare the house's letters. Harmless to repeat.

    In development an empty house gets the sample course.
    """
    settings = load()
    settings.state_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database, sqlite_synchronous=settings.sqlite_synchronous)
    try:
        migrate(database)
        _furnish(settings, database)
    finally:
        database.close()


@click.group()
def admin() -> None:
    """The people at the desk."""


@admin.command()
@click.argument("email")
@click.option("--role", type=click.Choice(["owner", "editor", "viewer"]), default="owner", show_default=True)
def add(email: str, role: str) -> None:
    """Let EMAIL sign in at /admin, and print a link that signs in once. Prints a fresh link for who is in already."""
    with installation() as here, here.database.writing() as session:
        person = admins.find(session, email) or admins.add(session, email, here.clock.now(), role)
        token = admins.make_sign_in_link(session, person)
    click.echo(f"Sign in within 15 minutes: {here.settings.base_url}/admin/sign-in/{token}")


def _furnish(settings: Settings, database: Database) -> None:
    now = open_clock(settings.state_dir, development=settings.development).now()
    with Compiler(own_themes=settings.own_themes) as compiler, database.writing() as session:
        compile_house_letters(session, compiler, now)
        if settings.development and session.scalars(select(Course.id)).first() is None:
            author = Author("Meantime", now)
            draft = find_draft(session, create_course(session, read_folder(SAMPLE), author))
            assert draft is not None, "a new course begins with a draft"
            publish_draft(session, compiler, draft, settings, author)

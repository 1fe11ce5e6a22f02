"""`meantime up`, and what it says when everything runs."""

import click

from course import admins
from course.clock import open_clock
from course.database import Database
from course.settings import Settings, load
from web.up import up as run_everything

FIRST_ADMIN = "owner@localhost.example"


@click.command()
def up() -> None:
    """Run everything here: broker, mailbox, web, worker, beat. Ctrl-C ends it all."""
    settings = load()
    raise SystemExit(run_everything(settings, lambda: _announce(settings)))


def _announce(settings: Settings) -> None:
    """Where everything is, once it answers; and a way in for whoever started it."""
    lines = [
        f"  Courses    {settings.base_url}/",
        f"  Desk       {settings.base_url}/admin/",
    ]
    if settings.development:
        lines += [f"  Mailbox    {settings.base_url}/mailbox/", f"  Sign in    {_way_in(settings)}"]
    click.echo("\n".join(["", "Meantime is up.", "", *lines, "", "Ctrl-C ends everything."]))


def _way_in(settings: Settings) -> str:
    database = Database(settings.database, sqlite_synchronous=settings.sqlite_synchronous)
    now = open_clock(settings.state_dir, development=True).now()
    with database.writing() as session:
        person = admins.find(session, FIRST_ADMIN) or admins.add(session, FIRST_ADMIN, now)
        token = admins.make_sign_in_link(session, person)
    database.close()
    return f"{settings.base_url}/admin/sign-in/{token}   (once, within 15 minutes)"

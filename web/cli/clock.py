"""The development clock: let days pass in seconds."""

import re
from datetime import timedelta

import click

from course.errors import Misconfigured
from web.cli.installation import Installation, installation
from web.walk import LONGEST, Walk

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


@click.group()
def clock() -> None:
    """The course's time, which only development can move."""


@clock.command()
def show() -> None:
    """What time it is for the course, and how far that is ahead."""
    with installation() as here:
        click.echo(f"{here.clock.now():%Y-%m-%d %H:%M:%S} UTC, {_ahead(here)} ahead of real time")


@clock.command()
@click.argument("span")
def advance(span: str) -> None:
    """Let SPAN pass (90m, 6h, 1d, 2w), stopping wherever something is due until it has been sent."""
    with installation() as here:
        if not here.settings.development:
            raise Misconfigured("The clock cannot be moved in production.")
        Walk(here.database, here.clock, here.bell()).until(here.clock.now() + _span(span))
        click.echo(f"It is {here.clock.now():%Y-%m-%d %H:%M:%S} UTC now.")


def _span(text: str) -> timedelta:
    match = re.fullmatch(r"([0-9]{1,6})([mhdw])", text.strip().lower())
    span = int(match[1]) * UNITS[match[2]] if match else timedelta()
    if not timedelta() < span <= LONGEST:
        raise click.BadParameter("Write a span such as 90m, 6h, 1d or 2w, of a year at the most.", param_hint="SPAN")
    return span


def _ahead(here: Installation) -> str:
    shift = here.clock.shift()
    return str(shift - timedelta(microseconds=shift.microseconds))

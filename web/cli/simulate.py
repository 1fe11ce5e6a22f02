"""`meantime simulate`: what a course would cost a mail server, with readers who never were, in seconds."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from course.editions import edition_source, find_course, find_draft, find_published
from course.errors import NotFound
from course.folder import CourseSource, read_folder
from course.schedule import Wishes, local_zone
from course.simulation.load import Load
from course.simulation.simulator import Scenario
from course.simulation.simulator import simulate as days_of
from web.cli.arguments import SAMPLE
from web.cli.installation import installation
from web.cli.simulated import as_json, as_text, picture
from web.plot.png import png
from web.plot.svg import document

START = datetime(2027, 3, 1)  # noqa: DTZ001 - a day; both changes to summer time lie within its sixty days
PLOTS = {".svg", ".png"}


@click.command()
@click.option("--readers", type=click.IntRange(1, 1_000_000), default=10_000, show_default=True)
@click.option("--days", type=click.IntRange(1, 366), default=60, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same bytes.")
@click.option("--per-second", type=click.FloatRange(min=0), default=20.0, show_default=True, help="0: no limit.")
@click.option("--course", metavar="SLUG|DIR", help="Default: the sample course.")
@click.option("--start", type=click.DateTime(["%Y-%m-%d"]), default=START, show_default="2027-03-01", metavar="DATE")
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.svg|FILE.png", help="A picture.")
@click.option("--json", "json_wanted", is_flag=True, help="The figures for a program.")
def simulate(course: str | None, plot: Path | None, json_wanted: bool, **asked: Any) -> None:  # noqa: FBT001
    """Send a whole course to imagined readers, without a mail: how much leaves when, and how late under a throttle.

    Readers come and go as people do: their zones, hours and pace, a launch, holidays, exercises done late or never.
    The planning is the one that plans real mail, on a database that is thrown away.
    """
    if plot is not None and plot.suffix.lower() not in PLOTS:
        raise click.BadParameter("A plot ends in .svg or .png.", param_hint="--plot")
    scenario = Scenario(
        course=_source(course),
        start=asked["start"].date(),
        days=asked["days"],
        readers=asked["readers"],
        seed=asked["seed"],
        per_second=asked["per_second"] or None,
    )
    load = _simulated(scenario)
    if plot is not None:
        drawing = picture(scenario, load)
        plot.write_bytes(png(drawing) if plot.suffix.lower() == ".png" else document(drawing).encode())
    click.echo(json.dumps(as_json(scenario, load), indent=2) if json_wanted else as_text(scenario, load))


def _source(course: str | None) -> CourseSource:
    """A folder, or what readers of an installed course are on, or its draft."""
    folder = Path(course) if course is not None else SAMPLE
    if folder.is_dir():
        return read_folder(folder)
    with installation() as here, here.database.reading() as session:
        found = find_course(session, str(course))
        edition = find_published(session, found) or find_draft(session, found)
        if edition is None:
            raise NotFound("There is nothing in this course yet.")
        return edition_source(edition)


def _simulated(scenario: Scenario) -> Load:
    """Day by day, with a bar where somebody watches."""
    load = Load(local_zone(scenario.course.rules, Wishes()))
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    watched = Console(stderr=True)
    with Progress(*columns, console=watched, transient=True, disable=not watched.is_terminal) as progress:
        bar = progress.add_task(f"{scenario.readers:,} readers sign up", total=scenario.days)
        for day in days_of(scenario, load):
            progress.update(bar, advance=1, description=_in_words(day))
    return load


def _in_words(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"

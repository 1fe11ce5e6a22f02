"""`meantime course timeline`: the dates of every lesson for one imagined reader, across weekends and clock changes."""

import json
from datetime import UTC, datetime, time, tzinfo
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from course.editions import find_course
from course.errors import Refused
from course.folder import read_folder
from course.schedule import Wishes, known_zone, local_zone
from course.schedule.walltime import on_the_wall
from course.sequence import Sequence, published_sequence
from course.timeline import Stop, imagined, sequence_of
from course.timeline import timeline as stops_of
from web.cli.installation import installation


@click.command()
@click.argument("course")
@click.option("--confirmed", required=True, metavar="TIME", help="When the reader confirmed: 2027-03-12T22:00.")
@click.option("--tz", metavar="ZONE", help="The reader's zone; all times are wall times in it. Default: the course's.")
@click.option("--hour", metavar="HH:MM", help="The reader's preferred hour. Default: the course's.")
@click.option("--sent", multiple=True, metavar="LESSON=TIME", help="A lesson that was really sent, and when.")
@click.option("--now", metavar="TIME", help="Plan from this moment: what is late by then is made up for.")
@click.option("--json", "as_json", is_flag=True, help="A list of lesson, due (UTC), local, why.")
def timeline(course: str, as_json: bool, **asked: Any) -> None:  # noqa: FBT001
    """Show when every lesson of COURSE (a slug, or a folder) would come, and why then."""
    sequence = _sequence(course)
    wishes = Wishes(_zone(asked["tz"] or sequence.course.rules.timezone), _hour(asked["hour"]))
    wall = local_zone(sequence.course.rules, wishes)
    sent = dict(_sent(each, sequence, wall) for each in asked["sent"])
    standing = imagined(sequence, _instant(asked["confirmed"], wall), wishes, sent)
    stops = list(stops_of(standing, _instant(asked["now"], wall) if asked["now"] else None))
    if as_json:
        click.echo(json.dumps([_as_json(stop) for stop in stops], indent=2, ensure_ascii=False))
    else:
        Console().print(_table(sequence.course.title, stops))


def _sequence(course: str) -> Sequence:
    if Path(course).is_dir():
        return sequence_of(read_folder(Path(course)), datetime.fromtimestamp(0, UTC))
    with installation() as here, here.database.reading() as session:
        return published_sequence(session, find_course(session, course).id)


def _zone(name: str) -> str:
    if not known_zone(name):
        raise click.BadParameter(f"{name} is no time zone; write one such as Europe/Berlin.", param_hint="--tz")
    return name


def _hour(text: str | None) -> time | None:
    if not text:
        return None
    try:
        hour = time.fromisoformat(text)
    except ValueError:
        hour = time(tzinfo=UTC)
    if hour.tzinfo is not None:
        raise click.BadParameter("Write an hour such as 09:00.", param_hint="--hour")
    return hour


def _instant(text: str, wall_zone: tzinfo) -> datetime:
    """A wall time in that zone, as an instant; an hour that the clock skips moves forward."""
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text} is no time; write 2027-03-12T22:00.") from None
    if wall.tzinfo is not None:
        return wall.astimezone(UTC)
    return on_the_wall(wall.date(), wall.time(), wall_zone).astimezone(UTC)


def _sent(text: str, sequence: Sequence, wall_zone: tzinfo) -> tuple[str, datetime]:
    key, _, at = text.partition("=")
    if not at:
        raise click.BadParameter(f"{text} names no time; write LESSON=2027-03-12T22:00.", param_hint="--sent")
    if key not in {lesson.key for lesson in sequence.lessons}:
        raise Refused({"sent": f"There is no published lesson {key} in this course."})
    return key, _instant(at, wall_zone)


def _as_json(stop: Stop) -> dict[str, object]:
    due = f"{stop.due.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if stop.due else None
    local = stop.local.isoformat(timespec="seconds") if stop.local else None
    return {"lesson": stop.lesson, "due": due, "local": local, "why": list(stop.why)}


def _table(title: str, stops: list[Stop]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in ("lesson", "local time", "UTC", "why"):
        table.add_column(name)
    for stop in stops:
        local = f"{stop.local:%a %Y-%m-%d %H:%M}" if stop.local else "not yet"
        due = f"{stop.due:%Y-%m-%d %H:%M}" if stop.due else ""
        table.add_row(stop.lesson, local, due, " ".join(stop.why))
    return table

"""`meantime restored`: whether a restored database waits for somebody's word, and that word."""

import json
from datetime import datetime

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from course.models import Kind
from course.restored import count_as_sent, due_until, lost_until
from web.cli.installation import Installation, installation
from worker.guard import Behind, open_guard

AT_ONCE = 200
WELL = "The database agrees with the marks beside it: mail goes out as planned."


@click.command()
@click.option("--go-on", is_flag=True, help="The database is right as it is: let mail go out again.")
@click.option("--count-as-sent", is_flag=True, help="With --go-on: what was due since the backup counts as sent.")
@click.option("--json", "as_json", is_flag=True, help="What is known, for a program.")
def restored(go_on: bool, count_as_sent: bool, as_json: bool) -> None:  # noqa: FBT001
    """Say whether mail is held because a backup was restored. Exit 1 while it is held."""
    if count_as_sent and not go_on:
        raise click.UsageError("--count-as-sent goes with --go-on.")
    with installation() as here:
        guard = open_guard(here.settings, here.database)
        behind = guard.behind()
        until = lost_until(behind.marked_at if behind else None, here.clock.now())
        if behind and go_on:
            if count_as_sent:
                _count(here, until)
            guard.confirm()
            here.bell().ring()
        lessons, others = _due(here, until)
    held = behind is not None and not go_on
    if as_json:
        click.echo(json.dumps(_as_json(behind, held=held, lessons=lessons, others=others), indent=2))
    else:
        click.echo(_in_words(behind, lessons, others) if behind and held else WELL)
    raise SystemExit(1 if held else 0)


def _count(here: Installation, until: datetime) -> None:
    """In small transactions, so that sign-ups go on meanwhile; a second run goes on where one was ended."""
    columns = (TextColumn("Counting as sent"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task("", total=sum(_due(here, until)))
        while True:
            with here.database.writing() as session:
                done = count_as_sent(session, until, here.clock.now(), AT_ONCE)
            if not done:
                return
            shown.advance(task, done)


def _due(here: Installation, until: datetime) -> tuple[int, int]:
    with here.database.reading() as session:
        due = due_until(session, until)
    lessons = due.get(Kind.LESSON, 0)
    return lessons, sum(due.values()) - lessons


def _in_words(behind: Behind, lessons: int, others: int) -> str:
    last, mark = behind.database_at, behind.marked_at
    known = f"The database knows of nothing after {last:%Y-%m-%d %H:%M:%S} UTC." if last else "The database is empty."
    beside = f"The mark beside it is from {mark:%Y-%m-%d %H:%M:%S} UTC." if mark else "None of its marks are here."
    return (
        f"A backup was restored, and nothing is sent. {known} {beside}\n"
        f"{lessons} lessons and {others} other mails were planned since; most have been sent already.\n"
        "`meantime restored --go-on` sends them; with --count-as-sent they count as sent, and nobody gets one twice."
    )


def _as_json(behind: Behind | None, *, held: bool, lessons: int, others: int) -> dict[str, object]:
    return {
        "held": held,
        "database_at": behind.database_at.isoformat() if behind and behind.database_at else None,
        "marked_at": behind.marked_at.isoformat() if behind and behind.marked_at else None,
        "planned_since": {"lessons": lessons, "others": others},
    }

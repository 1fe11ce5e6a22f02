"""How far the work behind a publication is: `meantime course progress`, and the bars that `apply` and `undo` show."""

import json
import time
from collections.abc import Callable

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from course import chores
from course.editions import find_course
from web.cli.installation import Installation, installation

IN_WORDS = {chores.REPLAN: "Planning anew", chores.APPEND: "Bringing back who has finished"}
LOOK_SECONDS = 0.2
# Nothing moves for so long: nobody is at work, and the command need not wait.
PATIENCE_SECONDS = 15.0

Bars = dict[int, tuple[str, int, int]]


@click.command()
@click.argument("slug")
@click.option("--wait", is_flag=True, help="Watch until it is done.")
@click.option("--json", "as_json", is_flag=True, help="The same for a program.")
def progress(slug: str, wait: bool, as_json: bool) -> None:  # noqa: FBT001
    """Say how far readers' plans have followed the last publication of a course."""
    with installation() as here:
        if wait:
            follow(here, slug)
        bars = open_bars(here, slug)
    if as_json:
        found = [{"work": work, "done": done, "total": total} for work, done, total in bars.values()]
        click.echo(json.dumps(found, indent=2))
    elif not bars:
        click.echo(f"{slug}: everybody's plan is up to date.")
    else:
        click.echo("\n".join(f"{IN_WORDS[work]}: {done:,} of {total:,} readers" for work, done, total in bars.values()))


def open_bars(here: Installation, slug: str) -> Bars:
    """What is open for a course, by number: the kind of work, how many readers are done, of how many."""
    with here.database.reading() as session:
        found = chores.open_of(session, find_course(session, slug).id)
        return {each.id: (each.kind, each.done, each.total) for each in found}


def follow(here: Installation, slug: str, *, patience: float = PATIENCE_SECONDS) -> bool:
    """Show a bar for each piece of work until all is done; False when nobody has worked for a while."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("readers"))
    with Progress(*columns, console=Console(stderr=True)) as shown:
        return _watch(lambda: open_bars(here, slug), _Drawn(shown), patience)


class _Drawn:
    """The bars as they stand on the screen."""

    def __init__(self, shown: Progress) -> None:
        self._shown = shown
        self._tasks: dict[int, TaskID] = {}

    def draw(self, bars: Bars) -> None:
        """One bar for each piece of work; what is gone is done."""
        for number, (work, done, total) in bars.items():
            if number not in self._tasks:
                self._tasks[number] = self._shown.add_task(IN_WORDS[work], total=total)
            self._shown.update(self._tasks[number], completed=done, total=max(total, 1))
        for number in self._tasks.keys() - bars.keys():
            task = self._shown.tasks[self._shown.task_ids.index(self._tasks[number])]
            self._shown.update(task.id, completed=task.total)


def _watch(look: Callable[[], Bars], drawn: _Drawn, patience: float) -> bool:
    before, since = look(), time.monotonic()
    drawn.draw(before)
    while before:
        time.sleep(LOOK_SECONDS)
        bars = look()
        drawn.draw(bars)
        if bars != before:
            before, since = bars, time.monotonic()
        elif time.monotonic() - since > patience:
            return False
    return True

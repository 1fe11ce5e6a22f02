"""`meantime demo`: the whole main job without hands. The mailbox is the judge, not our own rows."""

import shutil
import tempfile
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich import box
from rich.console import Console
from rich.table import Table

from web.demo.house import House, running
from web.demo.journey import READERS, Somebody, enroll, walk
from web.demo.judge import Arrival, arrivals, judge
from web.demo.waiting import Failed


@click.command()
@click.option("--keep", is_flag=True, help="Leave the throw-away folder for a look.")
def demo(keep: bool) -> None:  # noqa: FBT001
    """Watch two readers take the whole sample course in under a minute. Exit 0 if everything was right."""
    console, started = Console(), time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="meantime-"))
    try:
        wrong = _whole_course(House(folder), console)
    finally:
        if keep:
            console.print(f"Everything is still in {folder}.")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    if wrong:
        raise Failed("\n".join(wrong))
    console.print(f"Every lesson came once, in order, at its reader's hour: {time.monotonic() - started:.0f} seconds.")


def _whole_course(house: House, console: Console) -> list[str]:
    """Run it, show it, and answer what was wrong."""
    console.print("Everything starts: broker, mailbox, database, web, worker, beat.")
    with running(house):
        enroll(house, *READERS)
        console.print("Two readers have signed up and confirmed. Now the clock walks.")
        walk(house, *READERS)
        came = {reader: arrivals(house, reader) for reader in READERS}
        for reader in READERS:
            console.print(_table(reader, came[reader]))
        return [line for reader in READERS for line in judge(house, reader, came[reader])]


def _table(reader: Somebody, came: list[Arrival]) -> Table:
    zone = ZoneInfo(reader.timezone)
    title = f"{reader.name}, {reader.timezone}, wants lessons at {reader.hour}"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("lesson", "due", "sent", "subject", "size"):
        table.add_column(name, justify="right" if name == "size" else "left", no_wrap=name != "subject")
    for arrival in came:
        row = arrival.row
        due = f"{row.slot_at.astimezone(zone):%d %b %H:%M}"
        sent = f"{row.sent_at.astimezone(zone):%a %H:%M:%S}" if row.sent_at else "not yet"
        subject = arrival.mails[0].subject if arrival.mails else ""
        table.add_row(arrival.lesson, due, sent, subject, f"{(row.size or 0) / 1024:.1f} KiB")
    return table

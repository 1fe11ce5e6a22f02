"""`meantime demo`: the whole main job without hands. The mailbox is the judge, not our own rows."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from course.settings import PREFIX, environment, load
from web.demo import journey
from web.demo.browse import Browser
from web.demo.journey import Arrival, Failed, Somebody
from web.mailbox.box import Box


@click.command()
@click.option("--keep", is_flag=True, help="Leave the throw-away folder for a look.")
def demo(keep: bool) -> None:  # noqa: FBT001
    """Watch two readers take the whole sample course in under a minute. Exit 0 if everything was right."""
    console, started = Console(), time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="meantime-"))
    try:
        came = _whole_course(folder, console)
        wrong = [line for reader in journey.READERS for line in journey.judge(reader, came[reader], _box(folder))]
    finally:
        if keep:
            console.print(f"Everything is still in {folder}.")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    for reader in journey.READERS:
        console.print(_table(reader, came[reader]))
    if wrong:
        raise Failed("\n".join(wrong))
    console.print(f"Every lesson came once, in order, at its reader's hour: {time.monotonic() - started:.0f} seconds.")


def _whole_course(folder: Path, console: Console) -> dict[Somebody, list[Arrival]]:
    web, mailbox = _free_ports(2)
    browser = Browser(f"http://127.0.0.1:{web}")
    with _running(folder, web, mailbox):
        journey.until("the web server", lambda: browser.answers("/health/ready") or None)
        for reader in journey.READERS:
            journey.sign_up(browser, _box(folder), reader)
        console.print("Two readers have signed up and confirmed. Now the clock walks.")
        journey.walk(browser, _box(folder))
        return {reader: journey.arrivals(folder, reader) for reader in journey.READERS}


@contextmanager
def _running(folder: Path, web: int, mailbox: int) -> Iterator[None]:
    """`meantime up` in the folder, with nothing of the settings that are around us."""
    settings = {
        "STATE_DIR": str(folder),
        "WEB_PORT": str(web),
        "MAILBOX_PORT": str(mailbox),
        "BASE_URL": f"http://127.0.0.1:{web}",
    }
    surroundings = {name: value for name, value in environment(load()).items() if not name.startswith(PREFIX)}
    env = surroundings | {PREFIX + name: value for name, value in settings.items()}
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen(
            (sys.executable, "-m", "web.cli", "up"), cwd=folder, env=env, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield
    except Failed as failed:
        raise Failed(f"{failed}\n{(folder / 'up.log').read_text('utf-8', 'replace')[-4000:]}") from None
    finally:
        os.kill(process.pid, signal.SIGINT)
        process.wait(60)


def _box(folder: Path) -> Box:
    return Box(folder / "mailbox")


def _table(reader: Somebody, came: list[Arrival]) -> Table:
    zone = ZoneInfo(reader.timezone)
    table = Table(title=f"{reader.name}, {reader.timezone}, wants lessons at {reader.hour}", title_justify="left")
    for name in ("lesson", "due", "sent", "subject", "size"):
        table.add_column(name, justify="right" if name == "size" else "left")
    for arrival in came:
        row = arrival.row
        sent = f"{row.sent_at.astimezone(zone):%a %d %b %H:%M:%S}" if row.sent_at else "not yet"
        subject = arrival.mails[0].subject if arrival.mails else ""
        due = f"{row.slot_at.astimezone(zone):%a %d %b %H:%M:%S}"
        table.add_row(arrival.lesson, due, sent, subject, f"{(row.size or 0) / 1024:.1f} KiB")
    return table


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports: list[int] = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports

"""`meantime reader`: what is held about one person, and the end of it."""

import json
import sys
import time
from dataclasses import asdict

import click

from course import erasing
from course.erasing import Erased, InHand
from course.holdings import holdings
from web.cli.installation import Installation, installation

# A round of mail lasts a fraction of a second; nobody has a reader in hand for longer than that.
PATIENCE_SECONDS = 20.0
LOOK_AGAIN_SECONDS = 0.05


@click.group()
def reader() -> None:
    """The people we mail."""


@reader.command()
@click.argument("address")
def export(address: str) -> None:
    """Print all that is held about the reader of ADDRESS, as JSON."""
    with installation() as here, here.database.reading() as session:
        click.echo(json.dumps(holdings(session, address), indent=2, ensure_ascii=False))


@reader.command()
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do not ask. A script is not asked anyway.")
@click.option("--json", "as_json", is_flag=True, help="What is gone, for a program.")
def erase(address: str, yes: bool, as_json: bool) -> None:  # noqa: FBT001
    """Erase the reader of ADDRESS, with every course, plan, record and returned mail. It cannot be undone.

    If the address must not be mailed, a keyed digest of it stays, from which nobody can read it.
    """
    with installation() as here:
        if sys.stdin.isatty() and not yes:
            click.confirm("Erase this reader? It cannot be undone", abort=True)
        gone = _erase(here, address)
        here.database.empty_log()
    if as_json:
        click.echo(json.dumps({**asdict(gone), "suppressed": sorted(gone.suppressed)}, indent=2))
    else:
        click.echo(_in_words(gone))


def _erase(here: Installation, address: str) -> Erased:
    """As soon as nobody has this reader in hand; raises InHand when that lasts."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with here.database.writing() as session:
                return erasing.erase(session, address)
        except InHand:
            if time.monotonic() > until:
                raise
        time.sleep(LOOK_AGAIN_SECONDS)


def _in_words(gone: Erased) -> str:
    words = [f"Erased, with {_count(gone.courses, 'course')} and {_count(gone.mails, 'mail')}."]
    if gone.texts:
        words.append(f"The address is gone from {_count(gone.texts, 'text')} of other servers.")
    if gone.suppressed:
        words.append("The address is still not mailed: a keyed digest of it stays.")
    words.append("Backups made before now hold it until they are deleted.")
    return "\n".join(words)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"

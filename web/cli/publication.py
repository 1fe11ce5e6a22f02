"""What follows a publication or its undo: `meantime course undo`, and what both commands say afterwards."""

import sys
from collections.abc import Callable
from typing import Any

import click

from course.editions import Author, find_course
from course.publishing import undo as take_back
from course.sent_texts import SentText, sent_texts
from web.cli.installation import Installation, installation
from web.cli.progress import follow


def asks_for_more(command: Callable[..., Any]) -> Callable[..., Any]:
    """The two options with which an admin sends new lessons also to readers who are past them."""
    late = click.option("--catch-up", multiple=True, metavar="ID", help="A new lesson for those who are past it, too.")
    done = click.option("--finished", is_flag=True, help="The new lessons for those who have finished, too.")
    return late(done(command))


@click.command()
@click.argument("slug")
def undo(slug: str) -> None:
    """Take the last publication of a course back, while its minutes last; say which texts had left."""
    with installation() as here:
        author = Author("meantime course undo", here.clock.now())
        with here.database.writing() as session:
            undone = take_back(session, find_course(session, slug), author)
            sent, number = sent_texts(session, undone), undone.number
        ring_and_follow(here, slug)
    click.echo(f"{slug}: edition {number} is taken back; what it held is in the draft.")
    click.echo("\n".join(_in_words(sent)))


def ring_and_follow(here: Installation, slug: str) -> None:
    """Ring for the workers; where somebody watches, show how far they are."""
    bell = here.bell()
    bell.ring()
    bell.flush()
    if sys.stderr.isatty() and not follow(here, slug):
        click.echo("No worker is at work just now; readers' plans follow as soon as one is.", err=True)


def _in_words(sent: tuple[SentText, ...]) -> list[str]:
    if not sent:
        return ["Nothing of it had left."]
    lines = ["These texts had left already:"]
    for text in sent:
        lines.append(f"  {text.key} “{text.subject}”: {text.readers} {'reader' if text.readers == 1 else 'readers'}")
        lines += [f"    {each.who}, {each.at:%Y-%m-%d %H:%M} UTC" for each in text.examples]
        if text.readers > len(text.examples):
            lines.append(f"    and {text.readers - len(text.examples)} more")
    return lines

"""Courses as folders: check, apply, export; and what follows."""

from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from course.clock import open_clock
from course.editions import (
    Author,
    create_course,
    edition_source,
    find_course,
    find_draft,
    find_published,
    known_course,
    replace_draft,
)
from course.errors import Problem, SourceError
from course.folder import inspect_folder, read_folder
from course.folder.source import CourseSource
from course.folder.writing import write_folder
from course.models import Course, Edition
from course.prospects import prospects
from course.publishing import PublishOptions, publish, stands
from course.settings import load
from emails.compile import Compiler
from emails.proofs import examine
from emails.publish import CompiledFolder, compile_folder
from web.cli.arguments import FOLDER
from web.cli.installation import installation
from web.cli.plan import plan
from web.cli.progress import progress
from web.cli.publication import asks_for_more, ring_and_follow, undo
from web.cli.render import render
from web.cli.timeline import timeline


@click.group()
def course() -> None:
    """Courses as folders of text."""


course.add_command(plan)
course.add_command(render)
course.add_command(timeline)
course.add_command(undo)
course.add_command(progress)


@course.command()
@click.argument("folder", type=FOLDER)
def check(folder: Path) -> None:
    """Read a course folder and say everything that is wrong with it: files, texts, dates."""
    source, problems = inspect_folder(folder)
    if source is not None:
        settings = load()
        now = open_clock(settings.state_dir, development=settings.development).now()
        with Compiler(own_themes=settings.own_themes) as compiler:
            problems = (*problems, *examine(compiler, source, settings), *prospects(source, now))
    for problem in sorted(problems, key=lambda each: (each.file or "", each.line or 0, each.column or 0)):
        click.echo(str(problem))
    if any(problem.severity == "error" for problem in problems):
        raise SystemExit(1)
    click.echo(f"{folder} is a course.")


@course.command()
@click.argument("folder", type=FOLDER)
@click.option("--remove", multiple=True, metavar="ID", help="A lesson that is gone from the folder on purpose.")
@click.option("--draft", is_flag=True, help="Leave it as a draft; publish at the desk.")
@asks_for_more
def apply(folder: Path, remove: tuple[str, ...], draft: bool, **more: Any) -> None:  # noqa: FBT001
    """Make a course what FOLDER says, and publish it; again and again does no harm. One bad lesson changes nothing."""
    source = read_folder(folder)
    with installation() as here, Compiler(own_themes=here.settings.own_themes) as compiler:
        author = Author("meantime course apply", here.clock.now())
        # Before anything is written: nobody waits for the database while a text is typeset.
        compiled = None if draft else compile_folder(compiler, source, here.settings)
        with here.database.writing() as session:
            standing = None if compiled is None or any(more.values()) else _standing(session, source, compiled)
            if standing is not None:
                click.echo(f"{source.slug}: nothing has changed; edition {standing.number} stays.")
                return
            edition = _draft_of(session, source, remove, author)
            if compiled is not None:
                options = PublishOptions.of(here.settings, more["catch_up"], finished=more["finished"])
                publish(session, edition, compiled.of(edition), options, author)
            number = edition.number
        ring_and_follow(here, source.slug)
    click.echo(f"{source.slug}: edition {number} is {'a draft' if draft else 'published'}.")


@course.command()
@click.argument("slug")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--published", is_flag=True, help="What readers are on, even if there is a draft.")
@click.option("--replace", is_flag=True, help="Write over an earlier export of the same course.")
def export(slug: str, folder: Path, published: bool, replace: bool) -> None:  # noqa: FBT001
    """Write a course as a folder, byte for byte as it was applied."""
    with installation() as here, here.database.reading() as session:
        found = find_course(session, slug)
        edition = None if published else find_draft(session, found)
        edition = edition or find_published(session, found)
        if edition is None:
            raise SourceError(Problem(f"{slug} is not published yet."))
        left = write_folder(edition_source(edition), folder, replace=replace)
    for name in left:
        click.echo(f"{folder / name} is no lesson of this course any more; it was left alone.", err=True)
    click.echo(f"{slug} is in {folder}.")


def _standing(session: Session, source: CourseSource, compiled: CompiledFolder) -> Edition | None:
    """The published edition if the folder says the same, letters come out the same, and no draft waits."""
    known = known_course(session, source.slug)
    edition = find_published(session, known) if known else None
    if known is None or edition is None or find_draft(session, known) is not None or edition_source(edition) != source:
        return None
    return edition if stands(session, edition, compiled.of(edition)) else None


def _draft_of(session: Session, source: CourseSource, remove: tuple[str, ...], author: Author) -> Edition:
    known = known_course(session, source.slug)
    if known is None:
        known = create_course(session, source, author)
    else:
        _ask_about_missing(session, known, source, remove)
    return replace_draft(session, known, source, author)


def _ask_about_missing(session: Session, known: Course, source: CourseSource, remove: tuple[str, ...]) -> None:
    """A lesson is never deleted because a file was not there: it has to be named, be it published or in a draft."""
    standing = [each for each in (find_published(session, known), find_draft(session, known)) if each is not None]
    keys = {place.lesson.key for each in standing for place in each.lessons}
    missing = keys - {lesson.key for lesson in source.lessons} - set(remove)
    if missing:
        say = " ".join(f"--remove {key}" for key in sorted(missing))
        raise SourceError(Problem(f"{source.slug} has lessons that the folder has not. To take them out, add {say}."))

"""One file by itself: what a lesson looks like, without a course, a database or a server."""

import re
from dataclasses import replace
from pathlib import Path

import click

from course.errors import Problem, SourceError
from course.folder.parsing import parse_lesson
from course.folder.source import LessonSource
from course.settings import load
from emails.compile import Compiler
from emails.errors import Unpublishable, Unrenderable
from emails.letter import Compiled, Format, Look, Rendered, Source
from emails.lint import lint
from emails.render import render as personalised
from emails.sandbox import sample_values

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FORMATS: dict[str, Format] = {".md": "md", ".mjml": "mjml"}
SUBJECT = "A lesson by itself"
PREVIEW = "What this lesson holds, in one line, for the list of letters in a mailbox."
TITLE = "A course"
WHOLE = re.compile(r"<mjml[\s>]", re.IGNORECASE)


@click.command()
@click.argument("file", type=FILE)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where the HTML goes.")
@click.option("--theme", default="letter", show_default=True, help="One of ours, or of the folder `themes` in var/.")
@click.option("--sample", is_flag=True, help="Put a sample reader in; without it the tags stay.")
@click.option("--text", type=click.Path(dir_okay=False, path_type=Path), help="Where the text part goes.")
def render(file: Path, out: Path, theme: str, sample: bool, text: Path | None) -> None:  # noqa: FBT001
    """Compile FILE, a lesson in Markdown (.md) or MJML (.mjml), with or without front matter.

    A file that is a whole <mjml> document is compiled as it is, without a theme.
    """
    compiled = _compiled(file, theme)
    for problem in compiled.warnings:
        click.echo(str(problem), err=True)
    letter = _sampled(compiled, file) if sample else compiled
    out.write_text(letter.html, "utf-8")
    if text is not None:
        text.write_text(letter.text, "utf-8")
    click.echo(f"{out}: {len(letter.html.encode()) / 1024:.1f} KiB.")


def _sampled(compiled: Compiled, file: Path) -> Rendered:
    """The letter of a sample reader. Raises SourceError for a document with tags of another system's."""
    try:
        return personalised(compiled, sample_values())
    except Unrenderable as error:
        raise SourceError(Problem(str(error), str(file), hint="leave `--sample` out: the tags stay")) from None


def _compiled(file: Path, theme: str) -> Compiled:
    source = _source(file)
    for problem in lint(source):
        if problem.severity == "warning":
            click.echo(str(_in_file(problem, file)), err=True)
    with Compiler(own_themes=load().own_themes) as compiler:
        try:
            return compiler.compile(source, Look(theme, {}, TITLE))
        except Unpublishable as error:
            raise SourceError(*(_in_file(problem, file) for problem in error.problems)) from None


def _source(file: Path) -> Source:
    """The file as a lesson; with front matter it is one of a course, without it only a text. Raises SourceError."""
    try:
        # Newlines as they are: what a browser's text area sends must compile too.
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(Problem(f"This is not UTF-8: {error.reason}.", str(file))) from None
    if file.suffix not in FORMATS:
        raise SourceError(Problem("A lesson ends in .md or .mjml.", str(file)))
    if text.startswith("---"):
        lesson = parse_lesson(text, str(file))
        return _lesson(lesson, _pictures(file))
    body = text.replace("\r\n", "\n")
    alone = file.suffix == ".mjml" and bool(WHOLE.search(body))
    return Source(FORMATS[file.suffix], SUBJECT, PREVIEW, body, media=_pictures(file), alone=alone)


def _lesson(lesson: LessonSource, media: dict[str, str]) -> Source:
    asks = lesson.asks.done if lesson.asks else ""
    return Source(
        lesson.format,
        lesson.subject,
        lesson.preview,
        lesson.body,
        first_line=lesson.body_line,
        media=media,
        asks=asks,
    )


def _pictures(file: Path) -> dict[str, str]:
    """The pictures beside the file, at addresses such as they will have."""
    found = sorted(path for path in (file.parent / "images").glob("*") if path.is_file())
    return {f"images/{path.name}": f"https://example.org/media/{path.name}" for path in found}


def _in_file(problem: Problem, file: Path) -> Problem:
    return replace(problem, file=problem.file or str(file))

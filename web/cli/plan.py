"""`meantime course plan`: what applying a folder would change, and for how many readers. Nothing is written."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from course.consequences import Consequences, Effect, Example, consequences
from course.editions import Author, edition_source, find_draft, find_published, known_course, replace_draft
from course.folder import CourseSource, Differences, differences, read_folder
from course.models import Course
from course.publishing import count_finished
from web.cli.arguments import FOLDER
from web.cli.installation import installation
from web.cli.publication import asks_for_more


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help="The same for a program.")
@asks_for_more
def plan(folder: Path, as_json: bool, **more: Any) -> None:  # noqa: FBT001
    """Show what applying FOLDER would change, and for how many readers."""
    source = read_folder(folder)
    with installation() as here, here.database.reading() as session:
        course = known_course(session, source.slug)
        published = find_published(session, course) if course else None
        if course is None or published is None:
            _tell_of_new(source, as_json=as_json)
            return
        changed = differences(edition_source(published), source)
        lost = _only_in_draft(session, course, source)
        # Written in a transaction that only looks: it is rolled back when this block ends.
        draft = replace_draft(session, course, source, Author("plan", here.clock.now()))
        undo = timedelta(minutes=here.settings.undo_minutes)
        catch_up = frozenset(more["catch_up"])
        found = consequences(session, draft, here.clock.now(), undo=undo, catch_up=catch_up)
        finished = _Finished(
            count_finished(session, course.id), here.settings.finished_per_hour, asked=more["finished"]
        )
    if as_json:
        click.echo(_written(_as_json(changed, found) | finished.as_json() | {"overwrites_draft": lost}))
    else:
        click.echo("\n".join([*_changes(changed, lost=lost), "", *_effects(found), *finished.in_words(changed)]))


def _tell_of_new(source: CourseSource, *, as_json: bool) -> None:
    """Nobody is on a course that was never published."""
    if as_json:
        new = Differences(added=tuple(lesson.key for lesson in source.lessons))
        click.echo(_written(_as_json(new, Consequences())))
    else:
        click.echo(f"{source.slug} is new: {len(source.lessons)} lessons, and no readers yet.")


def _only_in_draft(session: Session, course: Course, source: CourseSource) -> bool:
    """Whether a draft holds what neither readers nor this folder have."""
    draft, published = find_draft(session, course), find_published(session, course)
    if draft is None or published is None:
        return False
    written = edition_source(draft)
    return bool(differences(written, source) and differences(written, edition_source(published)))


@dataclass(frozen=True)
class _Finished:
    """The readers who have finished, whom a new lesson reaches only if it is asked for."""

    readers: int
    an_hour: int
    asked: bool

    def as_json(self) -> dict[str, object]:
        return {"finished": {"readers": self.readers, "asked": self.asked, "per_hour": self.an_hour}}

    def in_words(self, changed: Differences) -> Iterator[str]:
        if not self.readers or not changed.added:
            return
        who = "1 reader has finished" if self.readers == 1 else f"{self.readers} readers have finished"
        if self.asked:
            rule = f"each at their own hour, at most {self.an_hour} of them in any hour, the others on the days after"
            yield f"{who} and {'gets' if self.readers == 1 else 'get'} what is new behind their last lesson: {rule}."
        else:
            yield f"{who} and {'gets' if self.readers == 1 else 'get'} nothing new; apply --finished would send it."


def _changes(changed: Differences, *, lost: bool) -> Iterator[str]:
    if not changed:
        yield "Nothing would change."
    for change in changed.course:
        yield f"course.yaml: {change.key}: {change.before} → {change.after}"
    for word, keys in (("new", changed.added), ("gone", changed.removed), ("moved", changed.moved)):
        yield from (f"{key}: {word}" for key in keys)
    yield from (f"{each.key}: renamed from {each.before} to {each.after}" for each in changed.renamed)
    for key, changes in changed.changed.items():
        yield f"{key}: {', '.join(change.key for change in changes)}"
    if lost:
        yield "There is a draft at the desk that says something else; applying would overwrite it."


def _effects(found: Consequences) -> Iterator[str]:
    yield f"Readers on their way: {found.readers}. Who would notice: {found.moved}. Nobody gets anything twice."
    for words, count in found.largest_groups():
        yield f"  {count} {'reader' if count == 1 else 'readers'}: {words}"
    yield from (f"    {_in_words(example)}" for example in found.examples)


def _in_words(example: Example) -> str:
    before = f"{example.before.local:%a %d %b %H:%M}" if example.before and example.before.local else "nothing"
    after = f"{example.after.local:%a %d %b %H:%M}" if example.after and example.after.local else "nothing"
    return f"{example.name or example.email}: {before} → {after}"


def _written(answer: dict[str, object]) -> str:
    return json.dumps(answer, indent=2, ensure_ascii=False)


def _as_json(changed: Differences, found: Consequences) -> dict[str, object]:
    return {
        "added": list(changed.added),
        "removed": list(changed.removed),
        "moved": list(changed.moved),
        "renamed": [each.key for each in changed.renamed],
        "changed": {key: [change.key for change in changes] for key, changes in changed.changed.items()},
        "course": [change.key for change in changed.course],
        "readers": found.readers,
        "effects": {effect.name.lower(): found.effects[effect] for effect in Effect},
        "groups": [{"readers": count, "what": words} for words, count in found.largest_groups()],
    }

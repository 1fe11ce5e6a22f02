"""The author's desk: every change is made to the draft edition; course.publishing makes it everybody's.

A form carries the number of saves it was made from. If somebody saved in the meantime, the second save is refused
with the text that stands now, so that nothing is lost on either side.
"""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from course.editions import Author, find_place, place_lesson, reposition, revise
from course.errors import Refused, Stale
from course.folder.parsing import parse_course, parse_lesson
from course.folder.splicing import set_keys
from course.models import Edition, EditionLesson, EditionState, Revision

NUMBERED = re.compile(r"(\d+)-(.+)")


def save_lesson_source(session: Session, place: EditionLesson, text: str, saves: int, author: Author) -> None:
    """Replace a lesson's whole file. Raises Stale and SourceError, and Refused for another id."""
    _check_saves(session, place.edition, saves, place)
    if parse_lesson(text, place.file_name).key != place.lesson.key:
        raise Refused({"id": "A lesson keeps its id: readers' progress hangs on it."})
    revise(session, place, text, author)
    place.edition.saves += 1


def save_course_source(session: Session, edition: Edition, text: str, saves: int) -> None:
    """Replace course.yaml. Raises Stale and SourceError, and Refused for another slug."""
    _check_saves(session, edition, saves, edition)
    if parse_course(text).slug != edition.course.slug:
        raise Refused({"slug": "A course keeps its slug: links in sent mails point at it."})
    edition.source, edition.saves = text, edition.saves + 1


def add_lesson(session: Session, edition: Edition, key: str, subject: str, author: Author) -> EditionLesson:
    """A new lesson at the end, as a draft. Raises Refused for an id that is taken, SourceError for a bad one."""
    if any(place.lesson.key == key for place in edition.lessons):
        raise Refused({"id": f"There is a lesson {key} already."})
    _lock_draft(session, edition)
    text = set_keys("---\nid: x\nsubject: x\nstatus: draft\nwait: 1 day\n---\n\n", {"id": key, "subject": subject})
    name = ordered_names([*(place.file_name for place in edition.lessons), f"99-{key}.md"])[-1]
    source = parse_lesson(text, name)
    edition.saves += 1
    place = place_lesson(session, edition, source, author)
    place.position = len(edition.lessons)
    edition.lessons.append(place)
    session.flush()
    return place


def remove_lesson(session: Session, edition: Edition, key: str, saves: int) -> None:
    """Take a lesson out of the draft; readers who wait for it will move on to the one after it."""
    _check_saves(session, edition, saves)
    edition.lessons.remove(find_place(edition, key))
    edition.saves += 1
    reposition(session, edition, list(edition.lessons))


def move_lesson(session: Session, edition: Edition, key: str, step: int, saves: int) -> None:
    """Move a lesson one place up (-1) or down (+1); at the ends nothing happens."""
    _check_saves(session, edition, saves)
    places = list(edition.lessons)
    place = find_place(edition, key)
    here = places.index(place)
    there = min(max(here + step, 0), len(places) - 1)
    places.insert(there, places.pop(here))
    edition.saves += 1
    for each, name in zip(places, ordered_names([each.file_name for each in places]), strict=True):
        each.file_name = name
    reposition(session, edition, places)


def ordered_names(names: list[str]) -> list[str]:
    """File names that sort in the order given: the numbers in front are dealt out anew, the rest stays."""
    parts = [NUMBERED.fullmatch(name) for name in names]
    numbers = [part[1] for part in parts if part]
    sortable = len(set(numbers)) == len(names) and "99" not in numbers and sorted(numbers) == sorted(numbers, key=int)
    dealt = sorted(numbers) if sortable else [f"{n:02d}" for n in range(1, len(names) + 1)]
    return [f"{n}-{part[2] if part else name}" for n, part, name in zip(dealt, parts, names, strict=True)]


def _check_saves(
    session: Session, edition: Edition, saves: int, written: Edition | EditionLesson | None = None
) -> None:
    """Nobody else saved since; the row is locked, so two at once cannot both pass. Who passes counts its save.

    `written` is what the form would overwrite: Stale shows the text of it that stands now."""
    try:
        _lock_draft(session, edition)
        if edition.saves != saves:
            raise Stale("Somebody saved this course in the meantime.")
    except Stale as stale:
        raise Stale(str(stale), _text_now(session, written)) from None


def _lock_draft(session: Session, edition: Edition) -> None:
    session.flush()
    session.refresh(edition, ["saves", "state"], with_for_update={"key_share": True})
    if edition.state is not EditionState.DRAFT:
        raise Stale("This draft has been published in the meantime; open a new one.")


def _text_now(session: Session, written: Edition | EditionLesson | None) -> str:
    """The text as it is committed, not as this transaction read it before it had to wait; "" when it is gone."""
    if isinstance(written, Edition):
        return session.scalars(select(Edition.source).where(Edition.id == written.id)).first() or ""
    place_id = written.id if written else None
    text = select(Revision.source).join(EditionLesson).where(EditionLesson.id == place_id)
    return session.scalars(text).first() or ""

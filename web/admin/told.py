"""The differences between two editions, told to a person: lesson by lesson, in the order of the new one."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from typing import Literal

from course.folder.differences import TEXT, Change, Differences, differences
from course.folder.source import CourseSource, LessonSource

CONTEXT = 1
NAMES = {
    "subject": "Subject",
    "preview": "Preview line",
    "wait": "Wait",
    "status": "Status",
    "hour": "Hour",
    "useless_after": "Useless after",
    "title": "Title",
    "summary": "Summary",
    "language": "Language",
    "theme": "Theme",
    "ends": "Ends",
    "sender.name": "Sender",
    "sender.email": "Sender’s address",
    "sender.reply_to": "Replies go to",
    "schedule.hour": "Hour",
    "schedule.timezone": "Time zone",
    "schedule.weekdays": "Open days",
    "schedule.skip": "Skipped days",
    "schedule.quiet": "Quiet hours",
    "schedule.gap": "Gap between lessons",
    "schedule.cap": "Lessons a day",
    "reader_may": "Readers may change",
}


@dataclass(frozen=True)
class Line:
    """One line of a changed text."""

    kind: Literal["gone", "new", "same", "apart"]
    text: str


@dataclass(frozen=True)
class Fact:
    """One key before and after, by the name that the desk gives it."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class LessonTold:
    """What happens to one lesson: `what` in a word, its changed keys, the lines of its text, and how much of it."""

    key: str
    subject: str
    what: Literal["new", "removed", "moved", "changed"]
    facts: tuple[Fact, ...] = ()
    lines: tuple[Line, ...] = ()
    moved: bool = False
    draft: bool = False


@dataclass(frozen=True)
class Told:
    """Everything that differs."""

    course: tuple[Fact, ...]
    lessons: tuple[LessonTold, ...]
    pictures: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.course or self.lessons or self.pictures)


def told(before: CourseSource | None, after: CourseSource) -> Told:
    """What leads from one edition to the other; from nothing, everything is new."""
    if before is None:
        lessons = tuple(LessonTold(each.key, each.subject, "new", draft=_is_draft(each)) for each in after.lessons)
        return Told((), lessons, tuple(f"new: {each.path}" for each in after.media))
    found = differences(before, after)
    old = {lesson.key: lesson for lesson in before.lessons}
    gone = tuple(LessonTold(key, old[key].subject, "removed") for key in found.removed)
    stays = (_lesson(each, found) for each in after.lessons)
    pictures = (
        *(f"new: {path}" for path in found.media_added),
        *(f"gone: {path}" for path in found.media_removed),
        *(f"another: {path}" for path in found.media_changed),
    )
    return Told(_facts(found.course), (*filter(None, stays), *gone), pictures)


def could_catch_up(before: CourseSource, after: CourseSource) -> tuple[LessonSource, ...]:
    """Lessons that would be behind some readers: published only now, in front of one that was published before."""
    known = {each.key for each in before.lessons if not _is_draft(each)}
    published = [each for each in after.lessons if not _is_draft(each)]
    return tuple(
        each
        for place, each in enumerate(published)
        if each.key not in known and any(later.key in known for later in published[place:])
    )


def news_at_the_end(before: CourseSource, after: CourseSource) -> tuple[LessonSource, ...]:
    """Lessons that would be new to those who have had everything: published only now, behind all that was before."""
    known = {each.key for each in before.lessons if not _is_draft(each)}
    inserted = could_catch_up(before, after)
    published = (each for each in after.lessons if not _is_draft(each))
    return tuple(each for each in published if each.key not in known and each not in inserted)


def _lesson(after: LessonSource, found: Differences) -> LessonTold | None:
    changes, moved = found.changed.get(after.key, ()), after.key in found.moved
    if after.key in found.added:
        return LessonTold(after.key, after.subject, "new", draft=_is_draft(after))
    if not changes and not moved:
        return None
    text = next((change for change in changes if change.key == TEXT), None)
    return LessonTold(
        key=after.key,
        subject=after.subject,
        what="changed" if changes else "moved",
        facts=_facts(change for change in changes if change.key != TEXT),
        lines=tuple(lines(text.before, text.after)) if text else (),
        moved=moved,
        draft=_is_draft(after),
    )


def _facts(changes: Iterator[Change] | tuple[Change, ...]) -> tuple[Fact, ...]:
    return tuple(Fact(NAMES.get(change.key, change.key), change.before, change.after) for change in changes)


def lines(before: str, after: str) -> Iterator[Line]:
    """The changed lines of a text with a line around them."""
    found = list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=CONTEXT))
    for number, line in enumerate(found[2:]):
        if line.startswith("@@"):
            if number:
                yield Line("apart", "")
        else:
            kinds: dict[str, Literal["gone", "new", "same"]] = {"-": "gone", "+": "new"}
            yield Line(kinds.get(line[0], "same"), line[1:])


def _is_draft(lesson: LessonSource) -> bool:
    return lesson.status == "draft"

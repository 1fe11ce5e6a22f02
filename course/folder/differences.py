"""What differs between two states of a course's files, in the words of its keys."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from course.folder.frontmatter import any_sheet
from course.folder.source import CourseSource, LessonSource
from course.folder.splicing import plain

TEXT = "text"


@dataclass(frozen=True)
class Change:
    """One key before and after; "" where it was or is absent. `TEXT` stands for a lesson's body."""

    key: str
    before: str
    after: str


@dataclass(frozen=True)
class Renamed:
    """A lesson whose file has another name now; its id is the same."""

    key: str
    before: str
    after: str


@dataclass(frozen=True)
class Differences:
    """All lessons are named by id, pictures by path. `moved` is the fewest lessons whose move explains the order."""

    course: tuple[Change, ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    moved: tuple[str, ...] = ()
    changed: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)
    media_added: tuple[str, ...] = ()
    media_removed: tuple[str, ...] = ()
    media_changed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything differs that a reader or an author could notice; comments and quotes do not count."""
        return self != Differences()


def differences(before: CourseSource, after: CourseSource) -> Differences:
    """What leads from one state to the other."""
    old = {lesson.key: lesson for lesson in before.lessons}
    new = {lesson.key: lesson for lesson in after.lessons}
    both = [key for key in new if key in old]
    changes = {key: tuple(_lesson_changes(old[key], new[key])) for key in both}
    pictures = {picture.path: picture.data for picture in before.media}
    now = {picture.path: picture.data for picture in after.media}
    return Differences(
        course=tuple(_key_changes(before.source, after.source)),
        added=tuple(key for key in new if key not in old),
        removed=tuple(key for key in old if key not in new),
        renamed=tuple(
            Renamed(key, old[key].file_name, new[key].file_name)
            for key in both
            if old[key].file_name != new[key].file_name
        ),
        moved=_moved([key for key in old if key in new], both),
        changed={key: found for key, found in changes.items() if found},
        media_added=tuple(path for path in now if path not in pictures),
        media_removed=tuple(path for path in pictures if path not in now),
        media_changed=tuple(path for path in now if path in pictures and now[path] != pictures[path]),
    )


def _lesson_changes(before: LessonSource, after: LessonSource) -> Iterator[Change]:
    yield from _key_changes(before.source, after.source)
    if before.format != after.format:
        yield Change("format", before.format, after.format)
    if before.body != after.body:
        yield Change(TEXT, before.body, after.body)


def _key_changes(before: str, after: str) -> Iterator[Change]:
    old, new = _flat(plain(any_sheet(before, "").root)), _flat(plain(any_sheet(after, "").root))
    for key in dict.fromkeys([*old, *new]):
        if old.get(key, "") != new.get(key, ""):
            yield Change(key, old.get(key, ""), new.get(key, ""))


def _flat(keys: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    """Keys with dots and values as one text: {"schedule.weekdays": "mon, tue"}."""
    flat: dict[str, str] = {}
    for key, value in keys.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return flat


def _moved(before: list[str], after: list[str]) -> tuple[str, ...]:
    """The keys outside the longest run that keeps its order: the fewest that had to move."""
    place = {key: index for index, key in enumerate(before)}
    longest: dict[str, tuple[str, ...]] = {}
    for key in after:
        runs = [run for last, run in longest.items() if place[last] < place[key]]
        longest[key] = (*max(runs, key=len, default=()), key)
    stays = max(longest.values(), key=len, default=())
    return tuple(key for key in after if key not in stays)

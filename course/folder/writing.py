"""Writing a course's folder: the kept texts, byte for byte, and never over what is somebody else's."""

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from course.errors import Problem, SourceError
from course.folder.frontmatter import lesson_sheet
from course.folder.parsing import COURSE_FILE, LESSON_ENDINGS, PICTURES, parse_course
from course.folder.source import CourseSource

_FILE_NAME = re.compile(r"[^./\\\x00-\x1f][^/\\\x00-\x1f]{0,199}")


def write_folder(source: CourseSource, path: Path, *, replace: bool = False) -> tuple[str, ...]:
    """Write every file of a course; returns the lesson files already there that the course does not have.

    A folder that is not empty is refused, unless `replace` is given and it holds this very course (by its
    slug). A lesson whose file has another name now is renamed; nothing else is deleted. Raises SourceError.
    """
    files = dict(_files(source))
    for name in files:
        _check_name(name)
    present = _present_lessons(source, path, replace=replace)
    kept = {lesson.key for lesson in source.lessons}
    for name, data in files.items():
        _put(path / name, data)
    strangers = {name: key for name, key in present.items() if name not in files}
    for name in [name for name, key in strangers.items() if key in kept]:
        (path / name).unlink()
    return tuple(sorted(name for name, key in strangers.items() if key not in kept))


def _files(source: CourseSource) -> Iterator[tuple[str, bytes]]:
    yield COURSE_FILE, source.source.encode("utf-8")
    for lesson in source.lessons:
        yield lesson.file_name, lesson.source.encode("utf-8")
    for picture in source.media:
        yield picture.path, picture.data


def _check_name(name: str) -> None:
    parts = PurePosixPath(name).parts
    belongs = parts[0] == PICTURES if len(parts) > 1 else name == COURSE_FILE or name.endswith(LESSON_ENDINGS)
    if not belongs or not all(_FILE_NAME.fullmatch(part) for part in parts):
        raise SourceError(Problem(f"`{name}` is no name for a file of a course."))


def _present_lessons(source: CourseSource, path: Path, *, replace: bool) -> dict[str, str]:
    """The lesson files of an earlier export, with their ids; raises SourceError where we may not write."""
    if not path.exists() or (path.is_dir() and not any(path.iterdir())):
        return {}
    if not path.is_dir():
        raise SourceError(Problem(f"{path} is no folder."))
    if not replace:
        hint = "choose a new folder, or write over an earlier export of this course with --replace"
        raise SourceError(Problem(f"{path} is not empty.", hint=hint))
    slug = _slug(path / COURSE_FILE)
    if slug != source.slug:
        raise SourceError(Problem(f"{path} holds {slug or 'no course'}, not {source.slug}."))
    if (path / PICTURES).is_symlink():
        raise SourceError(Problem("This is a link; we write no pictures through it.", file=PICTURES))
    lessons = [file for file in path.iterdir() if file.suffix in LESSON_ENDINGS and file.is_file()]
    return {file.name: key for file in lessons if (key := _id(file))}


def _slug(file: Path) -> str | None:
    try:
        return parse_course(file.read_bytes().decode("utf-8")).slug
    except (OSError, UnicodeDecodeError, SourceError):
        return None


def _id(file: Path) -> str | None:
    try:
        root = lesson_sheet(file.read_bytes().decode("utf-8"), file.name).root
    except (OSError, UnicodeDecodeError, SourceError):
        return None
    return next((value.value for key, value in root.value if key.value == "id"), None)


def _put(file: Path, data: bytes) -> None:
    """Replace a file in one step; a link that stands in its place is replaced, not followed."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.is_file() and not file.is_symlink() and file.read_bytes() == data:
        return
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=".meantime-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise

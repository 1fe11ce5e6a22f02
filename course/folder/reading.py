"""Reading a course's folder, with every problem in it at its file, line and column.

    breathing-room/
      course.yaml          the course's keys
      01-make-room.md      lessons in the order of their names, .md or .mjml
      images/…             pictures

README and LICENSE files and hidden ones are passed over; anything else is passed over with a warning.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from course.errors import Problem, SourceError
from course.folder.coherence import disagreements
from course.folder.frontmatter import line_and_column
from course.folder.parsing import COURSE_FILE, LESSON_ENDINGS, MAX_LESSON_BYTES, PICTURES, parse_course, parse_lesson
from course.folder.pictures import MAX_PICTURE_BYTES, picture_type
from course.folder.source import CourseSource, LessonSource, Media
from course.folder.spelling import Wrong

MAX_FILES = 1000

_NOT_OURS = re.compile(r"\.|(readme|licen[cs]e|changelog)\b|.*~$", re.IGNORECASE)


def read_folder(path: Path) -> CourseSource:
    """A course from a folder; raises SourceError with everything that is wrong in it. Warnings are not raised."""
    source, problems = inspect_folder(path)
    errors = [problem for problem in problems if problem.severity == "error"]
    if source is None or errors:
        raise SourceError(*errors)
    return source


def inspect_folder(path: Path) -> tuple[CourseSource | None, tuple[Problem, ...]]:
    """What can be read of a folder, with all its errors and warnings; None without a readable course.yaml."""
    reading = _Reading(path)
    course = reading.course()
    lessons = tuple(reading.lessons())
    media = tuple(reading.media())
    reading.problems.extend(disagreements(course, lessons, media))
    if course is not None:
        course = replace(course, lessons=lessons, media=media)
    return course, tuple(reading.problems)


@dataclass
class _Reading:
    """One pass over a folder; problems gather in the order in which files are read."""

    root: Path
    problems: list[Problem] = field(default_factory=list)

    def course(self) -> CourseSource | None:
        if not (self.root / COURSE_FILE).exists():
            hint = "rename course.yml" if (self.root / "course.yml").exists() else None
            where = str(self.root) if self.root.is_dir() else f"{self.root}, which is no folder"
            self._note(Problem(f"There is no {COURSE_FILE} in {where}.", file=COURSE_FILE, hint=hint))
            return None
        text = self._text(self.root / COURSE_FILE)
        try:
            return None if text is None else parse_course(text, COURSE_FILE)
        except SourceError as error:
            self.problems.extend(error.problems)
            return None

    def lessons(self) -> Iterator[LessonSource]:
        for file in self._files(self.root):
            if file.name in (COURSE_FILE, PICTURES) or _NOT_OURS.match(file.name):
                continue
            if file.suffix not in LESSON_ENDINGS or file.is_dir():
                self._note(
                    Problem(
                        "This is passed over.", file=file.name, hint="lessons end in .md or .mjml", severity="warning"
                    )
                )
                continue
            text = self._text(file)
            try:
                if text is not None:
                    yield parse_lesson(text, file.name)
            except SourceError as error:
                self.problems.extend(error.problems)

    def media(self) -> Iterator[Media]:
        folder = self.root / PICTURES
        for file in self._files(folder, deep=True):
            name = file.relative_to(self.root).as_posix()
            if file.is_dir() or _NOT_OURS.match(file.name):
                continue
            data = self._bytes(file, MAX_PICTURE_BYTES)
            try:
                if data is not None:
                    yield Media(name, data, picture_type(name, data))
            except Wrong as error:
                self._note(Problem(str(error), file=name, hint=error.hint))

    def _files(self, folder: Path, *, deep: bool = False) -> list[Path]:
        if not folder.is_dir():
            return []
        if not self._is_inside(folder):
            self._note(Problem("This link leads out of the folder.", file=folder.name))
            return []
        found = sorted(islice(folder.rglob("*") if deep else folder.iterdir(), MAX_FILES + 1))
        if len(found) > MAX_FILES:
            self._note(Problem(f"There are more than {MAX_FILES} files in {folder.name}.", file=folder.name))
        return found[:MAX_FILES]

    def _text(self, file: Path) -> str | None:
        data = self._bytes(file, MAX_LESSON_BYTES)
        try:
            return None if data is None else data.decode("utf-8")
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode("utf-8")
            line, column = line_and_column(before, len(before))
            self._note(Problem("This is no UTF-8 text.", file.name, line, column, "save it as UTF-8"))
            return None

    def _bytes(self, file: Path, most: int) -> bytes | None:
        name = file.relative_to(self.root).as_posix()
        if not self._is_inside(file):
            self._note(Problem("This link leads out of the folder.", file=name))
        elif not file.is_file():
            self._note(Problem("This is no ordinary file.", file=name))
        elif (size := file.stat().st_size) > most:
            self._note(Problem(f"This has {size // 1024} KiB; {most // 1024} KiB are the most.", file=name))
        else:
            return self._read(file)
        return None

    def _read(self, file: Path) -> bytes | None:
        try:
            return file.read_bytes()
        except OSError as error:
            self._note(Problem(f"This cannot be read: {error.strerror}.", file=file.relative_to(self.root).as_posix()))
            return None

    def _is_inside(self, file: Path) -> bool:
        try:
            return file.resolve().is_relative_to(self.root.resolve())
        except (OSError, RuntimeError):
            # Links that lead in a circle: RuntimeError before Python 3.13.
            return False

    def _note(self, problem: Problem) -> None:
        self.problems.append(problem)

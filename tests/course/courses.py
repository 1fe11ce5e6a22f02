"""A small course in a folder, for tests to break."""

from pathlib import Path

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16

COURSE = """\
slug: small
title: A small course
sender: {name: Robin, email: robin@example.org}
schedule:
  hour: "09:00"
  timezone: Europe/Berlin
"""

FIRST = "---\nid: first\nsubject: The first\nwait: immediately\n---\nHello.\n"
SECOND = "---\nid: second\nsubject: The second\nwait: 2 days\n---\nSee ![a dot](images/dot.png)\n"


def lesson(*lines: str, body: str = "Text.\n") -> str:
    """A lesson whose front matter is what it needs and these lines, which begin on line 5."""
    return "\n".join(["---", "id: one", "subject: One", "wait: 1 day", *lines, "---", body])


def small_course(path: Path) -> Path:
    """Write the course to a folder and return it."""
    (path / "images").mkdir(parents=True)
    (path / "course.yaml").write_bytes(COURSE.encode())
    (path / "01-first.md").write_bytes(FIRST.encode())
    (path / "02-second.md").write_bytes(SECOND.encode())
    (path / "images" / "dot.png").write_bytes(PNG)
    return path


def tree(path: Path) -> dict[str, bytes]:
    """Every file of a folder with its bytes."""
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*") if file.is_file()}

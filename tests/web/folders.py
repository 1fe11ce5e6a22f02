"""Course folders for the tests of commands, and the command itself in an installation of the test's own."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from web.cli.main import main

COURSE = """\
slug: tea
title: Tea
summary: How to make it.
sender: {name: Ana, email: ana@example.org}
schedule: {hour: "09:00", timezone: America/New_York, quiet: none}
"""


def lesson(key: str, wait: str = "1 day", body: str = "Dear reader,\n\nboil the water first.", **keys: str) -> str:
    """A lesson's file; `keys` are further lines of its front matter."""
    lines = {"id": key, "subject": f"About {key}", "preview": f"What {key} is for, in the morning."}
    front = lines | {"status": "published", "wait": wait} | keys
    return "---\n" + "".join(f"{name}: {value}\n" for name, value in front.items()) + f"---\n\n{body}\n"


def write(folder: Path, course: str = COURSE, **lessons: str) -> Path:
    """A folder with a course.yaml and `key="wait"` lessons in this order, or whole files where they begin with ---."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.md"):
        old.unlink()
    (folder / "course.yaml").write_text(course)
    for number, (key, text) in enumerate(lessons.items(), 1):
        whole = text if text.startswith("---") else lesson(key, text)
        (folder / f"{number:02d}-{key}.md").write_text(whole)
    return folder


class Command:
    """`meantime` in a folder and on a database of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, database_url: str) -> None:
        for name in [name for name in os.environ if name.startswith("MEANTIME_") and "TEST" not in name]:
            monkeypatch.delenv(name)
        monkeypatch.chdir(folder)
        monkeypatch.setenv("MEANTIME_DATABASE_URL", database_url.replace("postgresql+psycopg", "postgresql"))
        monkeypatch.setenv("MEANTIME_STATE_DIR", str(folder / "var"))
        (folder / "var").mkdir()

    def run(self, *words: object) -> Result:
        """What the command says and how it ends."""
        return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)

    def says(self, *words: object) -> str:
        """What it says on its standard output; it must end well."""
        done = self.run(*words)
        assert done.exit_code == 0, done.output
        return done.stdout

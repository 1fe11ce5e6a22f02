"""`meantime course check`, `plan`, `apply`, `export`: a course that a person keeps as files."""

import json
from pathlib import Path

import pytest

from tests.web.folders import COURSE, Command, lesson, write

LONG = "word " * 30_000


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_url: str) -> Command:
    return Command(monkeypatch, tmp_path, database_url)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("lessons", "says"),
    [
        ({"a": lesson("a", body="See [b](02-b.md).")}, ": `02-b.md` is no full address."),
        ({"a": lesson("a", body="See [b](#b).")}, "02-a.md:9:9: Nothing in this letter is called #b."),
        ({"a": lesson("a", body="{{ reader.nmae }}")}, "02-a.md:9:1: There is no value `reader.nmae`."),
        ({"a": lesson("a", body=LONG)}, "KiB; Gmail cuts off what is longer than 100."),
        ({"a": lesson("a", body="")}, "02-a.md:8:1: There is no text here."),
        ({"a": "2 fortnights"}, '02-a.md:6:7: "2 fortnights" is not a wait'),
        ({"a": "0 days", "b": lesson("a")}, "03-b.md:2:5: `a` is the id of 02-a.md too."),
        ({"a": lesson("a", colour="red")}, "02-a.md:7:1: `colour` is no key here."),
        ({"a": lesson("a", subject='"never closed')}, "02-a.md:3:"),
    ],
)
def test_check_says_file_line_and_reason_and_apply_changes_nothing(command: Command, tmp_path: Path, lessons, says):
    folder = write(tmp_path / "tea", kettle="0 days")
    command.says("course", "apply", folder)
    write(folder, kettle="0 days", **lessons)
    checked = command.run("course", "check", folder)
    assert (checked.exit_code, says in checked.output) == (1, True), checked.output
    assert command.run("course", "apply", folder).exit_code == 1
    command.says("course", "export", "tea", tmp_path / "out")
    assert sorted(bytes_of(tmp_path / "out")) == ["01-kettle.md", "course.yaml"]


def test_check_tells_what_can_never_happen_and_what_has_passed(command: Command, tmp_path: Path):
    closed = "skip: [2026-01-01..2026-12-31, 2027-01-01..2027-12-31, 2028-01-01..2028-12-31]"
    never = write(tmp_path / "never", COURSE.replace("quiet: none", f"quiet: none, {closed}"), a="0 days")
    done = command.run("course", "check", never)
    assert (done.exit_code, "Nobody would ever get this lesson" in done.output) == (1, True)
    folder = write(tmp_path / "tea", a="on 2020-01-01", b="on 2199-06-01", c="on 2199-05-01")
    told = command.says("course", "check", folder)
    assert "01-a.md:6:1: 2020-01-01 has passed, so it counts as the next open day." in told
    assert "03-c.md:6:1: 2199-05-01 is not after 2199-06-01, when b comes, so it counts as the next open day." in told


def test_an_applied_folder_is_exported_byte_for_byte(command: Command, tmp_path: Path):
    folder = write(
        tmp_path / "tea", kettle=lesson("kettle", '"0 days" # a remark'), leaves=lesson("leaves", hour="18:00")
    )
    windows = (folder / "02-leaves.md").read_text().replace("\n", "\r\n")
    (folder / "02-leaves.md").write_bytes(windows.encode())
    (folder / "images").mkdir()
    (folder / "images/dot.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(20))
    command.says("course", "apply", folder)
    command.says("course", "export", "tea", tmp_path / "out")
    assert bytes_of(tmp_path / "out") == bytes_of(folder)
    assert "Nothing would change." in command.says("course", "plan", folder)


def test_a_renamed_file_with_the_same_id_is_a_rename(command: Command, tmp_path: Path):
    folder = write(tmp_path / "tea", kettle="0 days", leaves="1 day")
    command.says("course", "apply", folder)
    (folder / "02-leaves.md").rename(folder / "05-the-leaves.md")
    told = command.says("course", "plan", folder)
    assert "leaves: renamed from 02-leaves.md to 05-the-leaves.md" in told
    assert "gone" not in told
    assert "new" not in told
    command.says("course", "apply", folder)
    command.says("course", "export", "tea", tmp_path / "out")
    assert bytes_of(tmp_path / "out") == bytes_of(folder)


def test_a_missing_lesson_is_asked_about_and_never_deleted_silently(command: Command, tmp_path: Path):
    folder = write(tmp_path / "tea", kettle="0 days", leaves="1 day")
    command.says("course", "apply", folder)
    (folder / "02-leaves.md").unlink()
    assert "leaves: gone" in command.says("course", "plan", folder)
    done = command.run("course", "apply", folder)
    assert (done.exit_code, "add --remove leaves" in done.output) == (1, True)
    assert "edition 2 is published" in command.says("course", "apply", folder, "--remove", "leaves")


def test_a_lesson_that_only_the_draft_lacks_is_asked_about_too(command: Command, tmp_path: Path):
    folder = write(tmp_path / "tea", kettle="0 days", leaves="1 day")
    command.says("course", "apply", folder)
    (folder / "02-leaves.md").unlink()
    command.says("course", "apply", folder, "--remove", "leaves")
    command.says("course", "undo", "tea")  # what was taken back stays as a draft
    assert "leaves: gone" in command.says("course", "plan", folder)
    assert "add --remove leaves" in command.run("course", "apply", folder).output
    command.says("course", "export", "tea", tmp_path / "out", "--published")
    assert "02-leaves.md" in bytes_of(tmp_path / "out")


def test_plan_compares_with_what_readers_are_on_and_tells_of_a_draft_that_would_be_lost(
    command: Command, tmp_path: Path
):
    folder = write(tmp_path / "tea", kettle="0 days")
    new = json.loads(command.says("course", "plan", folder, "--json"))
    assert (new["added"], new["readers"]) == (["kettle"], 0)
    command.says("course", "apply", folder)
    command.says("course", "apply", write(folder, kettle="0 days", leaves="1 day"), "--draft")
    assert "leaves: new" in command.says("course", "plan", folder)
    other = command.says("course", "plan", write(folder, kettle="2 days"))
    assert "kettle: wait" in other and "would overwrite it" in other
    assert json.loads(command.says("course", "plan", folder, "--json"))["overwrites_draft"] is True
    assert "add --remove leaves" in command.run("course", "apply", folder).output


@pytest.mark.parametrize("broken", ["course.yaml", "01-kettle.md"])
def test_bad_yaml_is_named_with_its_place_and_nothing_is_changed(command: Command, tmp_path: Path, broken: str):
    folder = write(tmp_path / "tea", kettle="0 days")
    command.says("course", "apply", folder)
    text = (folder / broken).read_text()
    (folder / broken).write_text(text.replace("\n", "\n  : [\n", 2))
    for word in ("check", "plan", "apply"):
        done = command.run("course", word, folder)
        assert (done.exit_code, f"{broken}:" in done.output) == (1, True), done.output
    (folder / broken).write_text(text)
    assert "Nothing would change." in command.says("course", "plan", folder)

"""README.md's commands, run as they stand there, and the addresses that it names."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.readme import README, ROOT, lines, words
from web.demo.house import House


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_commands_work_and_what_is_exported_is_what_was_applied(make_house: Callable[..., House]):
    house = make_house()
    assert house.command("init").returncode == 0
    # The words of README are said in a folder that has what a checkout has.
    (house.folder / ".venv").symlink_to(sys.prefix)
    (house.folder / "course").symlink_to(ROOT / "course")
    ran = []
    for line in lines("meantime"):
        done = subprocess.run(words(line), cwd=house.folder, env=house.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
        ran.append(words(line)[2])
    assert ran == ["check", "apply", "export"]
    assert files(house.folder / words(lines("meantime")[-1])[-1]) == files(ROOT / "course/samples/breathing-room")


def test_what_is_watched_from_outside_answers(house: House):
    addresses = set(re.findall(r"`(/(?:health|metrics)[\w/]*)`", README))
    assert addresses == {"/health/live", "/health/ready", "/metrics"}
    assert {house.browser().open(address).status for address in addresses} == {200}

"""The Dockerfile, as far as it can be tried without an engine: its files exist, and its wheel is whole."""

import json
import re
import subprocess
import sys
import zipfile
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
FINAL_STAGE = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
PACKAGES = ("course", "emails", "worker", "web")


def copied() -> list[str]:
    """What is taken from this folder into the image."""
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    return [name for line in lines for name in line.split()]


def tracked(*folders: str) -> list[str]:
    """The files of these folders that belong to the project."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *folders]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [name for name in names if (ROOT / name).is_file()]


def test_every_copied_file_is_there_and_let_through():
    let_through = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    assert set(copied()) == set(let_through)
    assert [name for name in copied() if not (ROOT / name).exists()] == []


def test_no_secret_and_no_cache_can_get_into_it():
    assert not any(fnmatch(secret, name) for secret in (".env", "var", ".git", ".venv") for name in copied())
    assert "*" in (ROOT / ".dockerignore").read_text().splitlines()


def test_it_runs_as_nobody_special_with_nothing_that_builds():
    assert re.search(r"^USER meantime$", FINAL_STAGE, re.MULTILINE)
    assert not re.search(r"\b(apt-get|pip|uv|gcc|COPY (?!--from))", FINAL_STAGE)


def test_every_package_is_checked_against_its_hash():
    installs = [line for line in DOCKERFILE.splitlines() if "install" in line and "-r " in line]
    assert len(installs) == 2
    assert all("--require-hashes" in line for line in installs)


def test_its_health_check_asks_where_the_web_listens():
    (url,) = re.findall(r"http://127\.0\.0\.1:(\d+)(/[\w/]+)", FINAL_STAGE)
    (command,) = re.findall(r"^CMD (\[.+\])$", FINAL_STAGE, re.MULTILINE)
    assert f"--bind=0.0.0.0:{url[0]}" in json.loads(command)
    assert any(f'"{url[1]}"' in path.read_text() for path in (ROOT / "web").rglob("*.py"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in the wheel, built from a copy as the Dockerfile builds it."""
    folder = tmp_path_factory.mktemp("build")
    for name in [*tracked(*PACKAGES), "pyproject.toml", "README.md", "LICENSE"]:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
    uv = Path(sys.executable).with_name("uv")
    options = ["--offline", "--wheel", "--no-build-isolation", "--python", sys.executable, "--out-dir", folder / "dist"]
    subprocess.run([uv, "build", "--quiet", *options, folder], check=True, capture_output=True)
    return set(zipfile.ZipFile(next((folder / "dist").glob("*.whl"))).namelist())


def test_the_wheel_carries_every_template_theme_migration_and_sample(wheel: set[str]):
    files = tracked(*PACKAGES)
    assert any(name.endswith(".html") for name in files)
    assert [name for name in files if name not in wheel] == []


def test_the_wheel_carries_nothing_else(wheel: set[str]):
    assert [
        name for name in wheel if not name.startswith((*(f"{package}/" for package in PACKAGES), "meantime-"))
    ] == []

"""What our documents say exists: settings, make targets, files, packages."""

import re
import tomllib
from pathlib import Path

import pytest

from course.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(ROOT.glob("*.md"))
EXAMPLE = (ROOT / ".env.example").read_text()


def documented() -> dict[str, str]:
    """The variables of .env.example with the value beside each."""
    return dict(re.findall(r"^#?([A-Z][A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))


def test_every_setting_is_explained_and_every_explained_setting_exists():
    variables = {name for name in documented() if name.startswith(PREFIX)}
    assert variables == {PREFIX + field.upper() for field in Settings.model_fields}


def test_every_setting_has_a_sentence_above_it():
    blocks = re.split(r"\n\s*\n", EXAMPLE)
    bare = [block for block in blocks if re.search(r"^#?[A-Z_]+=", block, re.MULTILINE) and not block.startswith("# ")]
    assert bare == []


def test_the_defaults_in_the_example_are_the_real_ones():
    defaults = {PREFIX + name.upper(): field.default for name, field in Settings.model_fields.items()}
    told = {name: value for name, value in documented().items() if defaults.get(name) not in ("", (), None)}
    assert told == {name: str(default) for name, default in defaults.items() if default not in ("", ())}


def test_the_example_is_accepted_as_it_stands():
    values = {name.removeprefix(PREFIX).lower(): value for name, value in documented().items() if PREFIX in name}
    assert Settings(**values).mail_domain == "bounces.example.org"  # type: ignore[arg-type]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_and_every_linked_file_exists(document: Path):
    text = document.read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)) <= targets
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text)
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_in_the_running_text_exists(document: Path):
    paths = re.findall(r"`((?:course|emails|worker|web|tests|scripts)/[\w./-]*)`", document.read_text())
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_program_of_a_command_in_the_documents_is_installed():
    blocks = [block for path in DOCUMENTS for block in re.findall(r"^```\w*\n(.*?)^```", path.read_text(), re.S | re.M)]
    used = {line.split()[0] for block in blocks for line in block.splitlines() if line.startswith(".venv/bin/")}
    assert used
    assert [program for program in sorted(used) if not (ROOT / program).exists()] == []


def test_what_is_tested_is_what_is_run():
    locks = {name: locked(name) for name in ("requirements.lock", "requirements-dev.lock")}
    assert locks["requirements.lock"].items() <= locks["requirements-dev.lock"].items()


def test_every_package_that_is_asked_for_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    runtime = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["embedded"]]
    asked = {re.split(r"[^\w-]", line)[0].lower() for line in [*runtime, *project["dependency-groups"]["dev"]]}
    assert len(asked) > 30
    assert asked <= locked("requirements-dev.lock").keys()


def test_no_lock_names_a_place():
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-setup.lock"):
        assert not re.search(r"https?:|--(extra-)?index|--find-links|file:", (ROOT / name).read_text()), name


def locked(name: str) -> dict[str, str]:
    """Package and version, with its marker, as the lock has them."""
    return dict(re.findall(r"^([\w.-]+)==(\S+(?: ;[^\\]+)?)", (ROOT / name).read_text(), re.MULTILINE))

"""The sizes and names that keep the code readable; `make check` runs these too."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("course", "emails", "worker", "web", "tests", "bench", "scripts")
GENERATED = ROOT / "course" / "migrations" / "versions"
LONGEST_FUNCTION = 40
LONGEST_FILE = 300

# Names that say nothing about what is inside, and second words for what has one already (see ARCHITECTURE.md).
EMPTY = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "service", "services", "base", "core"}
OTHER_WORDS = {"campaign", "drip", "subscriber", "subscription", "blacklist", "notification", "mailer", "newsletter"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def files() -> list[Path]:
    """Every Python file that a person wrote."""
    found = [path for folder in OURS for path in (ROOT / folder).rglob("*.py")]
    return [path for path in found if GENERATED not in path.parents]


def long_files(paths: list[Path]) -> list[str]:
    """Those over the limit, with their length."""
    lengths = {path: len(path.read_text().splitlines()) for path in paths}
    return [f"{path} has {length} lines" for path, length in lengths.items() if length > LONGEST_FILE]


def large_functions(path: Path) -> Iterator[str]:
    """Functions with too many lines; ruff counts their parameters."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, Function):
            continue
        lines = (node.end_lineno or node.lineno) - node.lineno + 1
        if lines > LONGEST_FUNCTION:
            yield f"{path}:{node.lineno} {node.name} has {lines} lines"


def foreign_names(path: Path) -> Iterator[str]:
    """Definitions that are called by a word that we do not use."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, Function | ast.ClassDef):
            words = re.findall(r"[A-Z]?[a-z]+", node.name)
            yield from (
                f"{path}:{node.lineno} {node.name}" for word in words if word.lower().rstrip("s") in OTHER_WORDS
            )


def unfit_mutants(table: str, root: Path) -> Iterator[str]:
    """Those of tests/mutants.toml whose place in the code is gone or stands there twice, or whose tests are gone."""
    for mutant in tomllib.loads(table)["mutant"]:
        tests = [root / word.partition("::")[0] for word in mutant["tests"].split() if word.startswith("tests/")]
        times = (root / mutant["file"]).read_text().count(mutant["before"])
        if times != 1 or not tests or not all(path.is_file() for path in tests):
            yield mutant["name"]


def test_every_mutant_fits_the_code():
    assert list(unfit_mutants((ROOT / "tests" / "mutants.toml").read_text(), ROOT)) == []


def test_a_mutant_that_does_not_fit_is_seen(tmp_path: Path):
    (tmp_path / "code.py").write_text("twice\ntwice\nonce\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_a.py").write_text("")
    table = "".join(
        f"[[mutant]]\nname = '{name}'\nfile = 'code.py'\nbefore = '{name}'\ntests = '{tests}'\n"
        for name, tests in (("once", "tests/test_a.py"), ("twice", "tests/test_a.py"), ("never", "tests/test_b.py"))
    )
    assert list(unfit_mutants(table, tmp_path)) == ["twice", "never"]
    assert list(unfit_mutants(table.replace("test_a", "test_b"), tmp_path)) == ["once", "twice", "never"]


def test_no_file_is_too_long():
    assert long_files(files()) == []


def test_no_function_is_too_large():
    assert [sentence for path in files() for sentence in large_functions(path)] == []


def test_no_file_has_an_empty_name():
    assert [path for path in files() if EMPTY & {path.stem, *path.relative_to(ROOT).parts[:-1]}] == []


def test_everything_is_called_by_our_words():
    product = [path for path in files() if "tests" not in path.parts]
    assert [sentence for path in product for sentence in foreign_names(path)] == []


@pytest.fixture
def ugly(tmp_path: Path) -> Path:
    """A file that breaks every rule."""
    body = "    pass\n" * LONGEST_FUNCTION
    path = tmp_path / "ugly.py"
    path.write_text(f"class SubscriptionMailer:\n    pass\ndef long():\n{body}" + "\n" * 300)
    return path


def test_what_breaks_the_rules_is_seen(ugly: Path):
    assert long_files([ugly]) == [f"{ugly} has 343 lines"]
    assert list(large_functions(ugly)) == [f"{ugly}:3 long has 41 lines"]
    assert len(list(foreign_names(ugly))) == 2

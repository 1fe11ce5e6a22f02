"""Our letters before SpamAssassin, with its rules as they are installed and no look-up in the network."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from emails.letter import Look, Source
from emails.system import typeset_system
from emails.typeset import typeset
from emails.words import languages
from tests.emails.specimen import THEMES
from tests.emails.test_whole_messages import COURSE, SOURCES, message

# As a mail server on the public internet that took it from ours would write it.
RECEIVED = (
    b"Received: from mail.example.org (mail.example.org [185.199.110.10])\r\n"
    b"\tby mx.example.net with ESMTPS id 4F00BA1 for <ana@example.net>; Sun, 22 Nov 2026 09:00:02 +0000\r\n"
)
RULE = re.compile(r"^\s*(-?\d+\.\d+)\s+([A-Z][A-Z0-9_]+)", re.MULTILINE)
TOTAL = re.compile(r"Content analysis details:\s+\((-?\d+\.\d+) points")
MISSING = "spamassassin is not installed; scripts/install-test-tools installs it."


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """SpamAssassin with a home of its own. Without it: a skip that says so, and a failure where CI=true."""
    path = shutil.which("spamassassin")
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(MISSING)
    home = tmp_path_factory.mktemp("spamassassin")
    preferences = home / "preferences"
    preferences.write_text("use_bayes 0\nuse_auto_welcomelist 0\nreport_safe 0\n")
    yield [str(path), "-L", "-t", "-p", str(preferences)]


def judged(program: list[str], data: bytes) -> tuple[float, dict[str, float]]:
    """The score, and what each rule gave to it."""
    home = Path(program[-1]).parent
    run = subprocess.run(
        program,
        input=RECEIVED + data,
        capture_output=True,
        check=True,
        timeout=120,
        env={**os.environ, "HOME": str(home)},
    )
    report = run.stdout.decode("utf-8", "replace")
    total = TOTAL.search(report)
    assert total is not None, report
    return float(total[1]), {name: float(points) for points, name in RULE.findall(report[total.end() :])}


@pytest.mark.parametrize("theme", THEMES)
def test_lessons_are_more_welcome_than_not(program, theme):
    key = {"letter": "make-room", "editorial": "your-own-weather"}.get(theme, list(SOURCES)[2])
    score, rules = judged(program, message(typeset(SOURCES[key], Look(theme, {}, COURSE.title)), bulk=True))
    assert score <= -0.5, rules
    assert max(rules.values()) <= 0.1, rules


@pytest.mark.parametrize("theme", THEMES)
def test_confirmations_are_let_through(program, theme):
    score, rules = judged(
        program, message(typeset_system("confirmation", "en", Look(theme, {}, COURSE.title)), bulk=False)
    )
    assert score <= 0.1, rules
    assert max([0.0, *rules.values()]) <= 0.1, rules


@pytest.mark.parametrize("language", [each for each in languages() if each != "en"])
def test_letters_in_other_languages_are_let_through_too(program, language):
    theme = THEMES[languages().index(language) % len(THEMES)]
    look = Look(theme, {}, COURSE.title)
    score, rules = judged(program, message(typeset_system("confirmation", language, look), bulk=False))
    assert score <= 0.1, rules
    lesson = replace(SOURCES["make-room"], language=language)
    score, rules = judged(program, message(typeset(lesson, look), bulk=True))
    assert score <= -0.5, rules
    assert max(rules.values()) <= 0.1, rules


def test_the_filter_can_tell(program):
    body = "Dear friend, VIAGRA at 80% OFF!!! Click here, 100% free, act now, you have won $1,000,000 million dollars."
    compiled = typeset(Source("md", "FREE VIAGRA!!! ACT NOW", "x" * 50, body), Look())
    score, rules = judged(program, message(compiled, bulk=True))
    assert max(rules.values()) > 0.5, rules
    assert score > 0

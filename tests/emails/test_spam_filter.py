"""Our letters before SpamAssassin, with its rules as they are installed and no look-up in the network."""

import os
import shutil
from dataclasses import replace

import pytest

from emails.letter import Look, Source
from emails.system import typeset_system
from emails.testing.spam import PATH, spam_score
from emails.typeset import typeset
from emails.words import languages
from tests.emails.specimen import THEMES
from tests.emails.test_whole_messages import COURSE, SOURCES, message

MISSING = "spamassassin is not installed; scripts/install-test-tools installs it."


@pytest.fixture(scope="module", autouse=True)
def program() -> None:
    """Without SpamAssassin: a skip that says so, and a failure where CI=true."""
    if shutil.which("spamassassin", path=PATH) is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(MISSING)


def judged(data: bytes) -> tuple[float, dict[str, float]]:
    """The score, and what each rule gave to it."""
    score = spam_score(data)
    assert score is not None
    return score.total, score.rules


@pytest.mark.parametrize("theme", THEMES)
def test_lessons_are_more_welcome_than_not(theme):
    key = {"letter": "make-room", "editorial": "your-own-weather"}.get(theme, list(SOURCES)[2])
    score, rules = judged(message(typeset(SOURCES[key], Look(theme, {}, COURSE.title)), bulk=True))
    assert score <= -0.5, rules
    assert max(rules.values()) <= 0.1, rules


@pytest.mark.parametrize("theme", THEMES)
def test_confirmations_are_let_through(theme):
    score, rules = judged(message(typeset_system("confirmation", "en", Look(theme, {}, COURSE.title)), bulk=False))
    assert score <= 0.1, rules
    assert max([0.0, *rules.values()]) <= 0.1, rules


@pytest.mark.parametrize("language", [each for each in languages() if each != "en"])
def test_letters_in_other_languages_are_let_through_too(language):
    theme = THEMES[languages().index(language) % len(THEMES)]
    look = Look(theme, {}, COURSE.title)
    score, rules = judged(message(typeset_system("confirmation", language, look), bulk=False))
    assert score <= 0.1, rules
    lesson = replace(SOURCES["make-room"], language=language)
    score, rules = judged(message(typeset(lesson, look), bulk=True))
    assert score <= -0.5, rules
    assert max(rules.values()) <= 0.1, rules


def test_the_filter_can_tell():
    body = "Dear friend, VIAGRA at 80% OFF!!! Click here, 100% free, act now, you have won $1,000,000 million dollars."
    compiled = typeset(Source("md", "FREE VIAGRA!!! ACT NOW", "x" * 50, body), Look())
    score, rules = judged(message(compiled, bulk=True))
    assert max(rules.values()) > 0.5, rules
    assert score > 0

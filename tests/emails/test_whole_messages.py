"""Our own letters and the sample course, as messages, before the linter that everybody's mail is measured by."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from course.folder import read_folder
from emails.letter import Address, Compiled, Headers, Look, Source
from emails.lint import lint
from emails.press import print_message
from emails.sandbox import sample_values
from emails.system import NAMES, typeset_system
from emails.testing import lint_message
from emails.typeset import typeset
from tests.emails.specimen import THEMES

COURSE = read_folder(Path(__file__).parents[2] / "course" / "samples" / "breathing-room")
LOOK = Look(COURSE.theme, COURSE.theme_settings, COURSE.title)
SOURCES = {
    lesson.key: Source(lesson.format, lesson.subject, lesson.preview, lesson.body, COURSE.language, lesson.body_line)
    for lesson in COURSE.lessons
}
NAME = "Maria Magdalena Josefa de la Concepción y de todos los Santos, condesa de ninguna parte"


def message(compiled: Compiled, *, bulk: bool) -> bytes:
    values = sample_values()
    values["reader"]["name"] = NAME
    headers = Headers(
        sender=Address("Robin Hale", "robin@example.org"),
        recipient=Address("", "ana@example.net"),
        date=datetime(2026, 11, 22, 9, tzinfo=UTC),
        message_id="<abcdefghijklmnop@example.org>",
        unsubscribe_url="https://example.org/unsubscribe/SAMPLE" if bulk else None,
        unsubscribe_mailto="mailto:leave@example.org?subject=leave" if bulk else None,
        list_id="breathing-room.example.org" if bulk else None,
        feedback_id="1:lesson:meantime" if bulk else None,
        bulk=bulk,
    )
    return print_message(compiled, values, headers).data


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("key", SOURCES)
def test_the_lessons_of_the_sample_course_pass_both_linters(key, theme):
    assert [str(problem) for problem in lint(SOURCES[key])] == []
    compiled = typeset(replace(SOURCES[key], asks="I have done it"), replace(LOOK, theme=theme))
    assert [str(problem) for problem in lint_message(message(compiled, bulk=True))] == []
    assert len(compiled.html.encode()) < 60 * 1024


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", NAMES)
def test_system_letters_pass_the_message_linter(name, theme):
    compiled = typeset_system(name, "en", replace(LOOK, theme=theme))
    assert [str(problem) for problem in lint_message(message(compiled, bulk=name == "completion"))] == []

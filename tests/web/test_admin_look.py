"""The look of a course at the desk: chosen in a form, seen at once, written into course.yaml and nothing else of it."""

import io

import pytest

from course.database import Database
from course.editions import find_course, find_draft
from tests.web.desk import COURSE, FLOUR, AtTheDesk

LOOK = f"{COURSE}/look"
PREVIEW = f"{LOOK}/preview"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16


def course_yaml(database: Database) -> str:
    """course.yaml of the draft; "" where there is no draft."""
    with database.reading() as session:
        draft = find_draft(session, find_course(session, "slow-bread"))
        return draft.source if draft else ""


def test_a_theme_and_a_colour_are_written_and_what_is_the_themes_own_is_not(ana: AtTheDesk, database: Database):
    before = ana.fields(f"{COURSE}/source", f"{COURSE}/source")["source"].replace("\r\n", "\n")
    changes = {"theme": "modern", "modern.accent": "#8a2f52"}
    assert "Saved in the draft" in ana.follow(ana.send(LOOK, LOOK, **changes))
    text = course_yaml(database)
    assert text.replace("theme: modern", "theme: letter").replace('theme_settings: {accent: "#8a2f52"}\n', "") == before
    assert 'value="#8a2f52"' in ana.see(LOOK)


def test_saving_what_nobody_changed_makes_no_draft_text(ana: AtTheDesk, database: Database):
    before = ana.fields(f"{COURSE}/source", f"{COURSE}/source")["source"].replace("\r\n", "\n")
    ana.follow(ana.send(LOOK, LOOK))
    assert course_yaml(database) == before


def test_going_back_to_the_themes_own_takes_the_settings_away(ana: AtTheDesk, database: Database):
    ana.send(LOOK, LOOK, **{"letter.accent": "#8a2f52", "letter.font": "Georgia, serif"})
    assert "theme_settings" in course_yaml(database)
    ana.send(LOOK, LOOK, **{"letter.accent": "#b8452b"})
    assert "Georgia" in course_yaml(database)
    assert "#8a2f52" not in course_yaml(database)
    ana.send(LOOK, LOOK, theme="modern", **{"modern.font": ""})
    assert "theme_settings" not in course_yaml(database)


def test_a_colour_that_cannot_be_read_comes_back_with_one_that_can(ana: AtTheDesk, database: Database):
    answer = ana.send(LOOK, LOOK, **{"letter.accent": "#ffcc00"})
    assert answer.status_code == 422
    assert 'id="letter-accent-error"' in answer.text
    assert "would do" in answer.text
    assert 'value="#ffcc00"' in answer.text
    assert "#ffcc00" not in course_yaml(database)


def test_the_preview_shows_what_is_posted_and_saves_nothing(ana: AtTheDesk, database: Database):
    fields = ana.fields(LOOK, LOOK) | {"theme": "editorial", "editorial.accent": "#7a1f4d"}
    answer = ana.browser.post(PREVIEW, data=fields)
    assert "#7a1f4d" in answer.text
    assert "masthead" in answer.text
    assert "this is about flour" in answer.text
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert course_yaml(database) == ""
    assert "#b8452b" in ana.see(PREVIEW)


@pytest.mark.parametrize(
    "change", [{"theme": "paper"}, {"letter.accent": "#ffcc00"}, {"letter.logo": "http://x.y/l.png"}]
)
def test_the_preview_says_why_there_is_none(ana: AtTheDesk, change: dict[str, str]):
    answer = ana.browser.post(PREVIEW, data=ana.fields(LOOK, LOOK) | change)
    assert answer.status_code == 200
    assert "This cannot be a letter yet" in answer.text


def test_a_logo_from_ones_own_disk_becomes_a_picture_of_the_course(ana: AtTheDesk, database: Database):
    fields = ana.fields(LOOK, LOOK) | {"logo_file": (io.BytesIO(PNG), "Our Logo.PNG")}
    ana.follow(ana.browser.post(LOOK, data=fields))
    assert "logo: images/our-logo.png" in course_yaml(database)
    assert "/media/" in ana.see(PREVIEW)
    assert "images/our-logo.png" in ana.see(f"{COURSE}/pictures")


def test_a_logo_that_is_no_picture_is_refused_beside_its_field(ana: AtTheDesk, database: Database):
    fields = ana.fields(LOOK, LOOK) | {"logo_file": (io.BytesIO(b"<svg/>"), "logo.png")}
    answer = ana.browser.post(LOOK, data=fields)
    assert answer.status_code == 422
    assert 'id="letter-logo-error"' in answer.text
    assert course_yaml(database) == ""


def test_the_second_save_is_refused(ana: AtTheDesk, bo: AtTheDesk, database: Database):
    fields = bo.fields(LOOK, LOOK)
    ana.send(LOOK, LOOK, theme="modern")
    assert bo.browser.post(LOOK, data=fields | {"theme": "editorial"}).status_code == 409
    assert "theme: modern" in course_yaml(database)


def test_the_report_on_a_mail_is_a_page_of_the_lesson(ana: AtTheDesk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("emails.testing.spam.PATH", "/nowhere")
    assert f'href="{FLOUR}/report"' in ana.see(FLOUR)
    page = ana.see(f"{FLOUR}/report")
    assert "This mail is sound, with something to look at" in page
    assert "No postal address is known." in page
    assert "Both parts lead to the page for leaving." in page


def test_where_no_mail_can_be_made_the_page_says_why(ana: AtTheDesk):
    ana.send(FLOUR, FLOUR, body="{{ reader.town }}")
    page = ana.see(f"{FLOUR}/report")
    assert "This cannot be a letter yet" in page
    assert "There is no value <code>reader.town</code>" in page

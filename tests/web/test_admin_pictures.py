"""Pictures at the desk, and the fields of a lesson, a course and a reader that have a form now."""

import io
from datetime import UTC, datetime

import pytest

from course.database import Database
from course.editions import find_course, find_draft, find_place
from course.models import Reader
from tests.web.desk import COURSE, FLOUR, AtTheDesk

PICTURES = f"{COURSE}/pictures"
SETTINGS = f"{COURSE}/settings"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16


def draft_text(database: Database, key: str = "") -> str:
    """A file of the draft: a lesson's, or course.yaml; "" where there is no draft."""
    with database.reading() as session:
        draft = find_draft(session, find_course(session, "slow-bread"))
        if draft is None:
            return ""
        return find_place(draft, key).revision.source if key else draft.source


def put(admin: AtTheDesk, *files: tuple[str, bytes]):
    data = admin.fields(PICTURES, PICTURES) | {"pictures": [(io.BytesIO(data), name) for name, data in files]}
    return admin.browser.post(PICTURES, data=data)


def test_pictures_go_into_the_draft_and_say_how_a_text_shows_them(ana: AtTheDesk):
    page = ana.follow(put(ana, ("Sea at Dawn.jpg", PNG), ("b.png", PNG + b"2")))
    assert "In the draft: images/sea-at-dawn.png, images/b.png." in page
    assert "![what it shows](images/sea-at-dawn.png)" in page
    assert "Nowhere yet" in page


def test_where_a_picture_is_used_is_said(ana: AtTheDesk):
    put(ana, ("sea.png", PNG))
    ana.send(FLOUR, FLOUR, body="![The sea](images/sea.png)\n\nHello.")
    assert f'In <a href="{FLOUR}">Flour and water</a>.' in ana.see(PICTURES)


def test_one_that_is_no_picture_keeps_all_of_them_out(ana: AtTheDesk):
    answer = put(ana, ("a.png", PNG), ("evil.png", b"<svg onload='x'/>"))
    assert answer.status_code == 422
    assert "evil.png: This is no picture that mail programs show." in answer.text
    assert "images/a.png" not in ana.see(PICTURES)


def test_nothing_chosen_is_said_kindly(ana: AtTheDesk):
    answer = ana.send(PICTURES, PICTURES)
    assert answer.status_code == 422
    assert "Choose one or more pictures first." in answer.text


def test_large_pictures_come_in_and_very_large_posts_do_not(ana: AtTheDesk):
    large = PNG + b"\0" * 1_900_000
    assert put(ana, *((f"{number}.png", large + bytes([number])) for number in range(3))).status_code == 303
    assert put(ana, ("huge.png", PNG + b"\0" * 10_000_000)).status_code == 413


def test_elsewhere_a_post_of_that_size_is_still_refused(ana: AtTheDesk):
    assert ana.browser.post(SETTINGS, data={"title": "x" * 2_000_000}).status_code == 413


def test_a_picture_is_taken_out_of_the_draft(ana: AtTheDesk):
    put(ana, ("sea.png", PNG))
    fields = ana.fields(PICTURES, f"{PICTURES}/removal") | {"path": "images/sea.png"}
    page = ana.follow(ana.browser.post(f"{PICTURES}/removal", data=fields))
    assert "images/sea.png is out of the draft" in page
    assert "(images/sea.png)" not in page


def test_a_sign_of_life_and_a_last_day_are_written_and_taken_away(ana: AtTheDesk, database: Database):
    changes = {"asks.done": "I have done it", "asks.fallback": "5 days", "useless_after": "2031-03-28"}
    ana.follow(ana.send(FLOUR, FLOUR, **changes))
    text = draft_text(database, "flour")
    assert "asks: {done: I have done it, fallback: 5 days}" in text
    assert "useless_after: 2031-03-28" in text.replace('"', "")
    assert ana.fields(FLOUR, FLOUR)["asks.fallback"] == "5 days"
    ana.follow(ana.send(FLOUR, FLOUR, **dict.fromkeys(changes, "")))
    assert "asks" not in draft_text(database, "flour")
    assert "useless" not in draft_text(database, "flour")


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"asks.fallback": "5 days"}, "asks-done", "Give the button a label"),
        ({"asks.done": "Done", "asks.fallback": "soon"}, "asks-fallback", "is no length of time"),
        ({"useless_after": "tomorrow"}, "useless_after", "is no date"),
    ],
)
def test_what_a_lesson_cannot_ask_comes_back_beside_its_field(
    ana: AtTheDesk, database: Database, changes: dict[str, str], field: str, reason: str
):
    answer = ana.send(FLOUR, FLOUR, **changes)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert reason in answer.text
    assert draft_text(database, "flour") == ""


def test_skipped_days_gap_cap_language_and_rights_have_fields(ana: AtTheDesk, database: Database):
    changes = {
        "skip": "2031-12-24..2031-12-26\n2032-01-01",
        "schedule.gap": "20 hours",
        "schedule.cap": "2",
        "language": "de",
        "reader_may": ["hour", "pause"],
    }
    ana.follow(ana.browser.post(SETTINGS, data=ana.fields(SETTINGS, SETTINGS) | changes))
    text = draft_text(database)
    assert "skip: [2031-12-24..2031-12-26, 2032-01-01]" in text.replace('"', "")
    assert "gap: 20 hours" in text
    assert "cap: 2" in text.replace('"', "")
    assert "language: de" in text
    assert "reader_may: [hour, pause]" in text
    again = ana.fields(SETTINGS, SETTINGS)
    assert again["skip"].splitlines() == ["2031-12-24..2031-12-26", "2032-01-01"]
    assert (again["schedule.gap"], again["schedule.cap"]) == ("20 hours", "2")


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"skip": "christmas"}, "skip"), ({"schedule.gap": "long"}, "schedule-gap"), ({"language": "x!"}, "language")],
)
def test_what_a_course_cannot_be_comes_back_beside_its_field(ana: AtTheDesk, changes: dict[str, str], field: str):
    answer = ana.send(SETTINGS, SETTINGS, **changes)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_a_readers_fields_are_written_line_by_line(ana: AtTheDesk, database: Database):
    with database.writing() as session:
        handle = "bo7"
        session.add(Reader(handle=handle, email="bo@example.net", digest="d", name="Bo", created_at=datetime.now(UTC)))
    page, action = f"/admin/readers/{handle}", f"/admin/readers/{handle}/fields"
    ana.follow(ana.send(page, action, fields="city: Porto\nlevel: two: and more\n"))
    assert ana.fields(page, action)["fields"].splitlines() == ["city: Porto", "level: two: and more"]
    assert "{{ fields.city | fallback(" in ana.see(FLOUR)
    assert "Nothing was saved" in ana.follow(ana.send(page, action, fields="City: x"))
    ana.follow(ana.send(page, action, fields="level: 3"))
    assert ana.fields(page, action)["fields"].strip() == "level: 3"


def test_warnings_are_shown_where_one_publishes(ana: AtTheDesk):
    ana.send(FLOUR, FLOUR, body="From {{ fields.city }}.")
    page = ana.see(f"{COURSE}/publication")
    assert "Worth a look before you publish" in page
    assert "Some readers may have no <code>fields.city</code>" in page
    ana.send(FLOUR, FLOUR, body="From {{ reader.town }}.")
    page = ana.see(f"{COURSE}/publication")
    assert "This cannot be published yet" in page
    assert "There is no value <code>reader.town</code>" in page

"""A lesson at the desk: saving, being second, the whole file, remarks, the preview, a test to oneself."""

import pytest
from sqlalchemy import select

from course.database import Database
from course.editions import find_course, find_draft, find_place
from course.models import Delivery
from tests.web.desk import COURSE, FLOUR, AtTheDesk
from web.admin.remarks import ticks

SOURCE = f"{FLOUR}/source"


def flour(database: Database) -> str:
    """The lesson's file in the draft; "" where there is no draft."""
    with database.reading() as session:
        draft = find_draft(session, find_course(session, "slow-bread"))
        return find_place(draft, "flour").revision.source if draft else ""


def test_the_editor_holds_the_text_without_the_blank_lines_above_it(ana: AtTheDesk):
    fields = ana.fields(FLOUR, FLOUR)
    assert fields["body"].startswith("Dear {{ reader.name }}")
    assert (fields["wait"], fields["status"], fields["hour"]) == ("immediately", "published", "")


def test_saving_changes_only_its_keys_in_the_draft(ana: AtTheDesk, database: Database):
    assert "Saved in the draft" in ana.follow(ana.send(FLOUR, FLOUR, subject="Flour: a start", hour="18:00"))
    text = flour(database)
    assert 'subject: "Flour: a start"' in text
    assert "---\n\nDear {{ reader.name }}, this is about flour.\n" in text
    assert "Flour: a start" not in ana.browser.get("/courses/slow-bread").text


def test_saving_what_nobody_changed_leaves_every_byte(ana: AtTheDesk, database: Database):
    before = ana.fields(SOURCE, SOURCE)["source"].replace("\r\n", "\n")
    ana.follow(ana.send(FLOUR, FLOUR))
    assert flour(database) == before


def test_a_changed_text_keeps_the_blank_line_above_it_and_unix_line_ends(ana: AtTheDesk, database: Database):
    ana.send(FLOUR, FLOUR, body="One\r\n\r\nTwo\r\n")
    assert flour(database).endswith("---\n\nOne\n\nTwo\n")


def test_an_hour_is_removed_by_emptying_it(ana: AtTheDesk, database: Database):
    ana.send(FLOUR, FLOUR, hour="18:00")
    ana.send(FLOUR, FLOUR, hour="")
    assert "hour" not in flour(database)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("wait", "soon", "is not a wait"),
        ("subject", " ", "empty"),
        ("hour", "9 o'clock", "hour"),
        ("body", "", "no text"),
    ],
)
def test_what_cannot_be_saved_comes_back_with_the_reason_beside_it(
    ana: AtTheDesk, database: Database, field: str, value: str, reason: str
):
    answer = ana.send(FLOUR, FLOUR, **{"preview": "kept in the form", field: value})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert reason in answer.text
    assert "kept in the form" in answer.text
    assert flour(database) == ""


def test_the_second_save_is_refused_and_both_texts_are_shown(ana: AtTheDesk, bo: AtTheDesk, database: Database):
    fields = bo.fields(FLOUR, FLOUR)
    ana.follow(ana.send(FLOUR, FLOUR, body="Ana wrote this."))
    answer = bo.browser.post(FLOUR, data=fields | {"body": "Bo wrote that."})
    assert answer.status_code == 409
    assert "Somebody saved first" in answer.text
    assert "Ana wrote this." in answer.text
    assert answer.text.count("Bo wrote that.") >= 2
    assert "Ana wrote this." in flour(database)


def test_after_looking_at_both_the_second_save_goes_through(ana: AtTheDesk, bo: AtTheDesk, database: Database):
    fields = bo.fields(FLOUR, FLOUR)
    ana.send(FLOUR, FLOUR, body="Ana wrote this.")
    refused = bo.browser.post(FLOUR, data=fields | {"body": "Bo wrote that."})
    again = bo.fields_of(refused, FLOUR)
    assert again["body"] == "Bo wrote that."
    bo.follow(bo.browser.post(FLOUR, data=again | {"body": "Both of us."}))
    assert flour(database).endswith("Both of us.")


def test_two_admins_on_two_lessons_do_not_disturb_each_other(ana: AtTheDesk, bo: AtTheDesk, database: Database):
    crust = f"{COURSE}/lessons/crust"
    fields = bo.fields(crust, crust)
    ana.follow(ana.send(FLOUR, FLOUR, subject="Ana’s lesson"))
    bo.follow(bo.browser.post(crust, data=fields | {"subject": "Bo’s lesson"}))
    page = ana.see(COURSE)
    assert "Ana’s lesson" in page and "Bo’s lesson" in page


def test_a_form_from_before_a_publication_does_not_undo_it(ana: AtTheDesk, bo: AtTheDesk):
    fields = bo.fields(FLOUR, FLOUR)
    ana.send(FLOUR, FLOUR, subject="Published meanwhile")
    ana.send(f"{COURSE}/publication", f"{COURSE}/publication")
    assert bo.browser.post(FLOUR, data=fields | {"subject": "Old"}).status_code == 409


def test_the_whole_file_can_be_edited(ana: AtTheDesk, database: Database):
    text = ana.fields(SOURCE, SOURCE)["source"]
    ana.follow(ana.send(SOURCE, SOURCE, source=text.replace("wait: immediately", "wait: 2 hours")))
    assert "wait: 2 hours\n" in flour(database)


def test_a_file_with_problems_is_not_saved_and_says_which_line(ana: AtTheDesk, database: Database):
    text = ana.fields(SOURCE, SOURCE)["source"]
    answer = ana.send(SOURCE, SOURCE, source=text.replace("wait: immediately", "wait: soon"))
    assert answer.status_code == 422
    assert 'data-line="6"' in answer.text
    assert ana.send(SOURCE, SOURCE, source=text.replace("id: flour", "id: meal")).status_code == 422
    assert flour(database) == ""


def test_a_second_save_of_the_file_is_refused_too(ana: AtTheDesk, bo: AtTheDesk):
    fields = bo.fields(SOURCE, SOURCE)
    ana.send(FLOUR, FLOUR, body="Ana wrote this.")
    answer = bo.browser.post(SOURCE, data=fields | {"source": fields["source"] + "Bo wrote that."})
    assert answer.status_code == 409
    assert "Ana wrote this." in answer.text and answer.text.count("Bo wrote that.") >= 2


def test_remarks_carry_the_line_of_the_box(ana: AtTheDesk):
    page = ana.follow(ana.send(FLOUR, FLOUR, body="One\n\nHello {{ reader.nmae }}\n"))
    assert '<a class="remark-line" href="#body" data-line="3" data-column="7">Line 3</a>' in page
    assert "There is no value <code>reader.nmae</code>" in page


def test_remarks_on_what_is_being_written_save_nothing(ana: AtTheDesk, database: Database):
    answer = ana.browser.post(f"{FLOUR}/remarks", data=ana.fields(FLOUR, FLOUR) | {"body": "{{ x.y }}"})
    assert 'data-line="1"' in answer.text
    refused = ana.browser.post(f"{FLOUR}/remarks", data=ana.fields(FLOUR, FLOUR) | {"wait": "soon"})
    assert "is not a wait" in refused.text
    assert flour(database) == ""


def test_words_in_remarks_are_escaped():
    assert ticks("`<b>` is <i>") == "<code>&lt;b&gt;</code> is &lt;i&gt;"


def test_the_preview_is_the_letter_of_the_form_and_saves_nothing(ana: AtTheDesk, database: Database):
    answer = ana.browser.post(
        f"{FLOUR}/preview", data=ana.fields(FLOUR, FLOUR) | {"body": "Hello {{ reader.name }}, *knead*."}
    )
    assert "Hello Ana, <em>knead</em>" in answer.text
    assert "this is about flour" in ana.see(f"{FLOUR}/preview")
    assert flour(database) == ""


def test_the_preview_is_a_document_in_which_nothing_runs(ana: AtTheDesk):
    rules = ana.browser.get(f"{FLOUR}/preview").headers["Content-Security-Policy"]
    assert "sandbox" in rules.split("; ")
    assert "script-src 'none'" in rules
    assert "frame-ancestors 'self'" in rules


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"body": "One\n\n{{ reader.nmae }}"}, "Line 3: There is no value"),
        ({"wait": "soon"}, "is not a wait"),
        ({"body": "{{ reader.name ** 9 }}"}, "Line 1"),
    ],
)
def test_a_text_that_is_no_letter_yet_says_why_in_the_preview(ana: AtTheDesk, changes: dict[str, str], sentence: str):
    answer = ana.browser.post(f"{FLOUR}/preview", data=ana.fields(FLOUR, FLOUR) | changes)
    assert "This cannot be a letter yet" in answer.text
    assert sentence in answer.text


def test_the_values_that_exist_are_listed_beside_the_text(ana: AtTheDesk):
    page = ana.see(FLOUR)
    assert "<code data-tag>{{ lesson.number }}</code>" in page
    assert "{{ reader.name | fallback(&#34;friend&#34;) }}" in page
    assert "<code data-tag>{{ next_lesson.date }}</code>" in page


def test_a_test_of_the_saved_text_goes_to_who_asks(ana: AtTheDesk, database: Database, bell):
    ana.send(FLOUR, FLOUR, body="The saved text.")
    assert "on its way to ana@example.org" in ana.follow(ana.send(FLOUR, f"{FLOUR}/tests"))
    with database.reading() as session:
        mail = session.scalars(select(Delivery)).one()
        assert (mail.kind, mail.reader_id, mail.lesson and mail.lesson.key) == ("test", None, "flour")
        assert (mail.values or {})["course"]["title"] == "Slow Bread: a loaf a week"
    assert bell.rings == 1


def test_no_test_is_sent_of_a_text_that_is_no_letter(ana: AtTheDesk, database: Database):
    ana.send(FLOUR, FLOUR, body="{{ reader.nmae }}")
    assert "no mail can be made of" in ana.follow(ana.send(FLOUR, f"{FLOUR}/tests"))
    with database.reading() as session:
        assert session.scalars(select(Delivery)).all() == []


@pytest.mark.parametrize("name", ['{{7*7}}"><script>alert(1)</script>', "<img onerror=x>", "\u202egnp.exe"])
def test_hostile_words_stay_words(ana: AtTheDesk, name: str):
    ana.send(FLOUR, FLOUR, subject=name)
    for path in (COURSE, FLOUR, f"{COURSE}/publication"):
        page = ana.see(path)
        assert "<script>alert" not in page and "<img onerror" not in page

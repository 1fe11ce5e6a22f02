"""Finding a course and signing up for it."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from course.database import Database
from course.models import Delivery, Enrollment, Reader
from tests.web.sample import COURSE, enrollment_of, mails_to, publish_course
from web.app import make_app

FORM = {"email": "ana@example.org", "name": "Ana", "timezone": "America/New_York", "hour": "10:00"}
PLACE = "/courses/slow-bread/enrollments"


def count(database: Database, model: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_the_catalogue_lists_what_is_published(visitor: FlaskClient):
    page = visitor.get("/").text
    assert 'href="/courses/slow-bread"' in page
    assert "3 lessons over 3 days" in page


def test_a_course_page_shows_the_programme_without_drafts(visitor: FlaskClient):
    page = visitor.get("/courses/slow-bread").text
    assert "<h1>Slow Bread" in page
    assert "Written and sent by Ana Lindqvist" in page
    for words in ("Flour and water", "About patience, in a few minutes", "2 days later", "At once, when you have"):
        assert words in page
    assert "Butter" not in page


def test_the_form_offers_hours_outside_the_quiet_ones(visitor: FlaskClient):
    hours = re.findall(r'<option value="(\d\d:\d\d)"', visitor.get("/courses/slow-bread").text)
    assert hours[0] == "08:00"
    assert hours[-1] == "20:00"
    assert len(hours) == 13


def test_an_unknown_course_is_not_found(visitor: FlaskClient):
    for path in ("/courses/none", "/courses/none/embed", "/courses/none/inbox", "/courses/a%2Fb"):
        answer = visitor.get(path)
        assert answer.status_code == 404, path
        assert "There is nothing here" in answer.text
    assert visitor.post("/courses/none/enrollments", data=FORM).status_code == 404


def test_signing_up_plans_one_confirmation_and_rings(visitor: FlaskClient, database: Database, bell):
    answer = visitor.post(PLACE, data=FORM)
    assert (answer.status_code, answer.location) == (303, "/courses/slow-bread/inbox")
    assert "Check your inbox" in visitor.get(answer.location).text
    with database.reading() as session:
        assert mails_to(session, "ana@example.org") == ["confirmation"]
        assert enrollment_of(session, "ana@example.org").wishes == {
            "name": "Ana",
            "timezone": "America/New_York",
            "hour": "10:00",
        }
    assert bell.rings == 1


def test_the_answer_is_the_same_for_everybody(visitor: FlaskClient, database: Database):
    first = visitor.post(PLACE, data=FORM)
    again = visitor.post(PLACE, data=FORM)
    assert (first.status_code, first.data, first.location) == (again.status_code, again.data, again.location)
    assert set(first.headers.keys()) == set(again.headers.keys())
    with database.reading() as session:
        assert mails_to(session, "ana@example.org") == ["confirmation"]


def test_multipart_forms_are_read_too(visitor: FlaskClient, database: Database):
    assert visitor.post(PLACE, data=FORM, content_type="multipart/form-data").status_code == 303
    assert count(database, Enrollment) == 1


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("email", "", "Please give an email address."),
        ("email", "ana@", "Something is missing after the @."),
        ("email", "ana@example.org\r\nBcc: x@example.org", "no spaces, line breaks"),
        ("timezone", "Mars/Base", "Please choose a time zone from the list."),
        ("timezone", "Europe/Berlin\x01", "Please choose a time zone from the list."),
        ("hour", "late", "Please choose an hour"),
        ("hour", "23:00", "sends nothing from 21:00 to 08:00"),
    ],
)
def test_a_bad_field_comes_back_with_its_reason_and_nothing_is_stored(
    visitor: FlaskClient, database: Database, field: str, value: str, reason: str
):
    answer = visitor.post(PLACE, data=FORM | {field: value})
    assert answer.status_code == 422
    beside = re.search(rf'<p class="error" id="{field}-error">(.*?)</p>', answer.text)
    assert beside is not None
    assert reason in beside[1]
    assert f'aria-describedby="{field}-error" aria-invalid="true"' in answer.text
    assert 'value="Ana"' in answer.text, "what was right is kept"
    assert (count(database, Reader), count(database, Enrollment), count(database, Delivery)) == (0, 0, 0)


def test_reloading_a_refused_form_leads_back_to_the_course(visitor: FlaskClient):
    answer = visitor.get(PLACE)
    assert (answer.status_code, answer.location) == (303, "/courses/slow-bread")


def test_names_are_text_and_never_markup(visitor: FlaskClient):
    answer = visitor.post(PLACE, data=FORM | {"email": "", "name": '"><img src=x onerror=alert(1)>{{7*7}}'})
    assert "<img src=x" not in answer.text
    assert "{{7*7}}" in answer.text


def test_the_field_that_people_do_not_see_catches_robots(visitor: FlaskClient, database: Database):
    answer = visitor.post(PLACE, data=FORM | {"website": "https://spam.example"})
    assert answer.location == "/courses/slow-bread/inbox"
    assert count(database, Reader) == 0


def test_a_form_that_comes_back_within_a_blink_is_shown_once_more(database: Database, settings, bell):
    with database.writing() as session:
        publish_course(session)
    visitor = make_app(settings.model_copy(update={"form_seconds": 60}), bell).test_client()
    stamp = re.search(r'name="opened" value="([^"]+)"', visitor.get("/courses/slow-bread").text)
    assert stamp is not None
    answer = visitor.post(PLACE, data=FORM | {"opened": stamp[1]})
    assert answer.status_code == 422
    assert "quicker than people type" in answer.text
    assert count(database, Reader) == 0
    assert visitor.post(PLACE, data=FORM).status_code == 303, "a form of one's own has no stamp"


def test_the_embedded_form_may_be_framed_and_nothing_else_may(visitor: FlaskClient):
    embedded = visitor.get("/courses/slow-bread/embed")
    assert "frame-ancestors *" in embedded.headers["Content-Security-Policy"]
    assert 'action="/courses/slow-bread/enrollments"' in embedded.text
    assert 'target="_top"' in embedded.text
    assert "frame-ancestors 'none'" in visitor.get("/courses/slow-bread").headers["Content-Security-Policy"]


def test_a_course_that_fixes_hour_and_zone_does_not_ask_for_them(database: Database, settings, bell):
    fixed = COURSE.replace("reader_may: [hour, timezone, pace, pause, next_now]", "reader_may: none")
    with database.writing() as session:
        publish_course(session, fixed)
    page = make_app(settings, bell).test_client().get("/courses/slow-bread").text
    assert 'name="hour"' not in page
    assert 'name="timezone"' not in page
    assert "09:00, Berlin time" in page


def test_a_visitor_who_signs_up_without_end_is_slowed_down(database: Database, settings, bell):
    with database.writing() as session:
        publish_course(session)
    few = settings.model_copy(update={"signups_per_address": "3/hour", "trusted_proxies": 1})
    visitor = make_app(few, bell).test_client()

    def sign_up(address: str) -> int:
        return visitor.post(PLACE, data=FORM, headers={"X-Forwarded-For": address}).status_code

    assert [sign_up("2001:db8::1") for _ in range(3)] == [303, 303, 303]
    assert sign_up("2001:db8::2") == 429, "one household shares a /64"
    assert sign_up("2001:db8:0:1::1") == 303
    refused = visitor.post(PLACE, data=FORM, headers={"X-Forwarded-For": "2001:db8::1"})
    assert "A little slower, please" in refused.text


def test_all_sign_ups_together_have_a_cap(database: Database, settings, bell):
    with database.writing() as session:
        publish_course(session)
    visitor = make_app(settings.model_copy(update={"signups_in_all": "2/hour"}), bell).test_client()
    assert [visitor.post(PLACE, data=FORM).status_code for _ in range(3)] == [303, 303, 429]


def test_reading_is_never_limited(visitor: FlaskClient):
    assert {visitor.get("/courses/slow-bread").status_code for _ in range(50)} == {200}

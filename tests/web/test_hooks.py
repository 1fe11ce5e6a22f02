"""The webhook for mail that came back."""

import io
from base64 import b64encode

import pytest
from sqlalchemy import select

from course.models import Report
from course.settings import Settings
from web.hooks import MOST_OCTETS

SECRET = "a secret for returned mail, 32 letters or more"
MAIL = b"From: MAILER-DAEMON@mx.example\r\nSubject: returned\r\n\r\n\x00\xff bytes\r\n"
BEARER = {"Authorization": f"Bearer {SECRET}"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"bounce_secret": SECRET})


def kept(database):
    with database.reading() as session:
        return [(row.source, row.raw, row.recipients) for row in session.scalars(select(Report))]


def basic(secret):
    return {"Authorization": "Basic " + b64encode(f"anybody:{secret}".encode()).decode()}


def test_a_mail_is_kept_as_it_came_and_once(visitor, database):
    for headers in (BEARER, basic(SECRET)):
        answer = visitor.post("/hooks/bounces", data=MAIL, headers=headers, content_type="message/rfc822")
        assert answer.status_code == 202
        assert "Set-Cookie" not in answer.headers
    assert kept(database) == [("webhook", MAIL, [])]


@pytest.mark.parametrize("name", ["file", "anything"])
def test_a_form_s_file_is_the_mail(visitor, database, name):
    form = {"subject": "x", name: (io.BytesIO(MAIL), "mail.eml")}
    answer = visitor.post("/hooks/bounces?recipient=b%2Bx@example.org", data=form, headers=BEARER)
    assert answer.status_code == 202
    assert kept(database) == [("webhook", MAIL, ["b+x@example.org"])]


def test_a_form_s_field_is_the_mail(visitor, database):
    assert visitor.post("/hooks/bounces", data={"body-mime": "From: a\n\nb"}, headers=BEARER).status_code == 202
    assert kept(database) == [("webhook", b"From: a\n\nb", [])]


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer "}, {"Authorization": "Bearer wrong"}, basic("wrong"), {"Authorization": "Basic ="}],
)
def test_without_the_secret_nothing_is_read(visitor, database, headers):
    answer = visitor.post("/hooks/bounces", data=MAIL, headers=headers, content_type="message/rfc822")
    assert (answer.status_code, kept(database)) == (401, [])
    assert "WWW-Authenticate" in answer.headers


def test_a_house_without_a_secret_takes_nothing(app, visitor, database, settings):
    object.__setattr__(app.extensions["ground"], "settings", settings.model_copy(update={"bounce_secret": ""}))
    for headers in ({}, {"Authorization": "Bearer "}, basic("")):
        assert visitor.post("/hooks/bounces", data=MAIL, headers=headers).status_code == 401


def test_what_is_too_large_empty_or_asked_for_is_refused(visitor, database):
    large = visitor.post("/hooks/bounces", data=b"x" * (MOST_OCTETS + 1), headers=BEARER, content_type="message/rfc822")
    empty = visitor.post("/hooks/bounces", data=b" \r\n", headers=BEARER, content_type="message/rfc822")
    asked = visitor.get("/hooks/bounces", headers=BEARER)
    assert [large.status_code, empty.status_code, asked.status_code] == [413, 400, 405]
    assert kept(database) == []


def test_a_large_mail_is_kept_up_to_a_mebibyte(visitor, database):
    answer = visitor.post("/hooks/bounces", data=b"x" * 5_000_000, headers=BEARER, content_type="message/rfc822")
    assert answer.status_code == 202
    assert len(kept(database)[0][1]) == 1 << 20

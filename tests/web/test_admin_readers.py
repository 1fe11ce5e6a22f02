"""Readers and their mails at the desk."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select, update

from course.database import Database
from course.editions import find_course
from course.models import Delivery, DeliveryState, Enrollment
from tests.factories import join
from tests.web.desk import AtTheDesk

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def eve(app: Flask, database: Database) -> Enrollment:
    """A reader who has just confirmed."""
    with database.writing() as session:
        joined = join(session, find_course(session, "slow-bread"), "eve@example.org", NOW, name="Eve <b>")
        assert joined.reader
        return joined


def lesson_of(database: Database, eve: Enrollment) -> Delivery:
    with database.reading() as session:
        return session.scalars(select(Delivery).where(Delivery.kind == "lesson")).one()


def let_it_be(database: Database, eve: Enrollment, state: DeliveryState) -> int:
    row = lesson_of(database, eve)
    with database.writing() as session:
        values = {"state": state, "due_at": None, "reply": "550 5.1.1 <eve> unknown", "begun_at": NOW}
        session.execute(update(Delivery).where(Delivery.id == row.id).values(values))
    return row.id


def test_readers_are_searched_without_their_address_in_a_url(ana: AtTheDesk, eve: Enrollment):
    answer = ana.send("/admin/readers", "/admin/readers/search", query="EVE@")
    assert "@" not in answer.location
    assert "eve@example.org" in ana.follow(answer)
    assert "eve@example.org" not in ana.follow(ana.send("/admin/readers", "/admin/readers/search", query="nobody"))
    assert "eve@example.org" in ana.follow(ana.send("/admin/readers", "/admin/readers/search", query=""))


def test_one_reader_is_shown_with_courses_and_mails(ana: AtTheDesk, eve: Enrollment):
    page = ana.see(f"/admin/readers/{eve.reader.handle}")
    assert "Eve &lt;b&gt;" in page
    assert "slow-bread</a>" in page
    assert "flour</span>" in page


def test_a_failed_mail_shows_the_servers_words_and_is_sent_again(
    ana: AtTheDesk, eve: Enrollment, database: Database, bell
):
    row = let_it_be(database, eve, DeliveryState.FAILED)
    assert "550 5.1.1 &lt;eve&gt; unknown" in ana.see("/admin/outbox?state=failed")
    page = ana.follow(ana.send("/admin/outbox?state=failed", f"/admin/outbox/{row}/retry"))
    assert "planned once more" in page
    assert lesson_of(database, eve).state is DeliveryState.PLANNED
    assert bell.rings == 1
    fields = ana.fields("/admin/courses", "/admin/sign-out")
    assert "settled itself" in ana.follow(ana.browser.post(f"/admin/outbox/{row}/retry", data=fields))


def test_an_uncertain_mail_counts_as_sent_and_the_reader_goes_on(ana: AtTheDesk, eve: Enrollment, database: Database):
    row = let_it_be(database, eve, DeliveryState.UNCERTAIN)
    path = f"/admin/readers/{eve.reader.handle}"
    fields = ana.fields(path, f"/admin/outbox/{row}/retry")
    answer = ana.browser.post(f"/admin/outbox/{row}/receipt", data=fields)
    assert answer.location.startswith(path)
    assert "counts as sent" in ana.follow(answer)
    with database.reading() as session:
        states = session.scalars(select(Delivery.state).where(Delivery.kind == "lesson").order_by(Delivery.id)).all()
    assert states == [DeliveryState.SENT, DeliveryState.PLANNED]


def test_a_button_never_leads_to_another_site(ana: AtTheDesk, eve: Enrollment, database: Database):
    row = let_it_be(database, eve, DeliveryState.FAILED)
    fields = ana.fields("/admin/outbox", f"/admin/outbox/{row}/retry") | {"back": "https://evil.example/admin/outbox"}
    assert ana.browser.post(f"/admin/outbox/{row}/retry", data=fields).location == "/admin/outbox"


def test_a_verdict_on_a_mail_that_is_gone_is_not_found(ana: AtTheDesk):
    fields = ana.fields("/admin/courses", "/admin/sign-out")
    assert ana.browser.post("/admin/outbox/999/retry", data=fields).status_code == 404


def test_mail_that_waits_too_long_is_told(ana: AtTheDesk, eve: Enrollment):
    assert "Is a worker running?" in ana.see("/admin/outbox")


@pytest.mark.parametrize(
    "path", ["/admin/outbox?state=nonsense&before=x", "/admin/readers?page=-3", "/admin/readers?page=x"]
)
def test_odd_addresses_show_a_page(ana: AtTheDesk, path: str):
    ana.see(path)

"""The links in mails: confirming and leaving. Looking changes nothing, a press does, twice is as good as once."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select

from course.database import Database
from course.models import Delivery, Enrollment, Reader, Suppression
from course.tokens import Purpose
from tests.web.sample import COURSE, enrollment_of, mails_to, publish_course
from web.app import make_app

ANA = "ana@example.org"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def signed_up(visitor: FlaskClient, database: Database) -> Enrollment:
    """Ana, who has not confirmed yet."""
    visitor.post("/courses/slow-bread/enrollments", data={"email": ANA, "name": "Ana"})
    with database.reading() as session:
        return enrollment_of(session, ANA)


@pytest.fixture
def confirm_link(app: Flask, signed_up: Enrollment) -> str:
    expires = app.extensions["ground"].clock.now() + timedelta(hours=72)
    return f"/confirm/{app.extensions['tokens'].sign(Purpose.CONFIRM, signed_up.handle, expires=expires)}"


@pytest.fixture
def leave_link(app: Flask, signed_up: Enrollment) -> str:
    return f"/unsubscribe/{app.extensions['tokens'].sign(Purpose.LEAVE, signed_up.handle)}"


def state(database: Database) -> str:
    with database.reading() as session:
        return str(enrollment_of(session, ANA).state)


def suppressed(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Suppression)) or 0


def erase(database: Database) -> None:
    with database.writing() as session:
        for table in (Delivery, Enrollment, Reader):
            session.execute(delete(table))


def test_looking_confirms_nothing(visitor: FlaskClient, database: Database, confirm_link: str):
    for _ in range(20):
        page = visitor.get(confirm_link)
        visitor.head(confirm_link)
    assert page.status_code == 200
    assert "Start the course" in page.text
    assert state(database) == "pending"


def test_a_press_confirms_and_the_first_lesson_is_planned(
    visitor: FlaskClient, database: Database, confirm_link: str, bell
):
    rings = bell.rings
    answer = visitor.post(confirm_link)
    assert (answer.status_code, answer.location) == (303, confirm_link)
    assert state(database) == "active"
    assert bell.rings == rings + 1
    with database.reading() as session:
        assert mails_to(session, ANA)[-1] == "lesson"


def test_confirming_twice_is_one_effect_and_a_friendly_page(
    visitor: FlaskClient, database: Database, confirm_link: str
):
    visitor.post(confirm_link)
    with database.reading() as session:
        planned = mails_to(session, ANA)
    page = visitor.post(confirm_link, follow_redirects=True)
    assert "You are in" in page.text
    assert "“Flour and water” is on its way to your inbox." in page.text
    with database.reading() as session:
        assert mails_to(session, ANA) == planned


def test_who_is_in_finds_the_way_to_their_own_page(visitor: FlaskClient, confirm_link: str):
    page = visitor.post(confirm_link, follow_redirects=True).text
    path = page.split('href="/me/')[1].split('"')[0]
    assert visitor.get(f"/me/{path}").status_code == 200


def test_an_expired_link_offers_to_sign_up_again(app: Flask, visitor: FlaskClient, database: Database, signed_up):
    long_ago = app.extensions["ground"].clock.now() - timedelta(hours=1)
    link = f"/confirm/{app.extensions['tokens'].sign(Purpose.CONFIRM, signed_up.handle, expires=long_ago)}"
    for page in (visitor.get(link), visitor.post(link, follow_redirects=True)):
        assert page.status_code == 410
        assert "This link has expired" in page.text
    assert state(database) == "pending"


def test_confirming_what_was_left_since_changes_nothing(
    visitor: FlaskClient, database: Database, confirm_link: str, leave_link: str
):
    visitor.post(leave_link)
    page = visitor.post(confirm_link, follow_redirects=True)
    assert "You have left this course" in page.text
    assert state(database) == "ended"


def test_confirming_after_an_erase_says_so(visitor: FlaskClient, database: Database, confirm_link: str):
    erase(database)
    for page in (visitor.get(confirm_link), visitor.post(confirm_link, follow_redirects=True)):
        assert (page.status_code, "This sign-up is gone" in page.text) == (410, True)


def test_tokens_that_are_not_ours_open_nothing(
    app: Flask, visitor: FlaskClient, database: Database, signed_up: Enrollment, leave_link: str
):
    token = leave_link.rpartition("/")[2]
    flipped = token[:-1] + ("A" if token[-1] != "A" else "B")
    forged = [flipped, token[:-4], "x", "é", f"{token}.x", signed_up.handle]
    for place in ("confirm", "unsubscribe", "me", "read"):
        for bad in [*forged, *([] if place == "unsubscribe" else [token])]:
            assert visitor.get(f"/{place}/{bad}").status_code == 404, (place, bad)
            assert visitor.post(f"/{place}/{bad}", data=ONE_CLICK).status_code in (404, 405), (place, bad)
    assert state(database) == "pending"


def test_looking_leaves_nothing(visitor: FlaskClient, database: Database, confirm_link: str, leave_link: str):
    visitor.post(confirm_link)
    for _ in range(20):
        page = visitor.get(leave_link)
        visitor.head(leave_link)
    assert "Leave this course" in page.text
    assert state(database) == "active"


def test_a_press_leaves_and_twice_is_as_good(
    visitor: FlaskClient, database: Database, confirm_link: str, leave_link: str
):
    visitor.post(confirm_link)
    for _ in range(2):
        page = visitor.post(leave_link, data={"from": "course"}, follow_redirects=True)
        assert "You have left" in page.text
        assert state(database) == "ended"
    assert suppressed(database) == 0
    with database.reading() as session:
        assert "lesson" not in mails_to(session, ANA)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_click_leaves_without_cookie_redirect_or_guard(
    visitor: FlaskClient, database: Database, confirm_link: str, leave_link: str, kind: str
):
    visitor.post(confirm_link)
    for _ in range(2):
        answer = visitor.post(leave_link, data=ONE_CLICK, content_type=kind)
        assert (answer.status_code, answer.headers.get("Set-Cookie")) == (200, None)
    assert state(database) == "ended"


def test_one_click_leaves_that_course_alone(
    visitor: FlaskClient, database: Database, confirm_link: str, leave_link: str
):
    with database.writing() as session:
        publish_course(session, COURSE.replace("slow-bread", "fast-bread"))
    visitor.post(confirm_link)
    visitor.post("/courses/fast-bread/enrollments", data={"email": ANA})
    visitor.post(leave_link, data=ONE_CLICK)
    with database.reading() as session:
        states = {each.course.slug: str(each.state) for each in session.scalars(select(Enrollment))}
    assert states == {"slow-bread": "ended", "fast-bread": "pending"}


def test_leaving_everything_also_keeps_the_address_from_being_mailed(
    visitor: FlaskClient, database: Database, confirm_link: str, leave_link: str
):
    visitor.post(confirm_link)
    for _ in range(2):
        page = visitor.post(leave_link, data={"from": "all"}, follow_redirects=True)
        assert "You have left all courses" in page.text
    assert (state(database), suppressed(database)) == ("ended", 1)


def test_leaving_works_when_the_reader_was_erased(visitor: FlaskClient, database: Database, leave_link: str):
    erase(database)
    assert "There is nothing to leave" in visitor.get(leave_link).text
    assert visitor.post(leave_link, data=ONE_CLICK).status_code == 200
    assert "There is nothing to leave" in visitor.post(leave_link, follow_redirects=True).text


def test_links_to_leave_outlive_a_change_of_the_secret_key(database: Database, settings, bell, app, leave_link: str):
    changed = settings.model_copy(update={"secret_key": "another key, as good as the first 0123456789"})
    assert make_app(changed, bell).test_client().post(leave_link, data=ONE_CLICK).status_code == 200
    assert state(database) == "ended"


def test_guesses_are_counted_and_those_who_confirm_are_not(database: Database, settings, bell, monkeypatch):
    monkeypatch.setattr("web.public.links.ATTEMPTS_PER_HOUR", "2/hour")
    with database.writing() as session:
        publish_course(session)
    made = make_app(settings, bell)
    class_room = made.test_client()
    for number in range(4):
        class_room.post("/courses/slow-bread/enrollments", data={"email": f"ana{number}@example.org"})
        with database.reading() as session:
            handle = enrollment_of(session, f"ana{number}@example.org").handle
        link = f"/confirm/{made.extensions['tokens'].sign(Purpose.CONFIRM, handle)}"
        assert class_room.post(link).status_code == 303
    assert [class_room.post("/confirm/guess").status_code for _ in range(3)] == [404, 404, 429]

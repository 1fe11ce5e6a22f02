"""The reader's own page, and lessons online."""

from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from flask import Flask
from flask.testing import FlaskClient

from course import enrollment, planning
from course.database import Database
from course.models import Enrollment
from course.tokens import Purpose
from tests.web.sample import COURSE, PICTURE, deliver_next, enrollment_of, publish_course

ANA = "ana@example.org"


@pytest.fixture
def now(app: Flask) -> datetime:
    return app.extensions["ground"].clock.now()


@pytest.fixture
def ana(visitor: FlaskClient, database: Database, now: datetime) -> Enrollment:
    """Ana has confirmed and received the first lesson."""
    form = {"email": ANA, "name": "Ana", "timezone": "America/New_York", "hour": "10:00"}
    visitor.post("/courses/slow-bread/enrollments", data=form)
    with database.writing() as session:
        mine = enrollment.confirm(session, enrollment_of(session, ANA).handle, now)
        deliver_next(session, mine, now)
        planning.advance(session, mine.id, now)
    return mine


@pytest.fixture
def my_page(app: Flask, ana: Enrollment) -> str:
    return f"/me/{app.extensions['tokens'].sign(Purpose.ME, ana.handle)}"


def reader(database: Database):
    with database.reading() as session:
        mine = enrollment_of(session, ANA)
        return mine.state, mine.reader


def test_the_page_shows_progress_and_dates_in_the_readers_zone(visitor: FlaskClient, my_page: str):
    page = visitor.get(my_page)
    assert page.status_code == 200
    assert "1 of 3 lessons" in page.text
    assert "at 10:00, New York time" in page.text
    assert "Butter" not in page.text
    assert ANA not in page.text


def test_a_received_lesson_can_be_read_online(visitor: FlaskClient, my_page: str):
    path = visitor.get(my_page).text.split('href="/read/')[1].split('"')[0]
    online = visitor.get(f"/read/{path}")
    assert "Ana reads slow-bread-flour" in online.text
    policy = online.headers["Content-Security-Policy"]
    assert "script-src 'none'" in policy
    assert "sandbox" in policy


def test_a_lesson_that_has_not_come_is_not_found(app: Flask, visitor: FlaskClient, ana: Enrollment):
    for key in ("patience", "butter", "none"):
        token = app.extensions["tokens"].sign(Purpose.READ, ana.handle, key)
        assert visitor.get(f"/read/{token}").status_code == 404


def test_another_hour_and_zone_move_the_dates(visitor: FlaskClient, database: Database, my_page: str, bell):
    rings = bell.rings
    answer = visitor.post(f"{my_page}/wishes", data={"timezone": "Asia/Tokyo", "hour": "19:00", "pace": "2"})
    assert (answer.status_code, answer.location) == (303, f"{my_page}?done=wishes")
    page = visitor.get(answer.location).text
    assert "Saved." in page
    assert "at 19:00, Tokyo time" in page
    _, ana = reader(database)
    assert (ana.timezone, ana.hour, ana.pace) == ("Asia/Tokyo", "19:00", 2.0)
    assert bell.rings == rings + 1


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("hour", "23:00", "sends nothing from 21:00 to 08:00"),
        ("hour", "soon", "Please choose an hour"),
        ("timezone", "../etc/passwd", "Please choose a time zone"),
        ("pace", "nan", "Please choose a pace"),
        ("pace", "quick", "Please choose a pace"),
    ],
)
def test_a_wish_that_cannot_be_comes_back_with_its_reason(
    visitor: FlaskClient, database: Database, my_page: str, field: str, value: str, reason: str
):
    answer = visitor.post(f"{my_page}/wishes", data={"timezone": "Asia/Tokyo", field: value})
    assert answer.status_code == 422
    assert reason in answer.text
    assert f'id="{field}-error"' in answer.text
    assert reader(database)[1].timezone == "America/New_York"


def test_resting_and_going_on(visitor: FlaskClient, database: Database, my_page: str, now: datetime):
    until = (now + timedelta(days=30)).date()
    page = visitor.post(f"{my_page}/pause", data={"until": until.isoformat()}, follow_redirects=True).text
    assert f"Until {until:%A}" in page
    assert reader(database)[0] == "paused"
    page = visitor.post(f"{my_page}/resumption", follow_redirects=True).text
    assert "Your course goes on." in page
    assert reader(database)[0] == "active"


def test_a_pause_until_nonsense_is_refused(visitor: FlaskClient, database: Database, my_page: str):
    for until in ("soon", "2020-01-01", "9999-01-01"):
        answer = visitor.post(f"{my_page}/pause", data={"until": until})
        assert (answer.status_code, 'id="until-error"' in answer.text) == (422, True)
    assert reader(database)[0] == "active"


def test_the_next_lesson_now_once_however_often_it_is_pressed(visitor: FlaskClient, my_page: str):
    for _ in range(2):
        page = visitor.post(f"{my_page}/next-lesson", data={"lesson": "patience"}, follow_redirects=True).text
        assert "On its way to your inbox" in page
    assert "Send it now" not in page


def test_looking_at_the_forms_addresses_changes_nothing(visitor: FlaskClient, database: Database, my_page: str):
    for name in ("pause", "resumption", "wishes", "next-lesson", "run"):
        answer = visitor.get(f"{my_page}/{name}")
        assert answer.status_code == 303
        assert answer.location.startswith(f"{my_page}#")
    assert reader(database)[0] == "active"


def test_what_a_course_does_not_allow_is_refused(app: Flask, database: Database, visitor: FlaskClient, now: datetime):
    strict = COURSE.replace("slow-bread", "strict-bread").replace(
        "reader_may: [hour, timezone, pace, pause, next_now]", "reader_may: [hour]"
    )
    with database.writing() as session:
        publish_course(session, strict)
    visitor.post("/courses/strict-bread/enrollments", data={"email": ANA})
    with database.writing() as session:
        mine = enrollment.confirm(session, enrollment_of(session, ANA).handle, now)
    page = f"/me/{app.extensions['tokens'].sign(Purpose.ME, mine.handle)}"
    assert visitor.post(f"{page}/pause").status_code == 403
    assert visitor.post(f"{page}/next-lesson", data={"lesson": "flour"}).status_code == 403
    assert visitor.post(f"{page}/wishes", data={"timezone": "Asia/Tokyo", "hour": "10:00"}).status_code == 303
    _, ana = reader(database)
    assert (ana.timezone, ana.hour) == (None, "10:00")


def test_who_has_left_is_told_so(visitor: FlaskClient, database: Database, my_page: str, ana: Enrollment, now):
    with database.writing() as session:
        enrollment.leave(session, ana.handle, now)
    page = visitor.get(my_page).text
    assert "You have left this course" in page
    assert "Rest for a while" not in page


def test_who_has_had_everything_may_begin_again(
    app: Flask, visitor: FlaskClient, database: Database, my_page: str, ana: Enrollment, now: datetime
):
    with database.writing() as session:
        mine = enrollment.find(session, ana.handle)
        for _ in range(2):
            deliver_next(session, mine, now)
            planning.advance(session, mine.id, now)
    assert "Begin again from the start" in visitor.get(my_page).text
    for _ in range(2):
        page = visitor.post(f"{my_page}/run", follow_redirects=True)
        assert (page.status_code, "You begin again" in page.text) == (200, True)
        assert "0 of 3 lessons" in page.text
    with database.reading() as session:
        assert enrollment_of(session, ANA).run == 2


def test_the_page_offers_to_leave(visitor: FlaskClient, my_page: str):
    path = visitor.get(my_page).text.split('href="/unsubscribe/')[1].split('"')[0]
    assert "Leave the course?" in visitor.get(f"/unsubscribe/{path}").text


def test_pictures_are_served_by_digest_and_may_be_kept(visitor: FlaskClient, database: Database):
    picture = visitor.get(f"/media/{sha256(PICTURE.data).hexdigest()}")
    assert (picture.data, picture.mimetype) == (PICTURE.data, "image/svg+xml")
    assert "immutable" in picture.headers["Cache-Control"]
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    assert visitor.get(f"/media/{'0' * 64}").status_code == 404

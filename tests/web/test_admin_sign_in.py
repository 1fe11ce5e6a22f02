"""Who gets to the desk, and what each of them may do there."""

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from course import admins
from course.database import Database
from course.models import Admin, AdminSession, Delivery
from tests.web.desk import COURSE, FLOUR, FOUR_WORDS, AtTheDesk, Forms

SIGN_IN = "/admin/sign-in"


def give_password(database: Database) -> None:
    with database.writing() as session:
        admin = admins.add(session, "ana@example.org", datetime.now(UTC))
        admins.set_password(session, admin.id, FOUR_WORDS)


def enter(visitor: FlaskClient, **entered: str):
    fields = Forms(visitor.get(SIGN_IN).text).of(SIGN_IN)
    return visitor.post(SIGN_IN, data=fields | {"email": "ana@example.org", "password": FOUR_WORDS} | entered)


def test_a_stranger_is_led_to_the_sign_in_page_and_back_to_what_they_wanted(visitor: FlaskClient, database: Database):
    give_password(database)
    answer = visitor.get(f"{COURSE}/publication")
    assert (answer.status_code, answer.location) == (303, SIGN_IN)
    assert enter(visitor).location == f"{COURSE}/publication"
    assert visitor.get(f"{COURSE}/publication").status_code == 200


def test_what_was_wanted_cannot_lead_elsewhere(visitor: FlaskClient, database: Database):
    give_password(database)
    visitor.get("/admin//evil.example/")
    visitor.get("/admin/sign-in/abc")
    assert enter(visitor).location.startswith("/admin/")


@pytest.mark.parametrize("path", ["/admin/", "/admin/courses", FLOUR, f"{FLOUR}/preview", "/admin/readers", "/admin/x"])
def test_no_page_opens_without_signing_in(visitor: FlaskClient, path: str):
    answer = visitor.get(path)
    assert answer.status_code in {303, 404}
    assert "Flour and water" not in answer.text


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(visitor: FlaskClient, database: Database):
    give_password(database)
    wrong = enter(visitor, password="wrong")
    unknown = enter(visitor, email="nobody@example.org")
    assert wrong.status_code == unknown.status_code == 422
    assert without_words(wrong.text) == without_words(unknown.text)


def without_words(page: str) -> str:
    return re.sub(r'value="[^"]*"', "", page)


def test_signing_in_begins_a_new_session_on_both_sides(visitor: FlaskClient, database: Database):
    give_password(database)
    visitor.get(SIGN_IN)
    before = visitor.get_cookie("meantime")
    answer = enter(visitor)
    cookie = next(each for each in answer.headers.getlist("Set-Cookie") if each.startswith("meantime_desk="))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" in cookie and "Path=/admin" in cookie
    after = visitor.get_cookie("meantime")
    assert before is not None
    assert after is None or after.value != before.value


def test_guesses_are_slowed_down_and_a_link_still_signs_in(visitor: FlaskClient, database: Database):
    give_password(database)
    statuses = [enter(visitor, password="guess").status_code for _ in range(12)]
    assert statuses[0] == 422
    assert statuses[-1] == 429
    answer = visitor.post(
        "/admin/sign-in-links", data=Forms(visitor.get(SIGN_IN).text).of(SIGN_IN) | {"email": "ana@example.org"}
    )
    assert answer.status_code == 303
    with database.reading() as session:
        mail = session.scalars(select(Delivery)).one()
    page = f"{SIGN_IN}/{(mail.secrets or {})['token']}"
    assert visitor.post(page, data=Forms(visitor.get(page).text).of(page)).status_code == 303
    assert visitor.get("/admin/courses").status_code == 200


def test_asking_for_a_link_says_the_same_to_everybody(visitor: FlaskClient, database: Database, bell):
    give_password(database)
    pages = []
    for email in ("ana@example.org", "nobody@example.org"):
        fields = Forms(visitor.get(SIGN_IN).text).of(SIGN_IN) | {"email": email}
        answer = visitor.post("/admin/sign-in-links", data=fields)
        pages.append((answer.status_code, visitor.get(answer.location).text))
    assert pages[0] == pages[1]
    assert "a link is on its way" in pages[0][1]
    assert bell.rings == 2


def test_looking_at_a_link_uses_nothing_up(app: Flask, database: Database):
    with database.writing() as session:
        token = admins.make_sign_in_link(session, admins.add(session, "ana@example.org", datetime.now(UTC)))
    for _ in range(3):
        scanner = app.test_client()
        assert scanner.get(f"{SIGN_IN}/{token}").status_code == 200
        assert scanner.head(f"{SIGN_IN}/{token}").status_code == 200
    with database.reading() as session:
        assert session.scalars(select(AdminSession)).all() == []
    AtTheDesk(app, database)


def test_a_link_signs_in_over_https_too(app: Flask, database: Database):
    with database.writing() as session:
        token = admins.make_sign_in_link(session, admins.add(session, "ana@example.org", datetime.now(UTC)))
    browser, page = app.test_client(), f"{SIGN_IN}/{token}"
    shown = browser.get(page, base_url="https://localhost")
    assert shown.headers["Referrer-Policy"] == "same-origin"
    answer = browser.post(
        page,
        base_url="https://localhost",
        data=Forms(shown.text).of(page),
        headers={"Referer": f"https://localhost{page}"},
    )
    assert answer.status_code == 303


def test_a_link_that_is_used_up_leads_to_a_new_one(visitor: FlaskClient):
    page = f"{SIGN_IN}/never-made"
    answer = visitor.post(page, data=Forms(visitor.get(page).text).of(page))
    assert "Have a new one sent to you" in visitor.get(answer.location).text


def test_signing_out_ends_the_session(ana: AtTheDesk, database: Database):
    cookie = ana.browser.get_cookie("meantime_desk", path="/admin")
    assert cookie is not None
    ana.send("/admin/courses", "/admin/sign-out")
    with database.reading() as session:
        assert admins.session_admin(session, cookie.value) is None
    assert ana.browser.get("/admin/courses").status_code == 303


@pytest.mark.parametrize(
    "path", [f"{COURSE}/publication", f"{COURSE}/pause", f"{FLOUR}/place", FLOUR, "/admin/sign-out"]
)
def test_a_form_without_its_token_is_refused(ana: AtTheDesk, path: str):
    assert ana.browser.post(path, data={"saves": "x"}).status_code == 400


VIEWED = [
    "/admin/courses",
    COURSE,
    FLOUR,
    f"{COURSE}/settings",
    f"{COURSE}/source",
    f"{COURSE}/publication",
    "/admin/outbox",
]
CHANGES = [FLOUR, f"{FLOUR}/place", f"{FLOUR}/removal", f"{FLOUR}/tests", f"{COURSE}/settings", f"{COURSE}/source",
           f"{COURSE}/lessons", f"{COURSE}/pause", f"{COURSE}/resumption", f"{COURSE}/publication", f"{COURSE}/undo",
           f"{COURSE}/discard", "/admin/courses", "/admin/outbox/1/retry", "/admin/outbox/1/receipt"]  # fmt: skip


def test_a_viewer_sees_everything_and_changes_nothing(app: Flask, database: Database):
    vi = AtTheDesk(app, database, "vi@example.org", "viewer")
    for path in VIEWED:
        page = vi.see(path)
        assert "Save the draft</button>" not in page and ">Publish</button>" not in page, path
    token = vi.fields("/admin/courses", "/admin/sign-out")["csrf_token"]
    for path in CHANGES:
        assert vi.browser.post(path, data={"csrf_token": token}).status_code == 403, path


def test_an_editor_changes_courses_but_not_the_house(app: Flask, database: Database):
    bo = AtTheDesk(app, database, "bo@example.org", "editor")
    assert bo.send(COURSE, f"{COURSE}/pause").status_code == 303
    token = bo.fields("/admin/courses", "/admin/sign-out")["csrf_token"]
    for path in ("/admin/admins", "/admin/admins/role", "/admin/admins/removal"):
        assert (
            bo.browser.post(path, data={"csrf_token": token, "email": "x@example.org", "role": "owner"}).status_code
            == 403
        )
    assert "/admin/admins" not in bo.see("/admin/settings")


def test_an_owner_adds_admins_who_get_a_link_and_takes_them_away(ana: AtTheDesk, database: Database):
    page = ana.follow(ana.send("/admin/settings", "/admin/admins", email="bo@example.org", role="editor"))
    assert "bo@example.org is an admin now" in page
    with database.reading() as session:
        assert session.scalars(select(Delivery.kind)).all() == ["sign_in"]
    fields = ana.fields("/admin/settings", "/admin/admins/role") | {"email": "bo@example.org", "role": "viewer"}
    ana.follow(ana.browser.post("/admin/admins/role", data=fields))
    with database.reading() as session:
        assert session.scalars(select(Admin.role).where(Admin.email == "bo@example.org")).one() == "viewer"
    ana.follow(ana.browser.post("/admin/admins/removal", data=fields))
    assert "bo@example.org</td>" not in ana.see("/admin/settings")


@pytest.mark.parametrize(
    ("action", "entered", "reason"),
    [
        ("/admin/admins", {"email": "nonsense", "role": "owner"}, "has an @ in it"),
        ("/admin/admins/removal", {"email": "ana@example.org"}, "the last owner"),
        ("/admin/admins/removal", {"email": "nobody@example.org"}, "no such admin"),
        ("/admin/settings/password", {"password": "short"}, "12 characters"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(ana: AtTheDesk, action: str, entered: dict[str, str], reason: str):
    answer = ana.send("/admin/settings", action, **entered)
    assert answer.status_code == 422
    assert reason in answer.text


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(app: Flask, database: Database, ana: AtTheDesk):
    elsewhere = AtTheDesk(app, database)
    ana.follow(ana.send("/admin/settings", "/admin/settings/password", password=FOUR_WORDS))
    assert elsewhere.browser.get("/admin/courses").status_code == 303
    assert enter(app.test_client()).status_code == 303


def test_a_name_stands_on_the_settings_page(ana: AtTheDesk):
    assert 'value="Ana &lt;b&gt;"' in ana.follow(ana.send("/admin/settings", "/admin/settings/name", name="Ana <b>"))

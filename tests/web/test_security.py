"""Headers, error pages, cookies, proxies, and what happens while Redis is away."""

import shutil
import time
from pathlib import Path

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from course.database import Database
from tests.web.sample import publish_course
from web.app import make_app
from web.security import policy
from worker.broker import addresses

PAGES = ("/", "/courses/slow-bread", "/courses/slow-bread/embed", "/courses/slow-bread/inbox", "/nowhere")


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One kind of database is enough for questions about headers."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'meantime.db')}"


@pytest.mark.parametrize("path", PAGES)
def test_every_page_carries_the_headers(visitor: FlaskClient, path: str):
    headers = visitor.get(path).headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", PAGES)
def test_public_pages_set_no_cookie_and_have_nothing_inline(visitor: FlaskClient, path: str):
    answer = visitor.get(path)
    assert "Set-Cookie" not in answer.headers
    assert " style=" not in answer.text
    assert "<style" not in answer.text
    assert "<script>" not in answer.text
    assert " on" + "click" not in answer.text


def test_pages_with_a_token_send_no_referrer(visitor: FlaskClient):
    for place in ("confirm", "unsubscribe", "me", "read"):
        assert visitor.get(f"/{place}/x").headers["Referrer-Policy"] == "no-referrer"


def test_strict_transport_is_for_production(database: Database, settings, bell, visitor: FlaskClient):
    assert "Strict-Transport-Security" not in visitor.get("/").headers
    production = settings.model_copy(update={"env": "production"})
    assert "max-age=" in make_app(production, bell).test_client().get("/").headers["Strict-Transport-Security"]


def test_a_policy_can_be_changed_directive_by_directive():
    changed = policy(frame_ancestors="*", sandbox="")
    assert "frame-ancestors *" in changed
    assert changed.endswith("; sandbox")
    assert "script-src 'self'" in changed


def test_links_come_from_the_configured_address_and_never_from_the_host(visitor: FlaskClient):
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    for path in PAGES:
        assert "evil.example" not in visitor.get(path, headers=headers).text
    assert 'href="https://courses.example.org/courses/slow-bread"' in visitor.get("/courses/slow-bread").text
    answer = visitor.post("/courses/slow-bread/enrollments", data={"email": "a@example.org"}, headers=headers)
    assert answer.location == "/courses/slow-bread/inbox"


def test_forms_that_act_for_a_signed_in_browser_are_guarded(database: Database, settings, bell):
    made = make_app(settings, bell)
    made.add_url_rule("/desk", "desk", lambda: "done", methods=["POST"])
    answer = made.test_client().post("/desk")
    assert answer.status_code == 400
    assert "Go back, reload the page" in answer.text


@pytest.mark.parametrize("code", [403, 404, 405, 413, 418, 422, 429, 500, 503])
def test_every_error_has_a_page_in_our_words(database: Database, settings, bell, code: int):
    made = make_app(settings, bell)
    made.add_url_rule("/break", "break", lambda: abort(code))
    answer = made.test_client().get("/break")
    assert answer.status_code == code
    assert "<h1>" in answer.text
    assert "!" not in answer.text.split("<main")[1].split("</main>")[0]


def test_an_error_of_ours_shows_nothing_of_the_inside(database: Database, settings, bell):
    made = make_app(settings, bell)
    made.add_url_rule("/break", "break", lambda: 1 // 0)
    answer = made.test_client().get("/break")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert "ZeroDivision" not in answer.text


def test_too_much_at_once_is_refused(visitor: FlaskClient):
    answer = visitor.post("/courses/slow-bread/enrollments", data={"email": "a" * 2_000_000})
    assert answer.status_code == 413


def test_static_files_have_an_address_of_their_own_bytes(visitor: FlaskClient):
    page = visitor.get("/").text
    path = page.split('href="/static/meantime.css?v=')[1].split('"')[0]
    kept = visitor.get(f"/static/meantime.css?v={path}")
    assert "immutable" in kept.headers["Cache-Control"]
    assert visitor.get("/static/meantime.css").headers["Cache-Control"] == "no-cache"


def test_signing_up_works_while_redis_is_away(database: Database, settings, bell):
    assert _sign_up_seconds(database, settings, bell, "redis://127.0.0.1:1/0") < 1


def test_signing_up_works_while_redis_hangs(database: Database, settings, bell, broker):
    broker.freeze()
    try:
        assert _sign_up_seconds(database, settings, bell, addresses(broker.url).limits) < 1
    finally:
        broker.thaw()


def _sign_up_seconds(database: Database, settings, bell, redis_url: str) -> float:
    with database.writing() as session:
        publish_course(session)
    visitor = make_app(settings, bell, redis_url).test_client()
    began = time.monotonic()
    answer = visitor.post("/courses/slow-bread/enrollments", data={"email": "ana@example.org"})
    assert answer.status_code == 303
    return time.monotonic() - began


def test_the_limit_still_holds_while_redis_is_away(database: Database, settings, bell):
    with database.writing() as session:
        publish_course(session)
    few = settings.model_copy(update={"signups_per_address": "2/hour"})
    visitor = make_app(few, bell, "redis://127.0.0.1:1/0").test_client()
    form = {"email": "ana@example.org"}
    codes = [visitor.post("/courses/slow-bread/enrollments", data=form).status_code for _ in range(4)]
    assert codes == [303, 303, 429, 429]


def test_two_processes_count_together_in_redis(database: Database, settings, bell, broker):
    with database.writing() as session:
        publish_course(session)
    few = settings.model_copy(update={"signups_per_address": "2/hour"})
    url = addresses(broker.url).limits
    form = {"email": "ana@example.org"}
    codes = [
        make_app(few, bell, url).test_client().post("/courses/slow-bread/enrollments", data=form).status_code
        for _ in range(3)
    ]
    assert codes == [303, 303, 429]


def test_the_ground_is_one_per_app(app: Flask):
    ground = app.extensions["ground"]
    assert app.extensions["bell"] is ground.bell
    assert app.extensions["tokens"] is ground.tokens

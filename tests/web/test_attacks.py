"""What strangers try: on every address that there is, so that a new one is tried as well."""

import logging
import shutil
import time
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from course import enrollment, suppressions
from course.database import Database
from course.models import Enrollment, Media, Reader
from course.tokens import Purpose
from tests.web.desk import AtTheDesk
from tests.web.sample import deliver_next, enrollment_of, publish_course
from tests.web.walks import Address, addresses, everything
from web.app import make_app

EVE = "eve@example.org"
PLACE = "/courses/slow-bread/enrollments"
EVIL = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher"}


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One kind of database is enough for questions about pages."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'meantime.db')}"


@pytest.fixture
def eve(app: Flask, database: Database) -> Enrollment:
    """A reader who has had a lesson; her next one is planned."""
    now = app.extensions["ground"].clock.now()
    with database.writing() as session:
        enrollment.enroll(session, "slow-bread", enrollment.Signup(EVE, name="Eve"), now)
        mine = enrollment.confirm(session, enrollment_of(session, EVE).handle, now)
        deliver_next(session, mine, now)
        assert mine.reader.email == EVE
    return mine


def pages(app: Flask, database: Database, eve: Enrollment) -> list[Address]:
    with database.reading() as session:
        return addresses(app, "GET", eve, session.scalars(select(Media.digest)).first() or "0")


def test_every_address_answers_with_the_headers(app: Flask, database: Database, eve: Enrollment, ana: AtTheDesk):
    for browser in (app.test_client(), ana.browser):
        for page in pages(app, database, eve):
            answer = browser.get(page.path)
            assert answer.status_code < 500, page
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy, page
            assert "script-src 'self'" in policy or "script-src 'none'" in policy or "script-src" not in policy, page
            assert "script-src 'unsafe" not in policy, page
            framed = "frame-ancestors 'none'" in policy or "frame-ancestors 'self'" in policy or "sandbox" in policy
            assert framed or page.endpoint == "public.embed", page
            assert answer.headers["X-Content-Type-Options"] == "nosniff", page
            kept = page.endpoint in {"static", "public.media"}
            assert ("no-store" in answer.headers["Cache-Control"]) is not kept, page
            secret = page.endpoint.startswith("public.") and eve.handle in page.path
            assert answer.headers["Referrer-Policy"] == ("no-referrer" if secret else "same-origin"), page


def test_no_answer_repeats_the_host_that_a_request_names(
    app: Flask, database: Database, eve: Enrollment, ana: AtTheDesk
):
    found = [page.path for page in pages(app, database, eve)]
    for browser in (app.test_client(), ana.browser):
        for path in [*found, "/admin", "/mailbox", "/admin//courses", "/admin?next=//evil.example", "/nowhere"]:
            answer = browser.get(path, headers=EVIL)
            assert "evil.example" not in answer.text.replace("next=//evil.example", ""), path
            leads_to = answer.headers.get("Location", "/")
            assert leads_to.startswith("/"), (path, leads_to)
            assert not leads_to.startswith(("//", "/\\")), (path, leads_to)


def test_a_path_that_is_spelled_otherwise_leads_to_itself(visitor: FlaskClient):
    answer = visitor.get("/admin?a=b")
    assert (answer.status_code, answer.location) == (308, "/admin/?a=b")


def test_five_hundred_scanners_change_nothing(app: Flask, database: Database, eve: Enrollment, bell):
    visitor = app.test_client()
    visitor.post(PLACE, data={"email": "new@example.org"})
    with database.reading() as session:
        pending = enrollment_of(session, "new@example.org")
        assert pending.reader
    found = [page.path for who in (eve, pending) for page in addresses(app, "GET", who) if who.handle in page.path]
    found += [page.path for page in pages(app, database, eve) if page.endpoint.startswith(("public.", "admin.sign"))]
    before, rings = everything(database), bell.rings
    answers = []
    for number in range(500):
        path = found[number % len(found)]
        answers.append((visitor.head if number % 3 == 0 else visitor.get)(path).status_code)
    assert max(answers) < 500
    assert everything(database) == before
    assert bell.rings == rings


def test_no_form_of_the_desk_or_the_mailbox_is_taken_without_its_token(
    app: Flask, database: Database, eve: Enrollment, ana: AtTheDesk
):
    # The hooks are no forms: machines call them, with the house's secret (test_hooks.py).
    forms = [each for each in addresses(app, "POST", eve) if not each.endpoint.startswith(("public.", "hooks."))]
    assert len(forms) > 20
    before = everything(database)
    for form in forms:
        for headers in ({}, {"Origin": "https://evil.example", "Referer": "https://evil.example/"}):
            assert ana.browser.post(form.path, data={"csrf_token": "guess"}, headers=headers).status_code == 400, form
    assert everything(database) == before


def test_a_reader_who_is_gone_leaves_pages_that_say_so(app: Flask, database: Database, eve: Enrollment):
    with database.writing() as session:
        session.execute(delete(Enrollment))
        session.execute(delete(Reader))
    before, visitor = everything(database), app.test_client()
    for method in ("GET", "POST"):
        for page in addresses(app, method, eve):
            if page.endpoint.startswith("public.") and eve.handle in page.path:
                answer = visitor.open(page.path, method=method)
                assert answer.status_code in {200, 303, 404, 410}, page
    assert everything(database) == before


def test_a_link_outlives_its_key_only_while_the_old_one_is_named(database: Database, settings, bell, eve, app: Flask):
    page = f"/me/{app.extensions['tokens'].sign(Purpose.ME, eve.handle)}"
    new = {"secret_key": "another key, as good as the first 0123456789"}
    graced = settings.model_copy(update={**new, "old_secret_keys": (settings.secret_key,)})
    assert make_app(graced, bell).test_client().get(page).status_code == 200
    assert make_app(settings.model_copy(update=new), bell).test_client().get(page).status_code == 404


def test_a_cookie_from_before_signing_in_opens_nothing_afterwards(app: Flask, database: Database):
    chosen = "chosen-by-somebody-else"
    victim = AtTheDesk.__new__(AtTheDesk)
    victim.email, victim.browser = "ana@example.org", app.test_client()
    victim.browser.set_cookie("meantime_desk", chosen, path="/admin")
    AtTheDesk.__init__(victim, app, database)
    attacker = app.test_client()
    attacker.set_cookie("meantime_desk", chosen, path="/admin")
    assert attacker.get("/admin/courses").status_code == 303


@pytest.fixture
def kinds(app: Flask, database: Database, eve: Enrollment) -> dict[str, str]:
    """An address of every kind that a form can be told."""
    now = app.extensions["ground"].clock.now()
    with database.writing() as session:
        for name in ("pending", "left", "bounced", "all"):
            enrollment.enroll(session, "slow-bread", enrollment.Signup(f"{name}@example.org"), now)
        handles = {name: enrollment_of(session, f"{name}@example.org") for name in ("left", "bounced", "all")}
        enrollment.leave(session, handles["left"].handle, now)
        enrollment.leave_all(session, handles["all"].handle, now)
        suppressions.suppress(session, handles["bounced"].reader.digest, suppressions.BOUNCE, now)
    return {name: f"{name}@example.org" for name in ("eve", "pending", "left", "bounced", "all", "unknown")}


def test_the_answer_to_a_sign_up_does_not_tell_who_is_known(visitor: FlaskClient, kinds: dict[str, str], bell):
    answers, rings = set(), bell.rings
    for address in kinds.values():
        answer = visitor.post(PLACE, data={"email": address})
        headers = tuple(sorted(item for item in answer.headers.items() if not item[0].startswith("X-RateLimit")))
        answers.add((answer.status_code, answer.data, headers))
    assert len(answers) == 1
    assert bell.rings == rings + len(kinds)


def test_the_answer_takes_as_long_for_the_known_as_for_the_unknown(visitor: FlaskClient, kinds: dict[str, str]):
    took: dict[str, list[float]] = {name: [] for name in ("eve", "bounced", "unknown")}
    for turn in range(25):
        for name, times in took.items():
            address = f"unknown{turn}@example.org" if name == "unknown" else kinds[name]
            began = time.perf_counter()
            visitor.post(PLACE, data={"email": address})
            times.append(time.perf_counter() - began)
    # The quickest of many is what the answer costs; the others also waited for whatever else this machine does.
    quickest = [min(times) for times in took.values()]
    assert max(quickest) - min(quickest) < 0.02, "far below what a network hides"


def test_signing_up_and_a_page_that_breaks_leave_no_address_and_no_token_in_the_log(
    database: Database, settings, bell, app: Flask, eve: Enrollment, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)
    broken = make_app(settings, bell)
    broken.view_functions["public.reader"] = lambda token: 1 // 0
    visitor, sign = broken.test_client(), app.extensions["tokens"].sign
    visitor.post(PLACE, data={"email": "log@example.org", "name": "Logged Name"})
    for place, purpose in (("me", Purpose.ME), ("confirm", Purpose.CONFIRM), ("unsubscribe", Purpose.LEAVE)):
        visitor.get(f"/{place}/{sign(purpose, eve.handle)}")
        visitor.post(f"/{place}/{sign(purpose, eve.handle)}")
    assert "public.reader broke" in caplog.text
    written = " ".join(record.getMessage() for record in caplog.records)
    for secret in ("log@example.org", "Logged Name", EVE, eve.handle):
        assert secret not in written


def test_debugging_cannot_be_switched_on_from_outside(database: Database, settings, bell, monkeypatch):
    monkeypatch.setenv("FLASK_DEBUG", "1")
    monkeypatch.setenv("FLASK_ENV", "development")
    assert make_app(settings, bell).debug is False


HOSTILE = """'"><img src=x onerror=alert(1)><script>alert(1)</script>{{7*7}}\u202e</title></textarea>"""


class Strange(HTMLParser):
    """Elements and attributes on a page that none of our templates writes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        names = {name for name, _ in attrs}
        if any(name.startswith("on") for name in names) or (tag, dict(attrs).get("src")) == ("img", "x"):
            self.found.append(self.get_starttag_text() or tag)
        if tag == "script" and "src" not in names:
            self.found.append(tag)


def test_hostile_words_stay_words_on_every_page(database: Database, settings, bell):
    word = HOSTILE.replace("'", "''")
    text = (
        f"slug: slow-bread\ntitle: '{word}: {word}'\nsummary: '{word}'\nlanguage: en\ntheme: letter\n"
        f"sender: {{name: '{word}', email: ana@example.org}}\nschedule: {{hour: '09:00', timezone: Europe/Berlin}}\n"
        "reader_may: [hour, timezone, pace, pause, next_now]\n"
    )
    house = settings.model_copy(update={"house_name": HOSTILE, "postal_address": HOSTILE})
    with database.writing() as session:
        publish_course(session, text)
    app = make_app(house, bell)
    now = app.extensions["ground"].clock.now()
    with database.writing() as session:
        enrollment.enroll(session, "slow-bread", enrollment.Signup(EVE, name=HOSTILE), now)
        mine = enrollment.confirm(session, enrollment_of(session, EVE).handle, now)
        deliver_next(session, mine, now - timedelta(days=1))
    ana = AtTheDesk(app, database)
    ana.send("/admin/settings", "/admin/settings/name", name=HOSTILE)
    shown = 0
    for browser in (app.test_client(), ana.browser):
        for page in pages(app, database, mine):
            answer = browser.get(page.path)
            assert answer.status_code < 500, page
            if answer.mimetype == "text/html":
                assert Strange(answer.text).found == [], page
                shown += "{{7*7}}" in answer.text
    assert shown > 15, "the words do stand on the pages"

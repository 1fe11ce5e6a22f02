"""The public pages as a browser shows them: fit for every reader, filled in by script where there is one."""

import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from course import enrollment, planning
from course.database import Database
from course.enrollment import Signup
from course.tokens import Purpose
from tests.web.sample import deliver_next, enrollment_of

LOOKS = [(390, "light"), (1280, "dark")]


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One kind of database is enough for questions about looks."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'meantime.db')}"


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """The app behind a real server; its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def places(app: Flask, database: Database) -> dict[str, str]:
    """The path of every public page, in the states that readers meet."""
    ground = app.extensions["ground"]
    now, sign = ground.clock.now(), ground.tokens.sign
    with database.writing() as session:
        for email in ("ana@example.org", "bo@example.org"):
            enrollment.enroll(session, "slow-bread", Signup(email, "Ana", "Europe/Berlin"), now)
        ana, bo = enrollment_of(session, "ana@example.org"), enrollment_of(session, "bo@example.org")
        enrollment.confirm(session, ana.handle, now)
        deliver_next(session, ana, now)
        planning.advance(session, ana.id, now)
    expires = now + timedelta(hours=72)
    return {
        "catalogue": "/",
        "course": "/courses/slow-bread",
        "embed": "/courses/slow-bread/embed",
        "inbox": "/courses/slow-bread/inbox",
        "confirm": f"/confirm/{sign(Purpose.CONFIRM, bo.handle, expires=expires)}",
        "confirmed": f"/confirm/{sign(Purpose.CONFIRM, ana.handle, expires=expires)}",
        "leave": f"/unsubscribe/{sign(Purpose.LEAVE, ana.handle)}",
        "reader": f"/me/{sign(Purpose.ME, ana.handle)}",
        "nowhere": "/nowhere",
    }


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_every_page_is_accessible_fits_and_asks_for_nothing_inline(
    site: str, places: dict[str, str], new_page: Callable[..., Page], axe_violations, width: int, scheme: str
):
    page = new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
    remarks: list[str] = []
    page.on("console", lambda message: remarks.append(message.text) if "Policy" in message.text else None)
    for name, path in places.items():
        page.goto(site + path)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (name, axe_violations(page), wider, remarks) == (name, [], 0, [])


def test_a_refused_form_is_accessible_too(site: str, page: Page, axe_violations):
    page.goto(f"{site}/courses/slow-bread")
    page.get_by_label("Your email address").fill("ana@")
    page.get_by_role("button", name="Send me the first lesson").click()
    expect(page.get_by_label("Your email address")).to_have_accessible_description("Something is missing after the @.")
    assert axe_violations(page) == []


def test_the_browser_fills_in_its_time_zone(site: str, new_page: Callable[..., Page]):
    page = new_page(timezone_id="America/New_York")
    page.goto(f"{site}/courses/slow-bread")
    expect(page.get_by_label("Your time zone")).to_have_value("America/New_York")


def test_older_names_of_zones_are_filled_in_as_well(site: str, new_page: Callable[..., Page]):
    page = new_page(timezone_id="Asia/Calcutta")
    page.goto(f"{site}/courses/slow-bread")
    zone = page.get_by_label("Your time zone").input_value()
    assert zone in ("Asia/Calcutta", "Asia/Kolkata")


def test_signing_up_works_without_script(site: str, new_page: Callable[..., Page], database: Database):
    page = new_page(java_script_enabled=False)
    page.goto(f"{site}/courses/slow-bread")
    page.get_by_label("Your email address").fill("cy@example.org")
    page.get_by_role("button", name="Send me the first lesson").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your inbox")
    with database.reading() as session:
        assert enrollment_of(session, "cy@example.org").wishes["timezone"] is None


def test_confirming_and_leaving_are_one_press_each(site: str, places: dict[str, str], page: Page):
    page.goto(site + places["confirm"])
    page.get_by_role("button", name="Start the course").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are in")
    page.get_by_role("link", name="Open your page").click()
    page.get_by_text("Leave", exact=True).click()
    page.get_by_role("link", name="Leave the course").click()
    page.get_by_role("button", name="Leave this course").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have left")


def test_links_in_mails_open_the_form_they_are_about(site: str, places: dict[str, str], page: Page):
    page.goto(f"{site}{places['reader']}#pause")
    expect(page.get_by_role("button", name="Rest")).to_be_visible()
    page.goto("about:blank")
    page.goto(f"{site}{places['reader']}#pace")
    expect(page.get_by_label("Your pace")).to_be_visible()


def test_a_lesson_online_runs_no_script(site: str, app: Flask, database: Database, places: dict[str, str], page: Page):
    with database.writing() as session:
        ana = enrollment_of(session, "ana@example.org")
        ana.reader.name = "<script>document.title='ran'</script>"
    token = app.extensions["tokens"].sign(Purpose.READ, ana.handle, "flour")
    page.goto(f"{site}/read/{token}")
    assert page.title() == "slow-bread-flour"
    expect(page.locator("p")).to_have_css("color", "rgb(255, 0, 0)")

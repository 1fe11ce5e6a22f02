"""The desk in a real browser: the live preview, what must not run in it, and the rules of axe-core."""

import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from course import admins
from course.database import Database
from course.editions import find_course
from course.publishing import replan_all
from course.settings import Settings
from tests.factories import do_chores, join
from tests.web.sample import publish_course
from web.app import make_app

FLOUR = "/admin/courses/slow-bread/lessons/flour"
PAGES = [
    "/admin/courses", "/admin/new-course", "/admin/courses/slow-bread", "/admin/courses/slow-bread/settings",
    "/admin/courses/slow-bread/source", "/admin/courses/slow-bread/publication", FLOUR, f"{FLOUR}/source",
    "/admin/courses/slow-bread/look", "/admin/courses/slow-bread/pictures", f"{FLOUR}/report",
    f"{FLOUR}/removal", "/admin/readers", "/admin/outbox", "/admin/reports", "/admin/forecast", "/admin/health",
    "/admin/settings",
]  # fmt: skip
EVIL = """<script>parent.document.title = "taken"; document.title = "ran"</script>
<img src="x" onerror="document.title = 'ran'">

[a link](javascript:alert(1))
"""


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A browser sees no difference between databases: one is enough here."""
    shutil.copy(sqlite_template, tmp_path / "meantime.db")
    return f"sqlite:///{tmp_path / 'meantime.db'}"


@pytest.fixture
def site(database: Database, settings: Settings, bell):
    """The address of a running desk."""
    with database.writing() as session:
        publish_course(session)
    app = make_app(settings.model_copy(update={"base_url": "http://127.0.0.1"}), bell)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    app.extensions["compiler"].close()
    app.extensions["ground"].database.close()


@pytest.fixture
def open_desk(site: str, database: Database, new_page: Callable[..., Page]):
    """open_desk(**options of the tab): a tab that is signed in by a link, as people are."""

    def open_tab(**options) -> Page:
        with database.writing() as session:
            admin = admins.find(session, "ana@example.org") or admins.add(session, "ana@example.org", datetime.now(UTC))
            token = admins.make_sign_in_link(session, admin)
        tab = new_page(base_url=site, **options)
        tab.goto(f"/admin/sign-in/{token}")
        tab.get_by_role("button", name="Sign in").click()
        expect(tab).to_have_url(f"{site}/admin/courses")
        return tab

    return open_tab


def letter(tab: Page):
    return tab.frame_locator("iframe[name=letter]").locator("body")


def test_the_preview_follows_the_writing(open_desk: Callable[..., Page]):
    tab = open_desk()
    tab.goto(FLOUR)
    expect(letter(tab)).to_contain_text("this is about flour")
    before = tab.evaluate("history.length")
    tab.fill("#body", "Dear {{ reader.name }}, *knead it well*.")
    expect(letter(tab)).to_contain_text("Dear Ana, knead it well.")
    assert tab.evaluate("history.length") == before


def test_a_remark_leads_to_its_line(open_desk: Callable[..., Page]):
    tab = open_desk()
    tab.goto(FLOUR)
    tab.fill("#body", "One 😀\n\n👍 {{ reader.nmae }} three\n")
    tab.get_by_role("link", name="Line 3").click()
    chosen = "(box => box.value.slice(box.selectionStart, box.selectionEnd))(document.activeElement)"
    assert tab.evaluate(chosen) == "{{ reader.nmae }} three"


def test_the_preview_works_without_javascript(open_desk: Callable[..., Page]):
    tab = open_desk(java_script_enabled=False)
    tab.goto(FLOUR)
    tab.fill("#body", "Knead it well.")
    tab.get_by_role("button", name="Preview").click()
    expect(letter(tab)).to_contain_text("Knead it well.")
    expect(tab.locator("#body")).to_have_value("Knead it well.")


def test_a_lesson_moves_and_is_saved_without_javascript(open_desk: Callable[..., Page]):
    tab = open_desk(java_script_enabled=False)
    tab.goto("/admin/courses/slow-bread")
    tab.get_by_role("button", name="Move “A crust that sings” up").click()
    expect(tab.locator(".lesson-subject").nth(2)).to_have_text("A crust that sings")
    tab.get_by_role("link", name="Patience", exact=True).click()
    tab.fill("#subject", "Patience, please")
    tab.get_by_role("button", name="Save the draft").click()
    expect(tab.get_by_role("status")).to_contain_text("Saved in the draft")


@pytest.mark.parametrize("width", [375, 1280])
def test_bars_follow_the_work_behind_a_publication_to_its_end(
    open_desk: Callable[..., Page], database: Database, axe_violations, width: int
):
    tab = open_desk(viewport={"width": width, "height": 900})
    with database.writing() as session:
        do_chores(session, datetime.now(UTC))
        course = find_course(session, "slow-bread")
        join(session, course, "ida@example.org", datetime.now(UTC))
        replan_all(session, course, datetime.now(UTC))
    tab.goto("/admin/courses/slow-bread")
    expect(tab.locator(".work progress")).to_have_attribute("value", "0")
    expect(tab.locator(".work-count")).to_have_text("0 of 1 reader")
    assert axe_violations(tab) == []
    with database.writing() as session:
        do_chores(session, datetime.now(UTC))
    expect(tab.locator(".work-over")).to_have_text("Done: every reader’s date is up to date.")
    expect(tab.locator(".work progress")).to_have_count(0)


@pytest.mark.parametrize("format_of_evil", ["typed", "smuggled"])
def test_a_script_in_a_lesson_does_not_run_in_the_preview(
    open_desk: Callable[..., Page], site: str, format_of_evil: str
):
    tab = open_desk()
    tab.goto(FLOUR)
    if format_of_evil == "typed":
        tab.fill("#body", EVIL)
        expect(tab.locator("#remarks .remarks")).to_be_visible()
    else:  # as if the compiler had let it through
        html = f"<!doctype html><title>quiet</title>{EVIL}<p>after</p>"
        tab.route("**/preview", lambda route: answer_with(route, html))
        tab.goto(FLOUR)
        expect(letter(tab)).to_contain_text("after")
    titles = [tab.title(), *(frame.title() for frame in tab.frames[1:])]
    assert not {"ran", "taken"} & set(titles)


def answer_with(route, html: str) -> None:
    """The preview's own headers around another document."""
    answer = route.fetch()
    route.fulfill(response=answer, body=html)


def test_unsaved_words_are_not_lost_by_leaving(open_desk: Callable[..., Page]):
    tab = open_desk()
    tab.goto(FLOUR)
    asked = []
    tab.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    tab.locator("#subject").press_sequentially("x")
    tab.get_by_role("link", name="Readers").click()
    tab.wait_for_url("**/admin/readers")
    assert asked == ["beforeunload"]


def test_control_s_saves(open_desk: Callable[..., Page]):
    tab = open_desk()
    tab.goto(FLOUR)
    tab.fill("#subject", "Flour, at last")
    tab.keyboard.press("Control+s")
    expect(tab.get_by_role("status")).to_contain_text("Saved in the draft")
    expect(tab.get_by_role("heading", level=1)).to_have_text("Flour, at last")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_has_a_violation_or_scrolls_sideways(
    database: Database,
    open_desk: Callable[..., Page],
    axe_violations: Callable[..., list[str]],
    width: int,
    scheme: str,
):
    with database.writing() as session:
        join(session, find_course(session, "slow-bread"), "ida@example.org", datetime.now(UTC))
    tab = open_desk(viewport={"width": width, "height": 900}, color_scheme=scheme)
    for path in PAGES:
        tab.goto(path)
        assert axe_violations(tab, but=("frame-tested",)) == [], path
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_a_value_is_put_where_the_cursor_is_and_can_be_taken_back(open_desk: Callable[..., Page]):
    tab = open_desk()
    tab.goto(FLOUR)
    tab.fill("#body", "Dear ,")
    tab.evaluate("document.querySelector('#body').setSelectionRange(5, 5)")
    tab.get_by_text("Values that a text may use").click()
    tab.get_by_role("button", name="{{ reader.name | fallback").first.click()
    expect(tab.locator("#body")).to_have_value('Dear {{ reader.name | fallback("friend") }},')
    expect(letter(tab)).to_contain_text("Dear Ana,")
    tab.keyboard.press("Control+z")
    expect(tab.locator("#body")).to_have_value("Dear ,")


def test_without_javascript_the_values_are_there_to_be_read(open_desk: Callable[..., Page]):
    tab = open_desk(java_script_enabled=False)
    tab.goto(FLOUR)
    tab.get_by_text("Values that a text may use").click()
    expect(tab.get_by_text("{{ next_lesson.date }}", exact=True)).to_be_visible()


def test_the_letter_follows_each_choice_of_its_look(open_desk: Callable[..., Page]):
    tab = open_desk()
    tab.goto("/admin/courses/slow-bread/look")
    expect(tab.get_by_label("Paper")).to_be_hidden()
    tab.get_by_role("radio", name="Editorial").check()
    expect(tab.get_by_label("Paper")).to_be_visible()
    expect(letter(tab).locator(".masthead")).to_be_visible()
    tab.locator("#editorial-accent").fill("#7a1f4d")
    expect(letter(tab).locator(".dots")).to_have_css("color", "rgb(122, 31, 77)")


def test_the_letter_can_be_seen_by_night(open_desk: Callable[..., Page]):
    tab = open_desk()
    tab.goto("/admin/courses/slow-bread/look")
    expect(letter(tab)).to_have_css("background-color", "rgb(251, 248, 242)")
    tab.get_by_role("radio", name="By night").check()
    expect(letter(tab)).to_have_css("background-color", "rgb(22, 24, 29)")


def test_what_a_check_up_found_can_be_read_by_everybody(
    open_desk: Callable[..., Page], axe_violations: Callable[..., list[str]]
):
    tab = open_desk(viewport={"width": 375, "height": 900})
    tab.goto("/admin/health")
    tab.get_by_role("button", name="Check now").click()
    expect(tab.get_by_role("status")).to_contain_text("looked at")
    expect(tab.get_by_role("heading", name="Heartbeat")).to_be_visible()
    assert axe_violations(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")

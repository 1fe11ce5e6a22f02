"""An admin's word on what is stuck, in a real browser: mails in doubt, and a database that was restored."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from course.database import Database
from course.generation import current
from course.models import Delivery, House
from tests.course.mails import plan
from tests.factories import join, publish_course
from tests.web.test_admin_browser import database_url, open_desk, site

__all__ = ["database_url", "open_desk", "site"]

WIDTHS = pytest.mark.parametrize("width", [375, 1280])


@pytest.fixture
def in_doubt(database: Database, site: str) -> None:
    """One mail that failed, one that may have arrived."""
    del site  # its database is prepared first
    with database.writing() as session:
        course = publish_course(session, slug="a-course-in-doubt")
        for name, state, reply in (
            ("failed", "failed", "550 5.1.1 <failed@example.org>: there is nobody here, and there was nobody before"),
            ("doubtful", "uncertain", "The connection ended after the final dot."),
        ):
            mine = join(session, course, f"{name}@example.org", datetime.now(UTC) - timedelta(hours=1))
            theirs = update(Delivery).where(Delivery.enrollment_id == mine.id, Delivery.kind == "lesson")
            session.execute(theirs.values(state=state, due_at=None, reply=reply, attempts=2))


@pytest.mark.usefixtures("in_doubt")
@WIDTHS
def test_a_mail_in_doubt_can_be_counted_as_sent_where_it_can_be_sent_again(
    open_desk: Callable[..., Page], database: Database, axe_violations, width: int
):
    tab = open_desk(viewport={"width": width, "height": 900})
    tab.goto("/admin/outbox?state=failed")
    expect(tab.get_by_role("button", name="Send again")).to_be_visible()
    expect(tab.get_by_role("button", name="Count as sent")).to_have_count(0)
    tab.goto("/admin/outbox?state=uncertain")
    assert axe_violations(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.get_by_role("button", name="Count as sent").click()
    expect(tab.get_by_role("status")).to_contain_text("It counts as sent")
    with database.reading() as session:
        assert session.scalars(select(Delivery).where(Delivery.state == "uncertain")).all() == []


@WIDTHS
def test_after_a_restore_one_of_two_buttons_is_the_word(
    open_desk: Callable[..., Page], database: Database, axe_violations, width: int
):
    tab = open_desk(viewport={"width": width, "height": 900})
    with database.reading() as session:
        number = current(session)
    with database.writing() as session:
        session.execute(update(House).values(generation=max(number, 1) - 3_600_000))
        plan(session, datetime.now(UTC) - timedelta(minutes=30))
    tab.goto("/admin/restored")
    expect(tab.get_by_role("button", name="It is right, go on")).to_be_visible()
    expect(tab.get_by_role("button", name="Count it as sent, and go on")).to_be_visible()
    assert axe_violations(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.get_by_role("button", name="Count it as sent, and go on").click()
    expect(tab.get_by_role("status")).to_contain_text("counts as sent")

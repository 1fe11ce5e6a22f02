"""Mail that came back, at the desk."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from course import feedback, suppressions
from course.database import Database
from course.editions import find_course
from course.feedback import Said
from course.models import Delivery, DeliveryState, Enrollment
from course.tokens import Tokens, identity_key
from tests.factories import join
from tests.web.desk import AtTheDesk

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
RAW = b"Subject: returned\r\n\r\n<script>alert(1)</script> \xff"


@pytest.fixture
def eve(app: Flask, database: Database) -> Enrollment:
    """A reader who has just confirmed."""
    with database.writing() as session:
        joined = join(session, find_course(session, "slow-bread"), "eve@example.org", NOW)
        assert joined.reader
        return joined


def tell(database: Database, kind: str, status: str | None = None, raw: bytes = RAW) -> None:
    """A report about the reader's first mail, judged."""
    said = Said(kind, "eve@example.org", status, "<m@example.org>", f"{status} No <b>such</b> user")
    with database.writing() as session:
        session.scalars(select(Delivery)).first().message_id = "<m@example.org>"
        feedback.receive(session, raw, "webhook", (), NOW)
        (waiting,) = feedback.waiting(session, 1)
        feedback.settle(session, waiting.id, said, Tokens(identity_key(session), ()), NOW)


def test_reports_are_listed_with_what_followed(ana: AtTheDesk, eve: Enrollment, database: Database):
    assert "Nothing has come back" in ana.see("/admin/reports")
    tell(database, "bounce", "5.1.1")
    page = ana.see("/admin/reports")
    assert "eve@example.org</a>" in page
    assert "not mailed any more" in page
    assert "5.1.1 No &lt;b&gt;such&lt;/b&gt; user" in page
    assert "What came back" in ana.see("/admin/outbox")


def test_older_reports_are_a_page_away(ana: AtTheDesk, eve: Enrollment, database: Database):
    with database.writing() as session:
        for n in range(51):
            feedback.receive(session, b"%d" % n, "imap", (), NOW + timedelta(seconds=n))
    page = ana.see("/admin/reports")
    assert page.count("not judged yet") == 50
    older = page.partition('href="/admin/reports?before=')[2].partition('"')[0]
    assert ana.see(f"/admin/reports?before={older}").count("not judged yet") == 1


def test_the_mail_itself_is_for_owners_and_only_text(
    ana: AtTheDesk, bo: AtTheDesk, eve: Enrollment, database: Database
):
    tell(database, "bounce", "5.2.2")
    answer = ana.browser.get("/admin/reports/1/text")
    assert answer.mimetype == "text/plain"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.text.endswith("</script> \N{REPLACEMENT CHARACTER}")
    assert "/text" not in bo.see("/admin/reports")
    assert bo.browser.get("/admin/reports/1/text").status_code == 403
    with database.writing() as session:
        feedback.forget(session, NOW + timedelta(days=1), 10)
    assert ana.browser.get("/admin/reports/1/text").status_code == 404


def test_an_editor_lifts_a_bounce_and_the_course_goes_on(bo: AtTheDesk, eve: Enrollment, database: Database, bell):
    page = f"/admin/readers/{eve.reader.handle}"
    tell(database, "bounce", "5.1.1")
    assert "5.1.1 No &lt;b&gt;such&lt;/b&gt; user" in bo.see(page)
    assert "is mailed again" in bo.follow(bo.send(page, f"{page}/suppressions/bounce/end"))
    assert bell.rings
    assert "Not mailed" not in bo.see(page)
    with database.reading() as session:
        assert suppressions.reasons(session, eve.reader.digest) == frozenset()
        lesson = session.scalars(select(Delivery).where(Delivery.kind == "lesson")).one()
        assert lesson.state is DeliveryState.PLANNED


def test_only_an_owner_lifts_a_complaint(ana: AtTheDesk, bo: AtTheDesk, eve: Enrollment, database: Database):
    page = f"/admin/readers/{eve.reader.handle}"
    tell(database, "complaint")
    assert "They called our mail spam" in bo.see(page)
    assert f"{page}/suppressions" not in bo.see(page)
    ana.send(page, f"{page}/suppressions/complaint/end")
    assert "Not mailed" not in ana.see(page)


def test_who_left_everything_is_not_brought_back_by_us(ana: AtTheDesk, eve: Enrollment, database: Database):
    page = f"/admin/readers/{eve.reader.handle}"
    with database.writing() as session:
        suppressions.suppress(session, eve.reader.digest, suppressions.LEFT_ALL, NOW)
    assert "They left everything" in ana.see(page)
    assert f"{page}/suppressions" not in ana.see(page)

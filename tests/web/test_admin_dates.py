"""The dates of a course at the desk: for somebody imagined, and for a real reader."""

from datetime import UTC, datetime

import pytest

from course.database import Database
from course.editions import find_course
from tests.factories import join
from tests.web.desk import COURSE, AtTheDesk
from tests.web.sample import deliver_next


def test_the_dates_of_somebody_imagined_keep_their_hour_across_the_change_of_clocks(ana: AtTheDesk):
    page = ana.see(f"{COURSE}/dates?confirmed=2027-03-12T22:00&zone=America/New_York&hour=09:30")
    assert "Friday, 12 March 2027, 22:00" in page
    assert "Sunday, 14 March 2027, 09:30" in page
    assert "2 days after the lesson before, at 09:30." in page


@pytest.mark.parametrize("query", ["zone=Mars/Base", "hour=soon", "confirmed=yesterday", ""])
def test_what_cannot_be_read_falls_back_to_the_course(ana: AtTheDesk, query: str):
    assert "Europe/Berlin" in ana.see(f"{COURSE}/dates?{query}")


def test_a_draft_shows_its_own_dates_before_anybody_gets_them(ana: AtTheDesk):
    patience = f"{COURSE}/lessons/patience"
    ana.send(patience, patience, wait="5 days")
    assert "5 days after the lesson before" in ana.see(f"{COURSE}/dates")


def test_a_real_reader_has_what_came_and_what_comes(ana: AtTheDesk, database: Database):
    with database.writing() as session:
        reader = join(session, find_course(session, "slow-bread"), "ida@example.org", datetime.now(UTC), name="Ida")
        deliver_next(session, reader, datetime.now(UTC))
        handle, person = reader.handle, reader.reader.handle
    assert f"/admin/enrollments/{handle}" in ana.see(f"/admin/readers/{person}")
    page = ana.see(f"/admin/enrollments/{handle}")
    assert "This is when it was sent." in page
    assert "2 days after the lesson before" in page
    assert ana.browser.get("/admin/enrollments/nobody").status_code == 404

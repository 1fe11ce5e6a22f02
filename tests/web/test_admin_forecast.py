"""The forecast at the desk: the coming fortnight from real rows, as a plot and as a table."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from course.database import Database
from course.editions import find_course
from course.publishing import pause_course
from tests.factories import join
from tests.web.desk import AtTheDesk

FORECAST = "/admin/forecast"


@pytest.fixture
def readers(app, database: Database):
    """Three who have just confirmed: the first of three lessons goes at once, the next in two days."""
    with database.writing() as session:
        course = find_course(session, "slow-bread")
        for name in ("ida", "jo", "kim"):
            join(session, course, f"{name}@example.org", datetime.now(UTC))


def numbers(page: str) -> list[str]:
    return re.findall(r"<strong>(.*?)</strong>", page)


def days(page: str) -> list[tuple[str, int]]:
    """The rows of the first table: a day and its mails."""
    rows = re.findall(r'<th scope="row">(.*?)</th><td class="number">([\d,]+)</td>', page)
    return [(day, int(mails)) for day, mails in rows]


@pytest.mark.usefixtures("readers")
def test_it_counts_what_is_planned_and_what_follows(ana: AtTheDesk):
    page = ana.see(FORECAST)
    found = days(page)
    assert len(found) == 14
    assert [mails for _, mails in found if mails] == [3, 3, 6]
    assert numbers(page)[:2] == ["12", "6"]
    assert "3 mails are planned" in page
    assert "estimate" not in page
    in_two_days = datetime.now(ZoneInfo("Europe/Berlin")) + timedelta(days=2)
    assert found[2][0].startswith(f"{in_two_days:%a} {in_two_days.day}")


@pytest.mark.usefixtures("readers")
def test_the_plot_says_in_words_what_it_shows_and_holds_no_style(ana: AtTheDesk):
    page = ana.see(FORECAST)
    assert page.count('role="img"') == 2
    assert "most on " in re.findall(r'aria-label="(Mails by day and hour[^"]*)"', page)[1]
    assert "style=" not in page
    assert "<style" not in page


@pytest.mark.usefixtures("readers")
def test_a_slow_relay_makes_mails_late(ana: AtTheDesk):
    page = ana.see(f"{FORECAST}?per_second=0.01")
    assert "At 0.01 a second" in page
    # Three last lessons at the same hour, each followed by the letter that ends the course: that one is urgent.
    assert "the last after 6 min 40 s" in page


@pytest.mark.usefixtures("readers")
def test_days_and_hours_are_of_the_zone_that_is_asked_for(ana: AtTheDesk):
    assert "those of Europe/Berlin" in ana.see(FORECAST)
    assert "those of Asia/Tokyo" in ana.see(f"{FORECAST}?zone=Asia/Tokyo")


@pytest.mark.parametrize("query", ["per_second=fast", "per_second=-1", "per_second=nan", "zone=Mars/Base"])
@pytest.mark.usefixtures("readers")
def test_what_cannot_be_read_is_as_if_it_were_not_there(ana: AtTheDesk, query: str):
    page = ana.see(f"{FORECAST}?{query}")
    assert "those of Europe/Berlin" in page
    assert "a second, half" not in page


def test_an_empty_house_says_so(ana: AtTheDesk):
    assert "Nothing leaves in the next 14 days." in ana.see(FORECAST)


@pytest.mark.usefixtures("readers")
def test_a_course_that_rests_is_not_in_it(ana: AtTheDesk, database: Database):
    with database.writing() as session:
        pause_course(session, find_course(session, "slow-bread"), datetime.now(UTC))
    page = ana.see(FORECAST)
    assert "Nothing leaves" in page
    assert "nor 3 readers who wait for somebody" in page


def test_a_stranger_is_asked_to_sign_in(visitor):
    assert visitor.get(FORECAST).status_code == 303

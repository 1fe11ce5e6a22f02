"""An admin at the desk, while a reader is in the middle of the course."""

from itertools import pairwise
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from web.demo.house import House
from web.demo.journey import LESSONS, Somebody, enroll, mails_to, walk
from web.demo.judge import arrivals, judge
from web.demo.waiting import until

NEW = "Somebody wrote this sentence while you were waiting."


def course_page(desk: Page) -> None:
    desk.get_by_role("link", name="Breathing Room: how to be missed").first.click()


def days_pass(house: House, span: str) -> None:
    moved = house.command("clock", "advance", span)
    assert moved.returncode == 0, moved.stderr


def test_a_text_that_is_published_reaches_who_has_not_had_it(house: House, desk: Page):
    hal = Somebody("Hal", "hal@example.org", "Europe/Lisbon", "09:00")
    enroll(house, hal)
    walk(house, hal, mails=2)
    course_page(desk)
    desk.get_by_role("link", name="Your own weather", exact=True).click()
    text = desk.get_by_role("textbox", name="Text")
    text.fill(f"{NEW}\n\n{text.input_value()}")
    expect(desk.frame_locator("iframe:not(.is-coming)").get_by_text(NEW)).to_be_visible()
    desk.get_by_role("button", name="Save the draft").click()
    expect(desk.get_by_role("status")).to_be_visible()
    desk.goto(f"{house.url}/admin/courses/breathing-room/publication")
    expect(desk.get_by_text(NEW)).to_be_visible()
    desk.get_by_role("button", name="Publish").click()
    expect(desk.get_by_text("Published.")).to_be_visible()
    walk(house, hal)
    weather = next(mail for mail in mails_to(house, hal) if mail.subject == "Your own weather")
    assert NEW in weather.text
    assert NEW in weather.html
    assert list(judge(house, hal, arrivals(house, hal))) == []


def test_a_course_that_rests_sends_nothing_and_then_goes_on_one_lesson_at_a_time(house: House, desk: Page):
    ida = Somebody("Ida", "ida@example.org", "Asia/Kathmandu", "10:00")
    enroll(house, ida)
    walk(house, ida, mails=3)
    course_page(desk)
    desk.get_by_role("button", name="Pause the course").click()
    expect(desk.get_by_role("button", name="Resume the course")).to_be_visible()
    days_pass(house, "12d")
    assert len(mails_to(house, ida)) == 3
    desk.get_by_role("button", name="Resume the course").click()
    expect(desk.get_by_role("button", name="Pause the course")).to_be_visible()
    until("the dates", lambda: dates_known(house, ida) or None)
    assert len(mails_to(house, ida)) <= 4
    walk(house, ida)
    came = arrivals(house, ida)
    assert list(judge(house, ida, came)) == []
    days = [each.row.sent_at.astimezone(ZoneInfo(ida.timezone)).date() for each in came if each.row.sent_at]
    assert len(days) == LESSONS
    assert all((after - before).days >= 2 for before, after in pairwise(days)), days


def dates_known(house: House, reader: Somebody) -> bool:
    """Whether the reader's next lesson has a time to go."""
    return any(arrival.row.due_at is not None for arrival in arrivals(house, reader))

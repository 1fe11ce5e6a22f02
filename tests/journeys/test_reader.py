"""A reader's way through a course, by the pages and mails that everybody has."""

import re
from collections.abc import Callable
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from web.demo.house import House
from web.demo.journey import LESSONS, Somebody, confirm, enroll, link_in, mails_to, sign_up, walk
from web.demo.judge import arrivals, judge
from web.demo.waiting import until
from web.mailbox.box import Caught


def subjects(house: House, reader: Somebody) -> list[str]:
    return [mail.subject for mail in mails_to(house, reader)]


def mails(house: House, reader: Somebody, count: int) -> list[Caught]:
    """Wait until so many mails have come to a reader."""
    return until(f"mail {count}", lambda: came if len(came := mails_to(house, reader)) >= count else None)


def let_days_pass(house: House, days: int) -> None:
    browser = house.browser()
    for _ in range(days):
        page = browser.open("/mailbox/")
        assert "A day has passed" in browser.send(page, page.form("/clock"), {"move": "next-day"}).text


def open_mail(page: Page, house: House, subject: str, reader: Somebody) -> None:
    """Find a mail of the reader's in the mailbox, and open it."""
    mails(house, reader, 1)
    until(subject, lambda: subject in subjects(house, reader) or None)
    page.goto(f"{house.url}/mailbox/")
    row = page.get_by_role("row").filter(has_text=reader.email).filter(has_text=subject)
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(subject)


def test_a_whole_course_in_a_browser(house: House, new_page: Callable[..., Page]):
    cleo = Somebody("Cleo", "cleo@example.org", "America/New_York", "07:30")
    page = new_page(timezone_id=cleo.timezone)
    page.goto(f"{house.url}/courses/breathing-room")
    expect(page.get_by_label("Your time zone")).to_have_value(cleo.timezone)
    page.get_by_label("Your email address").fill(cleo.email)
    page.get_by_label("Your first name").fill(cleo.name)
    page.get_by_label("Your hour").select_option("08:00")
    page.get_by_role("button", name="Send me the first lesson").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your inbox")

    open_mail(page, house, "Confirm your place in Breathing Room: how to be missed", cleo)
    with page.expect_popup() as opened:
        page.frame_locator("iframe").get_by_role("link", name="Confirm and begin").click()
    opened.value.get_by_role("button", name="Start the course").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("You are in")

    open_mail(page, house, "Make room", cleo)
    lesson = page.frame_locator("iframe")
    expect(lesson.get_by_text("Hello Cleo,")).to_be_visible()
    expect(lesson.get_by_text("Think of the last person you missed.")).to_be_visible()

    page.goto(f"{house.url}/mailbox/")
    for _ in range(3 * LESSONS):
        if "You have finished Breathing Room: how to be missed" in subjects(house, cleo):
            break
        page.get_by_role("button", name="Until the next lesson").click()
        expect(page.get_by_role("status")).to_contain_text("The clock went to")
    open_mail(page, house, "You have finished Breathing Room: how to be missed", cleo)
    with page.expect_popup() as opened:
        page.frame_locator("iframe").get_by_role("link", name="Find every lesson again").click()
    expect(opened.value.get_by_text("You have received every lesson.")).to_be_visible()
    expect(opened.value.get_by_role("link", name="Leave while it is good")).to_be_visible()
    eight = Somebody(cleo.name, cleo.email, cleo.timezone, "08:00")
    assert list(judge(house, eight, arrivals(house, eight))) == []


def test_leaving_by_the_link_ends_the_course(house: House, page: Page):
    dana = Somebody("Dana", "dana@example.org", "Asia/Tokyo", "10:00")
    enroll(house, dana)
    lesson = mails(house, dana, 2)[-1]
    page.goto(link_in(lesson, "unsubscribe"))
    let_days_pass(house, 1)
    page.get_by_role("button", name="Leave this course").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have left")
    let_days_pass(house, 4)
    assert subjects(house, dana)[1:] == ["Make room"]


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_leaving_by_one_click_of_a_mail_program_ends_the_course(house: House, kind: str):
    emil = Somebody("Emil", f"emil-{kind[:5]}@example.org", "Europe/Paris", "10:00")
    enroll(house, emil)
    headers = dict(mails(house, emil, 2)[-1].headers)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = urlsplit(re.findall(r"<(https?:[^>]+)>", headers["List-Unsubscribe"])[0])
    form = "List-Unsubscribe=One-Click"
    if "multipart" in kind:
        form = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    for _twice in range(2):
        caller = HTTPConnection(address.netloc)
        caller.request("POST", address.path, form, {"Content-Type": kind})
        assert caller.getresponse().status == 200
    let_days_pass(house, 4)
    assert subjects(house, emil)[1:] == ["Make room"]


def test_who_signs_up_again_hears_so_by_mail_and_the_page_tells_nobody(house: House):
    fay, stranger = (Somebody(name, f"{name}@example.org", "Europe/Rome", "10:00") for name in ("fay", "gil"))
    enroll(house, fay)
    mails(house, fay, 2)
    again, first = sign_up(house, fay, stranger)
    assert (again.status, again.url, again.text) == (first.status, first.url, first.text)
    letter = mails(house, fay, 3)[-1]
    assert letter.subject == "You are already taking Breathing Room: how to be missed"
    assert house.browser().open(link_in(letter, "me")).status == 200
    confirm(house, stranger)
    walk(house, fay, mails=LESSONS + 3)
    assert list(judge(house, fay, arrivals(house, fay))) == []

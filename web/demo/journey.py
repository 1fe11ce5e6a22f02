"""What readers do, by the pages and mails that everybody has: sign up, confirm, let time pass."""

import re
import time
from dataclasses import dataclass

from web.demo.browse import Browser, Page
from web.demo.house import House
from web.demo.waiting import Failed, until
from web.mailbox.box import Caught

SLUG = "breathing-room"
LESSONS = 5
MOST_STEPS = 40


@dataclass(frozen=True)
class Somebody:
    """A reader, with the hour at which their lessons must come."""

    name: str
    email: str
    timezone: str
    hour: str


READERS = (
    Somebody("Ana", "ana@example.org", "Europe/Berlin", "09:00"),
    Somebody("Bo", "bo@example.org", "America/New_York", "18:30"),
)


def enroll(house: House, *readers: Somebody) -> None:
    """Sign all of them up and confirm, as `sign_up` and `confirm` do."""
    sign_up(house, *readers)
    for reader in readers:
        confirm(house, reader)


def sign_up(house: House, *readers: Somebody) -> list[Page]:
    """Fill in the real form for all of them, and answer what came back. Raise Failed where a form is refused."""
    browser = house.browser()
    forms = [browser.open(f"/courses/{SLUG}") for _ in readers]
    if house.form_seconds:
        time.sleep(house.form_seconds + 0.1)  # a form wants to be read before it is sent
    answers = []
    for reader, page in zip(readers, forms, strict=True):
        typed = {"email": reader.email, "name": reader.name, "timezone": reader.timezone, "hour": reader.hour}
        answers.append(browser.send(page, page.form("/enrollments"), typed))
        if answers[-1].status != 200:
            raise Failed(f"The sign-up form answered {answers[-1].status}.")
    return answers


def confirm(house: House, reader: Somebody) -> None:
    """Follow the link in the mail that came back, and press the button: opening the link alone changes nothing."""
    mail = until(f"{reader.name}'s confirmation mail", lambda: next(iter(mails_to(house, reader)), None))
    browser = house.browser()
    page = browser.open(link_in(mail, "confirm"))
    if browser.send(page, page.form("/confirm/"), {}).status != 200:
        raise Failed("Confirming did not work.")


def link_in(mail: Caught, kind: str) -> str:
    """The address in a mail's text that leads to `/<kind>/…`; raise Failed where there is none."""
    found = re.search(rf"https?://\S+/{kind}/[\w.~-]+", mail.text)
    if found is None:
        raise Failed(f"“{mail.subject}” has no link to /{kind}/ in its text.")
    return found[0]


def next_lesson(browser: Browser) -> Page:
    """Press "until the next lesson" in the mailbox."""
    page = browser.open("/mailbox/")
    return browser.send(page, page.form("/clock"), {"move": "next-lesson"})


def walk(house: House, *readers: Somebody, mails: int = LESSONS + 2) -> None:
    """Let time pass until everyone has so many mails: by default the confirmation, all lessons, and the last mail."""
    until("the first lesson", lambda: all(len(mails_to(house, reader)) >= 2 for reader in readers) or None)
    browser = house.browser()
    for _ in range(MOST_STEPS):
        if all(len(mails_to(house, reader)) >= mails for reader in readers):
            return
        next_lesson(browser)
    raise Failed("The clock walked and walked, and the lessons did not all come.")


def mails_to(house: House, reader: Somebody) -> list[Caught]:
    """A reader's mails, in the order of their arrival."""
    return [mail for mail in house.box.messages() if reader.email in mail.recipients]

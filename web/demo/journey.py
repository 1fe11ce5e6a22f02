"""What the demo's readers do, and what they must get."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select

from course.database import Database
from course.errors import MeantimeError
from course.models import Delivery, DeliveryState, Kind, Reader
from web.demo.browse import Browser
from web.mailbox.box import Box, Caught

SLUG = "breathing-room"
LESSONS = 5
PATIENCE_SECONDS = 60.0
MOST_STEPS = 40
Found = TypeVar("Found")


class Failed(MeantimeError):
    """The demo saw something that must not be."""


@dataclass(frozen=True)
class Somebody:
    """A reader of the demo, with the hour at which their lessons must come."""

    name: str
    email: str
    timezone: str
    hour: str


@dataclass(frozen=True)
class Arrival:
    """One lesson of one reader: the outbox's row and the mail that was caught for it. Sizes in octets."""

    lesson: str
    row: Delivery
    mails: tuple[Caught, ...]


READERS = (
    Somebody("Ana", "ana@example.org", "Europe/Berlin", "09:00"),
    Somebody("Bo", "bo@example.org", "America/New_York", "18:30"),
)


def sign_up(browser: Browser, box: Box, reader: Somebody) -> None:
    """Through the real form, and the link in the mail that comes back; opening the link alone changes nothing."""
    page = browser.open(f"/courses/{SLUG}")
    form = page.form("/enrollments")
    time.sleep(2.1)  # the form wants to be read before it is sent
    typed = {"email": reader.email, "name": reader.name, "timezone": reader.timezone, "hour": reader.hour}
    answer = browser.send(page, form, typed)
    if answer.status != 200:
        raise Failed(f"The sign-up form answered {answer.status}.")
    mail = until("a confirmation mail", lambda: next(iter(_mails_to(box, reader)), None))
    link = re.search(r"https?://\S+/confirm/\S+", mail.text)
    if link is None:
        raise Failed("The confirmation mail has no link in its text.")
    confirmation = browser.open(link[0])
    if browser.send(confirmation, confirmation.form("/confirm/"), {}).status != 200:
        raise Failed("Confirming did not work.")


def walk(browser: Browser, box: Box) -> None:
    """Press "until the next lesson" until both have their last mail."""
    until("the first lesson", lambda: all(len(_mails_to(box, reader)) >= 2 for reader in READERS) or None)
    for _ in range(MOST_STEPS):
        if all(len(_mails_to(box, reader)) >= LESSONS + 2 for reader in READERS):
            return
        page = browser.open("/mailbox/")
        browser.send(page, page.form("/clock"), {"move": "next-lesson"})
    raise Failed("The clock walked and walked, and the lessons did not all come.")


def arrivals(state_dir: Path, reader: Somebody) -> list[Arrival]:
    """The lessons of one reader as the outbox has them, with the mails that arrived for each."""
    database = Database(f"sqlite:///{state_dir / 'meantime.db'}")
    mails = Box(state_dir / "mailbox").messages()
    with database.reading() as session:
        rows = session.scalars(
            select(Delivery)
            .join(Reader)
            .where(Reader.email == reader.email, Delivery.kind == Kind.LESSON)
            .order_by(Delivery.sent_at)
        ).all()
        found = [
            Arrival(
                row.lesson.key if row.lesson else "?", row, tuple(m for m in mails if m.message_id == row.message_id)
            )
            for row in rows
        ]
    database.close()
    return found


def judge(reader: Somebody, came: list[Arrival], box: Box) -> Iterator[str]:
    """What is wrong with what a reader got, in sentences; nothing where all is well."""
    order = [arrival.lesson for arrival in came]
    received = [mail for mail in _mails_to(box, reader) if mail.message_id in {a.row.message_id for a in came}]
    if len(came) != LESSONS or len(set(order)) != LESSONS:
        yield f"{reader.name} should have had {LESSONS} lessons and had {order}."
    if [mail.message_id for mail in received] != [arrival.row.message_id for arrival in came]:
        yield f"{reader.name}'s mails did not arrive in the order of the course."
    for arrival in came:
        if len(arrival.mails) != 1 or arrival.row.state is not DeliveryState.SENT:
            yield f"{reader.name} got {arrival.lesson} {len(arrival.mails)} times; its row is {arrival.row.state}."
    for arrival in came[1:]:
        hour = arrival.row.slot_at.astimezone(ZoneInfo(reader.timezone))
        if f"{hour:%H:%M}" != reader.hour:
            yield f"{reader.name} wants lessons at {reader.hour} and {arrival.lesson} was due at {hour:%H:%M}."


def until(what: str, look: Callable[[], Found | None]) -> Found:
    """Wait for something; raise Failed when it does not come."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise Failed(f"Waited {PATIENCE_SECONDS:.0f} seconds for {what}.")
        time.sleep(0.05)
    return found


def _mails_to(box: Box, reader: Somebody) -> list[Caught]:
    return [mail for mail in box.messages() if reader.email in mail.recipients]

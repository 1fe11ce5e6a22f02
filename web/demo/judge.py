"""What readers have got: the outbox's rows beside the mails that were caught, and what is wrong with them."""

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select

from course.models import Delivery, DeliveryState, Kind, Reader
from web.demo.house import House
from web.demo.journey import LESSONS, Somebody, mails_to
from web.mailbox.box import Caught


@dataclass(frozen=True)
class Arrival:
    """One lesson of one reader: the outbox's row and the mails that were caught for it."""

    lesson: str
    row: Delivery
    mails: tuple[Caught, ...]


def arrivals(house: House, reader: Somebody) -> list[Arrival]:
    """A reader's lessons as the outbox has them, with the mails that arrived for each."""
    mails = mails_to(house, reader)
    with house.database() as database, database.reading() as session:
        rows = session.scalars(
            select(Delivery)
            .join(Reader)
            .where(Reader.email == reader.email, Delivery.kind == Kind.LESSON)
            .order_by(Delivery.sent_at)
        ).all()
        return [
            Arrival(
                row.lesson.key if row.lesson else "?", row, tuple(m for m in mails if m.message_id == row.message_id)
            )
            for row in rows
        ]


def judge(house: House, reader: Somebody, came: list[Arrival]) -> Iterator[str]:
    """What is wrong with what a reader got, in sentences; nothing where all is well."""
    order = [arrival.lesson for arrival in came]
    ids = [arrival.row.message_id for arrival in came]
    received = [mail.message_id for mail in mails_to(house, reader) if mail.message_id in ids]
    if len(came) != LESSONS or len(set(order)) != LESSONS:
        yield f"{reader.name} should have had {LESSONS} lessons and had {order}."
    if list(dict.fromkeys(received)) != ids:
        yield f"{reader.name}'s mails did not arrive in the order of the course."
    for arrival in came:
        if len(arrival.mails) != 1 or arrival.row.state is not DeliveryState.SENT:
            yield f"{reader.name} got {arrival.lesson} {len(arrival.mails)} times; its row is {arrival.row.state}."
    for arrival in came[1:]:
        hour = arrival.row.slot_at.astimezone(ZoneInfo(reader.timezone))
        if f"{hour:%H:%M}" != reader.hour:
            yield f"{reader.name} wants lessons at {reader.hour} and {arrival.lesson} was due at {hour:%H:%M}."
